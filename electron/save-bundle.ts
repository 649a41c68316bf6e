// Saving runs: the page says which, the person says where, the main process writes them there, however large they are.
import { ipcMain } from 'electron';
import { runIds } from '../main/contract/calls/parts.ts';
import { channels, type SaveReply } from '../main/contract/desktop.ts';
import { KernelscopeError } from '../main/contract/errors.ts';
import type { Services } from '../main/host/boot.ts';
import { heard } from './guard.ts';
import { saveAs } from './save-dialog.ts';

/** open: what works on the library that is open now */
export function offerBundles(open: () => Pick<Services, 'saveBundle' | 'bundleName'>): void {
  ipcMain.handle(channels.saveBundle, async (event, input: unknown): Promise<SaveReply> => {
    if (!heard(event)) return { ok: false, message: 'not from the app’s own page' };
    const runs = runIds.safeParse(input);
    if (!runs.success) return { ok: false, message: 'runs: expected 1 … 10000 runs' };
    const services = open();
    try {
      const fileName = services.bundleName(runs.data);
      return await saveAs(event, { title: 'Export Runs', fileName, label: 'Bundle of runs' }, (file) =>
        services.saveBundle({ runs: runs.data, file, fileName }),
      );
    } catch (error) {
      if (error instanceof KernelscopeError) return { ok: false, message: error.message };
      throw error;
    }
  });
}
