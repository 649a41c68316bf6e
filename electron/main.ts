// The desktop app, in the order in which it comes up.
import { app, BrowserWindow, dialog } from 'electron';
import os from 'node:os';
import path from 'node:path';
import { bootServices } from '../main/host/boot.ts';
import { userFolder } from '../main/host/cli/settings.ts';
import { hostPaths } from '../main/host/paths.ts';
import { allRuns } from '../main/rpc/all-runs.ts';
import { createDispatch, createServer } from '../main/rpc/server.ts';
import { utilityLauncher } from './compute.ts';
import { setMenu } from './menu.ts';
import { givePorts } from './port.ts';
import { quitOrderly } from './quit.ts';
import { offerBundles } from './save-bundle.ts';
import { offerSaving } from './save-figure.ts';
import { claimScheme, serveScheme } from './scheme.ts';
import { denyPermissions, guardPages, openWindow, showWindow } from './window.ts';

claimScheme();
guardPages();
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', showWindow);
  // Not awaited: Electron is ready only once this module has been evaluated.
  void app.whenReady().then(start).catch(giveUp);
} else app.quit();

/** Library and data: where the command line has them too, unless told otherwise. */
function folders(): { library: string; data: string } {
  const { KERNELSCOPE_LIBRARY, KERNELSCOPE_DATA } = process.env;
  const own = app.commandLine.hasSwitch('user-data-dir')
    ? app.getPath('userData')
    : userFolder(process.env, process.platform, os.homedir());
  return { library: KERNELSCOPE_LIBRARY || path.join(own, 'library'), data: KERNELSCOPE_DATA || path.join(own, 'data') };
}

async function start(): Promise<void> {
  const log = (line: string) => console.error(line);
  const paths = hostPaths(import.meta.dirname, app.isPackaged ? path.join(process.resourcesPath, 'resources') : undefined);
  const { library, data } = folders();

  denyPermissions();
  serveScheme(paths.renderer);
  const services = await bootServices({
    library,
    data,
    device: 'auto',
    access: 'write-if-free',
    owner: 'desktop app',
    host: 'desktop',
    paths,
    launch: utilityLauncher(paths.compute),
    log,
  });
  const dispatch = createDispatch(services.handlers, log);
  const server = createServer(dispatch);
  services.onEvent(server.emit);
  givePorts(server);
  offerSaving(dispatch);
  offerBundles(services);
  quitOrderly({
    running: async () => (await allRuns(services.call, { states: ['running'] })).map((r) => r.name),
    close: async () => {
      server.close();
      await services.close();
    },
    stay: () => void openWindow(),
  });
  services.tidy().catch((error: unknown) => log(`emptying the trash: ${String(error)}`));
  setMenu(library);
  openWindow();
  app.on('activate', () => BrowserWindow.getAllWindows().length === 0 && openWindow());
}

function giveUp(error: unknown): void {
  dialog.showErrorBox('Kernelscope could not start', error instanceof Error ? error.message : String(error));
  app.exit(1);
}
