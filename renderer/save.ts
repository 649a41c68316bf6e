// A figure as a file: through the browser's download, or the desktop app's save dialog.
import type { CallInput, Client } from '../main/contract/calls.ts';
import type { Desktop } from '../main/contract/desktop.ts';

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
