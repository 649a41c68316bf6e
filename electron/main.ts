// The desktop app, in the order in which it comes up.
import { app, dialog } from 'electron';
import path from 'node:path';
import { hostPaths, version } from '../main/host/paths.ts';
import { folders, pathsHanded, pathsIn, toHand, wordsIn } from './command-line.ts';
import { reportCrashes } from './crash.ts';
import { allowWebgpu } from './gpu-switches.ts';
import { guardPages } from './guard.ts';
import { openLog } from './log-file.ts';
import { claimScheme } from './scheme.ts';
import { createShell, type Shell } from './shell.ts';

const paths = hostPaths(import.meta.dirname, app.isPackaged ? path.join(process.resourcesPath, 'resources') : undefined);
const log = openLog(path.join(app.getPath('userData'), 'logs'));
const say = (line: string) => {
  log.write(line);
  process.stderr.write(`${line.trimEnd()}\n`);
};
process.stderr.on('error', () => undefined); // started without a terminal: nobody reads there, and the log has it
let shell: Shell | null = null;
/** what is to be opened once there is a shell */
let early: string[] = [];
const open = (files: readonly string[]) => (shell ? shell.open(files) : void (early = [...early, ...files]));

app.setAppUserModelId('org.kernelscope.app'); // Windows: whose notifications and task bar these are
if (process.platform === 'linux') app.setDesktopName('kernelscope.desktop'); // the same for docks
reportCrashes(log);
app.enableSandbox();
allowWebgpu();
claimScheme();
guardPages(say);
app.on('open-file', (event, file) => {
  event.preventDefault();
  open([file]);
});
// A command of the command line is done beside the app that may be open, and without a window of its own.
const words = wordsIn(process.argv, app.isPackaged);
const terminal = words.length > 0 ? await import('./terminal.ts') : null;
if (terminal?.namesCommand(words)) void terminal.runCommand(words, paths).catch(giveUp);
else if (app.requestSingleInstanceLock(toHand(process.argv, process.cwd()))) {
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    shell?.show();
    open(pathsHanded(data));
  });
  // Not awaited: Electron is ready only once this module has been evaluated.
  void app.whenReady().then(start).catch(giveUp);
} else app.quit();

async function start(): Promise<void> {
  say(`Kernelscope ${version} on ${process.platform} ${process.arch}, Electron ${process.versions.electron}`);
  shell = await createShell({ paths, log, say, ...folders(process.argv) });
  shell.show();
  open([...pathsIn(process.argv, process.cwd()), ...early]);
}

function giveUp(error: unknown): void {
  say(`could not start: ${error instanceof Error ? error.stack : String(error)}`);
  dialog.showErrorBox('Kernelscope could not start', error instanceof Error ? error.message : String(error));
  app.exit(1);
}
