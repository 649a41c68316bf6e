// The save dialog, over the window of the page that asked.
import { app, BrowserWindow, dialog, type IpcMainInvokeEvent } from 'electron';
import path from 'node:path';
import type { SaveReply } from '../main/contract/desktop.ts';
import { plainName } from './trust.ts';

/** Lets the person choose a file and `write` it; the page learns its name, never its folder. `label` names the kind of file */
export async function saveAs(
  event: IpcMainInvokeEvent,
  { title, fileName, label }: { title: string; fileName: string; label: string },
  write: (file: string) => Promise<unknown>,
): Promise<SaveReply> {
  const name = plainName(fileName);
  const window = BrowserWindow.fromWebContents(event.sender);
  const options = {
    title,
    defaultPath: path.join(app.getPath('documents'), name),
    filters: [{ name: label, extensions: [path.extname(name).slice(1)] }],
  };
  const answer = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
  if (answer.canceled || !answer.filePath) return { ok: true, fileName: null };
  try {
    await write(answer.filePath);
    return { ok: true, fileName: path.basename(answer.filePath) };
  } catch (error) {
    return { ok: false, message: `${answer.filePath} could not be written: ${error instanceof Error ? error.message : String(error)}` };
  }
}
