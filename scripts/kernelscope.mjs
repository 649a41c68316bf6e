// `npm run -s kernelscope -- …`: the command line from a checkout. Builds first where the build is missing or older than the sources.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, ensurePackages, modernNode, root } from './setup.mjs';

const entry = path.join(root, 'dist', 'node', 'cli.js');
const lock = path.join(root, 'dist', '.building');

/** The time of the newest file that goes into the build. */
function newest(place) {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time tells of files that were removed.
  return readdirSync(place).reduce((most, name) => (name === 'built.ts' ? most : Math.max(most, newest(path.join(place, name)))), 0);
}
const sources = [
  'main',
  'renderer',
  'electron',
  'package.json',
  'electron.vite.config.ts',
  'vite.page.config.ts',
  'scripts/build-wasm.ts',
].map((s) => path.join(root, s));
const fresh = () => {
  const built = statSync(entry, { throwIfNoEntry: false })?.mtimeMs;
  return built !== undefined && sources.every((s) => newest(s) <= built);
};

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Builds once, also where several calls find that it is due: the others wait for the first. */
async function buildOnce() {
  for (;;) {
    if (fresh()) return;
    try {
      mkdirSync(path.dirname(lock), { recursive: true });
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > 1000 && !alive(holder)) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    build();
  } finally {
    rmSync(lock, { force: true });
  }
}

ensurePackages();
const node = modernNode();
await buildOnce();

if (node === process.execPath) {
  // In this very process: signals and exit status are its own.
  process.argv.splice(1, 1, entry);
  await import(pathToFileURL(entry).href);
} else {
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0)));
}
