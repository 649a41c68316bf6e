// Saving a figure: the page says which figure, the person says where, the main process draws and writes it.
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CallResults } from '../main/contract/calls.ts';
import { channels, type SaveReply } from '../main/contract/desktop.ts';
import type { Dispatch } from '../main/rpc/dispatch.ts';
import { heard } from './guard.ts';
import { saveAs } from './save-dialog.ts';

/** dispatch: of the library that is open now */
export function offerSaving(dispatch: () => Dispatch): void {
  ipcMain.handle(channels.saveFigure, (event, input: unknown) => saveFigure(event, input, dispatch()));
}

async function saveFigure(event: IpcMainInvokeEvent, input: unknown, dispatch: Dispatch): Promise<SaveReply> {
  if (!heard(event)) return { ok: false, message: 'not from the app’s own page' };
  const reply = await dispatch('figure.export', input);
  if (!reply.ok) return { ok: false, message: reply.error.message };
  const { fileName, bytes } = reply.value as CallResults['figure.export'];
  const label = path.extname(fileName).slice(1).toUpperCase();
  return saveAs(event, { title: 'Save Figure', fileName, label }, (file) => writeFile(file, bytes));
}
