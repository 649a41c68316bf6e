// Leaving: not by accident while a run is under way, and never before everything is written.
import { app, dialog, powerMonitor, type BrowserWindow, type MessageBoxOptions } from 'electron';
import type { Windows } from './windows.ts';

export interface LeavingOptions {
  windows(): Windows;
  /** names of the runs under way: running, paused, waiting */
  underWay(): Promise<string[]>;
  /** ends what is under way, keeps what was done */
  close(): Promise<void>;
  /** The windows go, the runs go on; the app can be called back. */
  goOn(): void;
}
export interface Leaving {
  /** For a window that is about to close: true where it is the last one, which has to wait for an answer. */
  holdsBack(window: BrowserWindow): boolean;
}

type Answer = 'stop' | 'background' | 'stay';

/** What is asked while runs are under way; answers by index. */
export function questionOf(names: readonly string[]): MessageBoxOptions & { buttons: string[]; answers: Answer[] } {
  return {
    type: 'question',
    message: names.length === 1 ? `“${names[0]}” is under way.` : `${names.length} runs are under way.`,
    detail:
      'Stopped runs keep what was done and can be resumed from their last checkpoint. In the background they go on without a window; ' +
      'start Kernelscope again, or use its icon, to see them.',
    buttons: ['Stop and Quit', 'Go On in the Background', 'Cancel'],
    answers: ['stop', 'background', 'stay'],
    defaultId: 1,
    cancelId: 2,
  };
}

export function quitOrderly({ windows, underWay, close, goOn }: LeavingOptions): Leaving {
  let state: 'open' | 'asking' | 'closing' | 'closed' = 'open';
  let silent = false;

  const ask = async (names: string[]): Promise<Answer> => {
    const { answers, ...options } = questionOf(names);
    const window = windows().front();
    const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
    return answers[response] ?? 'stay';
  };
  const leave = async () => {
    state = 'asking';
    const names = silent ? [] : await underWay();
    const answer = names.length > 0 ? await ask(names) : 'stop';
    if (answer !== 'stop') {
      state = 'open';
      if (answer === 'background') {
        goOn();
        windows().closeAll();
      }
      return;
    }
    state = 'closing';
    // Stopping a run may take seconds; the page has nothing to show for them.
    for (const window of windows().all()) window.hide();
    await close();
    state = 'closed';
    app.quit();
  };

  // The last window asks before it goes, so this comes only where the runs go on without one, or on macOS.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state !== 'open') return;
    leave().catch((error: unknown) => {
      dialog.showErrorBox('Kernelscope could not close its library', error instanceof Error ? error.message : String(error));
      app.exit(1);
    });
  });
  // The system waits for nobody's answer.
  powerMonitor.on('shutdown', () => {
    silent = true;
    app.quit();
  });

  return {
    holdsBack(window) {
      if (
        state === 'closed' ||
        process.platform === 'darwin' ||
        windows()
          .all()
          .some((w) => w !== window)
      )
        return false;
      app.quit();
      return true;
    },
  };
}
