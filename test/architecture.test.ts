// Who may import whom: the table of the README's design section, enforced on every import in the tree.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** Folder → folders of ours that it may import besides itself. Longest prefix wins. */
const allowed: Record<string, string[]> = {
  'main/contract': [],
  'main/rpc': ['main/contract'],
  'main/formats': ['main/contract'],
  'main/devices': ['main/contract'],
  'main/kernels': ['main/contract', 'main/devices'],
  'main/networks': ['main/contract', 'main/devices'],
  'main/data': ['main/contract', 'main/devices', 'main/formats'],
  'main/training': ['main/contract', 'main/devices', 'main/networks', 'main/data'],
  'main/compute': ['main/contract', 'main/devices', 'main/data', 'main/networks', 'main/training', 'main/kernels'],
  'main/store': ['main/contract'],
  'main/sweeps': ['main/contract'],
  'main/services': ['main/contract', 'main/store', 'main/compute', 'main/data', 'main/sweeps', 'main/formats'],
  'main/host': ['main/contract', 'main/rpc', 'main/services', 'main/host', 'main/formats', 'renderer/figures'],
  'main/host/boot.ts': ['main/contract', 'main/rpc', 'main/services', 'main/store', 'main/compute', 'main/data', 'renderer/figures'],
  // It starts the processes that it times, and speaks their language.
  'main/host/bench': ['main/contract', 'main/compute'],
  'renderer/figures': ['main/contract'],
  renderer: ['main/contract', 'main/rpc', 'renderer/figures'],
  electron: ['main/contract', 'main/rpc', 'main/host'],
};
/** Packages that one folder alone may import. */
const owners: Record<string, string[]> = {
  'better-sqlite3': ['main/store'],
  koffi: ['main/devices'],
  sharp: ['main/data'],
  '@tensorflow/': ['main/devices'],
  webgpu: ['main/devices'],
  electron: ['electron'],
  ws: ['main/host'],
  'node:http': ['main/host', 'main/data'],
  'node:child_process': ['main/compute', 'main/host'],
  d3: ['renderer'],
  '@resvg/resvg-js': ['main/host'],
  svelte: ['renderer', 'main/host'],
};

function* sources(dir: string): Generator<string> {
  for (const entry of readdirSync(path.join(root, dir), { withFileTypes: true })) {
    const file = `${dir}/${entry.name}`;
    if (entry.isDirectory()) yield* sources(file);
    else if (/\.(ts|svelte)$/.test(entry.name) && !file.startsWith('main/devices/wasm/')) yield file;
  }
}
const files = ['main', 'renderer', 'electron'].flatMap((dir) => [...sources(dir)]);
const importsOf = (file: string) =>
  [
    ...readFileSync(path.join(root, file), 'utf8').matchAll(
      /^\s*(import|export)\s(?<type>type\s)?[^'"\n;]*(?:\{[^}]*\}[^'"\n;]*)?from\s+['"](?<from>[^'"]+)['"]|\bimport\(\s*['"](?<lazy>[^'"]+)['"]/gm,
    ),
  ].map((m) => ({ from: (m.groups?.['from'] ?? m.groups?.['lazy']) as string, typeOnly: m.groups?.['type'] !== undefined }));
const ruleFor = (file: string) =>
  Object.keys(allowed)
    .filter((k) => file === k || file.startsWith(`${k}/`))
    .sort((a, b) => b.length - a.length)[0];

test('every folder imports only what the design allows', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const rule = ruleFor(file);
    for (const { from, typeOnly } of importsOf(file)) {
      if (from.startsWith('.')) {
        const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), from));
        const home = ruleFor(target);
        const own = rule.endsWith('.ts') ? path.posix.dirname(rule) : rule;
        const fine =
          (target === 'package.json' && file.startsWith('main/host/')) || // for the version
          target.startsWith(`${own}/`) ||
          allowed[rule].some((a) => target.startsWith(`${a}/`) && (home === a || home?.startsWith(`${a}/`)));
        if (!fine) wrong.push(`${file} imports ${target}`);
      } else {
        const owner = Object.entries(owners).find(([name]) => from === name || from.startsWith(name.endsWith('/') ? name : `${name}/`));
        // Types vanish when built, so they bind nobody.
        if (owner && !typeOnly && !owner[1].some((dir) => file.startsWith(`${dir}/`))) wrong.push(`${file} imports ${from}`);
      }
    }
  }
  expect(files.length).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

test('no source file has grown past 300 lines', () => {
  const long = files.map((f) => [f, readFileSync(path.join(root, f), 'utf8').split('\n').length] as const).filter(([, n]) => n > 301);
  expect(long).toEqual([]);
});
