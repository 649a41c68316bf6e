// The desktop app, in the order in which it comes up.
import { app, dialog } from 'electron';
import path from 'node:path';
import { version } from '../main/host/paths.ts';
import { folders, pathsHanded, pathsIn, toHand } from './command-line.ts';
import { reportCrashes } from './crash.ts';
import { guardPages } from './guard.ts';
import { openLog } from './log-file.ts';
import { claimScheme } from './scheme.ts';
import { createShell, type Shell } from './shell.ts';

const log = openLog(path.join(app.getPath('userData'), 'logs'));
const say = (line: string) => {
  log.write(line);
  process.stderr.write(`${line.trimEnd()}\n`);
};
process.stderr.on('error', () => undefined); // started without a terminal: nobody reads there, and the log has it
let shell: Shell | null = null;
/** what is to be opened once there is a shell */
let early: string[] = [];
const open = (paths: readonly string[]) => (shell ? shell.open(paths) : void (early = [...early, ...paths]));

app.setAppUserModelId('org.kernelscope.app'); // Windows: whose notifications and task bar these are
if (process.platform === 'linux') app.setDesktopName('kernelscope.desktop'); // the same for docks
reportCrashes(log);
app.enableSandbox();
claimScheme();
guardPages(say);
app.on('open-file', (event, file) => {
  event.preventDefault();
  open([file]);
});
if (app.requestSingleInstanceLock(toHand(process.argv, process.cwd()))) {
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    shell?.show();
    open(pathsHanded(data));
  });
  // Not awaited: Electron is ready only once this module has been evaluated.
  void app.whenReady().then(start).catch(giveUp);
} else app.quit();

async function start(): Promise<void> {
  say(`Kernelscope ${version} on ${process.platform} ${process.arch}, Electron ${process.versions.electron}`);
  shell = await createShell({ log, say, ...folders(process.argv) });
  shell.show();
  open([...pathsIn(process.argv, process.cwd()), ...early]);
}

function giveUp(error: unknown): void {
  say(`could not start: ${error instanceof Error ? error.stack : String(error)}`);
  dialog.showErrorBox('Kernelscope could not start', error instanceof Error ? error.message : String(error));
  app.exit(1);
}
