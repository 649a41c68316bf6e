// Saving a figure: the page says which figure, the person says where, the main process draws and writes it.
import { app, BrowserWindow, dialog, ipcMain, type IpcMainInvokeEvent } from 'electron';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CallResults } from '../main/contract/calls.ts';
import { channels, type SaveReply } from '../main/contract/desktop.ts';
import type { Dispatch } from '../main/rpc/dispatch.ts';
import { fromOurPage, plainName } from './trust.ts';

export function offerSaving(dispatch: Dispatch): void {
  ipcMain.handle(channels.saveFigure, (event, input: unknown) => saveFigure(event, input, dispatch));
}

async function saveFigure(event: IpcMainInvokeEvent, input: unknown, dispatch: Dispatch): Promise<SaveReply> {
  if (!fromOurPage(event)) return { ok: false, message: 'not from the app’s own page' };
  const reply = await dispatch('figure.export', input);
  if (!reply.ok) return { ok: false, message: reply.error.message };
  const { fileName, bytes } = reply.value as CallResults['figure.export'];
  const name = plainName(fileName);
  const window = BrowserWindow.fromWebContents(event.sender);
  const options = {
    title: 'Save Figure',
    defaultPath: path.join(app.getPath('documents'), name),
    filters: [{ name: path.extname(name).slice(1).toUpperCase(), extensions: [path.extname(name).slice(1)] }],
  };
  const answer = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
  if (answer.canceled || !answer.filePath) return { ok: true, fileName: null };
  try {
    await writeFile(answer.filePath, bytes);
    return { ok: true, fileName: path.basename(answer.filePath) };
  } catch (error) {
    return { ok: false, message: `${answer.filePath} could not be written: ${error instanceof Error ? error.message : String(error)}` };
  }
}
