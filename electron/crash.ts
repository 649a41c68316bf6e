// When something breaks: it is written down, the person is told what can be done, and nothing is sent anywhere.
// A page that crashes takes no run along: the runs are in processes of their own, and the page comes back where it was.
import { app, BrowserWindow, crashReporter, dialog, shell, type WebContents } from 'electron';
import type { LogFile } from './log-file.ts';
import { crashedUrl } from './trust.ts';

const storyOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Keeps minidumps in the app's folder and writes down what nobody caught. To be called before the app is ready. */
export function reportCrashes(log: LogFile): void {
  crashReporter.start({ uploadToServer: false });
  let asking = false;
  process.on('uncaughtException', (error) => {
    log.write(`uncaught exception: ${storyOf(error)}`);
    if (asking || !app.isReady()) return;
    asking = true;
    void dialog
      .showMessageBox({
        type: 'error',
        message: 'Something unforeseen went wrong in Kernelscope.',
        detail: `${error instanceof Error ? error.message : String(error)}\n\nRuns under way go on. The log has the details.`,
        buttons: ['Go On', 'Open Log Folder', 'Quit'],
        defaultId: 0,
        cancelId: 0,
      })
      .then(({ response }) => {
        if (response === 1) void shell.openPath(log.dir);
        if (response === 2) app.quit();
      })
      .catch((failure: unknown) => log.write(`its dialog failed: ${storyOf(failure)}`))
      .finally(() => (asking = false));
  });
  process.on('unhandledRejection', (reason) => log.write(`unhandled rejection: ${storyOf(reason)}`));
  app.on('child-process-gone', (_event, { type, reason, exitCode, serviceName, name }) => {
    if (reason !== 'clean-exit') log.write(`${name ?? serviceName ?? type}: gone (${reason}, exit code ${exitCode})`);
  });
}

const again = 60_000; // ms within which a second crash is not answered by the same page once more

/** Offers to show a page again that has crashed; one that crashes again at once gives way to a page that says so, and has no scripts. */
export function reviveCrashedPages({ log, mine }: { log: LogFile; mine(window: BrowserWindow): boolean }): void {
  const last = new WeakMap<WebContents, number>();
  app.on('render-process-gone', (_event, contents, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    log.write(`page ${contents.getURL()}: gone (${reason}, exit code ${exitCode})`);
    const window = BrowserWindow.fromWebContents(contents);
    if (!window || !mine(window)) return;
    const before = last.get(contents);
    last.set(contents, Date.now());
    if (before !== undefined && Date.now() - before < again) return void window.loadURL(crashedUrl);
    offerReload(window, reason).catch((failure: unknown) => log.write(`its dialog failed: ${storyOf(failure)}`));
  });
}

async function offerReload(window: BrowserWindow, reason: string): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window’s page has crashed.',
    detail: `${reason === 'oom' ? 'It ran out of memory. ' : ''}Runs under way go on; the page can be shown again where it was.`,
    buttons: ['Show It Again', 'Close the Window'],
    defaultId: 0,
    cancelId: 0,
  });
  if (window.isDestroyed()) return;
  if (response === 0) window.webContents.reload();
  else window.close();
}
