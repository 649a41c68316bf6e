// The built program for end-to-end tests. `npm test` builds before it tests; a test file run alone builds what is missing.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const cli = path.join(root, 'dist/node/cli.js');
const outputs = [
  'dist/node/cli.js',
  'dist/node/compute.js',
  'dist/node/draw.js',
  'dist/node/electron.js',
  'dist/page/index.html',
  'dist/preload/preload.cjs',
  'dist/preload/gpu-preload.cjs',
  'dist/renderer/index.html',
];

export function ensureBuilt(): void {
  if (outputs.every((file) => existsSync(path.join(root, file)))) return;
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
}
