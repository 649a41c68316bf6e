// `npm start`: the desktop app where Electron is there or can be had, else the same page in a browser.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build, ensureBlas, ensurePackages, modernNode, root, toolEnv } from './setup.mjs';

ensurePackages();
ensureBlas();
build();

/** The Electron executable, fetched if need be; null where it cannot be had. */
function electron() {
  const home = path.join(root, 'node_modules', 'electron');
  const named = () => {
    const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(home, 'dist');
    const file = path.join(home, 'path.txt');
    const name = existsSync(file) ? readFileSync(file, 'utf8').trim() : process.platform === 'win32' ? 'electron.exe' : 'electron';
    return existsSync(path.join(dist, name)) ? path.join(dist, name) : null;
  };
  if (named() || !existsSync(path.join(home, 'install.js'))) return named();
  process.stderr.write('· fetching Electron\n');
  spawnSync(modernNode(), [path.join(home, 'install.js')], { cwd: root, env: toolEnv(), stdio: 'ignore', timeout: 600_000 });
  return named();
}

/** Runs to its end, signals passed on, and ends this process with the same status. */
function become(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: toolEnv() });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${command} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

const args = process.argv.slice(2);
const app = electron();
const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
if (app && display) become(app, [root, ...args]);
else {
  console.error(
    `${app ? 'No display here' : 'Electron cannot be downloaded here'}: open the address below in a browser instead; it is the same app.`,
  );
  become(modernNode(), ['dist/node/cli.js', 'serve', ...args]);
}
