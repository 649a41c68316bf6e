// The licences of everything that is in the packaged app beside Electron: of what is bundled, and of what comes along as a folder.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundledList } from './bundled-packages.ts';

export interface Licence {
  name: string;
  version: string;
  /** as its package.json names it: MIT, OFL-1.1, … */
  licence: string;
  text: string;
}
interface Manifest {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}
const manifestIn = (folder: string) => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;

/** Where Node would find a package from a folder; null where it is not installed, as those for other systems are not. */
function folderOf(name: string, from: string, root: string): string | null {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name);
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (path.relative(root, at) === '') return null;
  }
}

/** Folders of the production dependencies and of theirs, `left` out by name. */
function installed(root: string, left: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const { dependencies = {}, optionalDependencies = {} } = manifestIn(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const next = left.includes(name) ? null : folderOf(name, folder, root);
      if (!next || found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(root);
  return found;
}

/** A package's licence. A package without a text of its own is covered by its field alone.
 *  @throws Error where a package says neither */
function licenceOf(folder: string): Licence {
  const { name, version, license } = manifestIn(folder);
  const files = readdirSync(folder).filter((f) => /^(licen[cs]e|copying|ofl|notice)([-.].*)?$/i.test(f));
  const text = files
    .sort()
    .map((f) => readFileSync(path.join(folder, f), 'utf8').trim())
    .join('\n\n');
  if (!license && text === '') throw new Error(`${name} ${version}: neither a license field nor a licence file in ${folder}`);
  return { name, version, licence: license ?? 'see below', text };
}

/** @param root of the project, built  @param left production dependencies that are not packaged
 *  @returns all licences, by name */
export function licences(root: string, left: readonly string[]): Licence[] {
  const lists = globSync(`dist/*/${bundledList}`, { cwd: root });
  if (lists.length === 0) throw new Error(`expected dist/*/${bundledList} under ${root}: build first`);
  const bundled = lists.flatMap((f) => JSON.parse(readFileSync(path.join(root, f), 'utf8')) as string[]);
  const folders = new Set([...bundled.map((name) => path.join(root, 'node_modules', name)), ...installed(root, left)]);
  return [...folders].map(licenceOf).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** One text file of them. */
export const licencesText = (all: readonly Licence[]): string =>
  [
    'Kernelscope contains these packages. Electron and Chromium bring their own notices; those of fonts lie beside the fonts.',
    ...all.map(({ name, version, licence, text }) => `${'='.repeat(80)}\n${name} ${version} (${licence})\n\n${text}`),
  ].join('\n\n') + '\n';
