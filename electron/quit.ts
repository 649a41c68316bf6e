// Leaving: not by accident while a run is under way, and never before everything is written.
import { app, BrowserWindow, dialog } from 'electron';

export interface Leaving {
  /** names of the runs under way */
  running(): Promise<string[]>;
  /** ends what is under way, keeps what was done */
  close(): Promise<void>;
  /** shows a window again, where all are closed */
  stay(): void;
}

export function quitOrderly({ running, close, stay }: Leaving): void {
  let state: 'open' | 'asking' | 'closing' | 'closed' = 'open';
  const leave = async () => {
    state = 'asking';
    if (!(await mayStop(await running()))) {
      state = 'open';
      if (BrowserWindow.getAllWindows().length === 0) stay();
      return;
    }
    state = 'closing';
    await close();
    state = 'closed';
    app.quit();
  };
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'open')
      leave().catch((error: unknown) => {
        dialog.showErrorBox('Kernelscope could not close its library', error instanceof Error ? error.message : String(error));
        app.exit(1);
      });
  });
}

/** Whether runs under way may be stopped; the person is asked where there are any. */
async function mayStop(names: string[]): Promise<boolean> {
  if (names.length === 0) return true;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: names.length === 1 ? `“${names[0]}” is still running.` : `${names.length} runs are still running.`,
    detail: 'Quitting stops them. What was done is kept, and they can be resumed from their last checkpoint.',
    buttons: ['Quit', 'Stay'],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}
