// The command line in the app's own executable: `kernelscope run demo` does what it does from a checkout, and opens no window.
import { app } from 'electron';
import { namesCommand } from '../main/host/cli/call.ts';
import { main } from '../main/host/cli/main.ts';
import type { HostPaths } from '../main/host/paths.ts';
import { denyPermissions } from './guard.ts';
import { appLauncher } from './launcher.ts';
import { serveScheme } from './scheme.ts';

export { namesCommand };

/** Runs a command and ends the program with its exit status. To be called before the app is ready. */
export async function runCommand(words: readonly string[], paths: HostPaths): Promise<void> {
  app.dock?.hide();
  await app.whenReady();
  // For work on WebGPU, which a hidden window does; that it closes is not the end of the command.
  denyPermissions();
  serveScheme(paths);
  app.on('window-all-closed', () => undefined);
  const start = app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
  await main(words, { kind: 'app', paths, launch: appLauncher(paths), start });
}
