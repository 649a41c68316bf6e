// A figure as a file: through the browser's download, or the desktop app's save dialog; or on the clipboard.
import type { CallInput, Client } from '../main/contract/calls.ts';
import type { Desktop } from '../main/contract/desktop.ts';
import { messageOf } from './state/notices.svelte.ts';

export type FigureFormat = CallInput<'figure.export'>['format'];

/** Saves a figure; answers the file's name, or null where the person chose not to.
 *  @throws an error that says why it could not be drawn or written */
export async function saveFigure(client: Client, desktop: Desktop | null, input: CallInput<'figure.export'>): Promise<string | null> {
  if (desktop) {
    const reply = await desktop.saveFigure(input);
    if (!reply.ok) throw new Error(reply.message);
    return reply.fileName;
  }
  const { fileName, mime, bytes } = await client.call('figure.export', input);
  saveBlob(new Blob([new Uint8Array(bytes)], { type: mime }), fileName);
  return fileName;
}

/** Saves a table as a CSV file. */
export const saveTable = (fileName: string, csv: string): void => saveBlob(new Blob([csv], { type: 'text/csv' }), fileName);

/** Gives a file to the browser's downloads. */
export function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Puts content of a type on the clipboard.
 *  @throws an error that says who refused, and what to do instead */
async function copy(type: string, content: Promise<Blob>): Promise<void> {
  // Where the content fails, its own reason is told, not the clipboard's.
  content.catch(() => undefined);
  if (!navigator.clipboard?.write || typeof ClipboardItem === 'undefined')
    throw new Error('Copying is not offered here: browsers allow it on this machine’s own address or over https. Save the file instead.');
  try {
    // A promise, since the clipboard must be asked for while the click still counts.
    await navigator.clipboard.write([new ClipboardItem({ [type]: content })]);
  } catch (error) {
    await content;
    throw new Error(`The browser refused to copy (${messageOf(error)}). Save the file instead.`, { cause: error });
  }
}

/** PNG as a picture, SVG and CSV as their text, which is what programs paste. */
export function copyFigure(client: Client, input: CallInput<'figure.export'>): Promise<void> {
  const type = input.format === 'png' ? 'image/png' : 'text/plain';
  const content = client.call('figure.export', input).then(({ bytes }) => new Blob([new Uint8Array(bytes)], { type }));
  return copy(type, content);
}

export const copyText = (text: string): Promise<void> => copy('text/plain', Promise.resolve(new Blob([text], { type: 'text/plain' })));
