// Files to and from the host, in pieces.
import type { Client } from '../main/contract/calls.ts';
import { filesAtOnce, pieceBytes } from '../main/contract/calls/transfers.ts';

export interface NamedFile {
  /** as a person sees it, with the folders that it lay in: `cats/1.png` */
  name: string;
  file: Blob;
}
interface TransferOptions {
  signal?: AbortSignal;
  onProgress?(share: number): void;
}

/** Sends files; answers the upload under which the host has them. @throws what the host says, or the signal's reason */
export async function sendFiles(
  client: Client,
  files: readonly NamedFile[],
  { signal, onProgress }: TransferOptions = {},
): Promise<string> {
  const announced = files.map(({ name, file }) => ({ name, bytes: file.size }));
  const { upload } = await client.call('upload.begin', { files: announced.slice(0, filesAtOnce) });
  try {
    for (let at = filesAtOnce; at < announced.length; at += filesAtOnce)
      await client.call('upload.more', { upload, files: announced.slice(at, at + filesAtOnce) });
    // One after the other as if they were one: thousands of small files take as few calls as a large one.
    const all = new Blob(files.map((f) => f.file));
    for (let from = 0; from < all.size; from += pieceBytes) {
      signal?.throwIfAborted();
      const data = new Uint8Array(await all.slice(from, from + pieceBytes).arrayBuffer());
      await client.call('upload.piece', { upload, from, data });
      onProgress?.((from + data.length) / all.size);
    }
    signal?.throwIfAborted();
    return upload;
  } catch (error) {
    // The first reason is what the person hears; the host lets go of it by itself where it cannot be told.
    await client.call('upload.drop', { upload }).catch(() => undefined);
    throw error;
  }
}

/** Reads a file that the host offers. */
export async function receiveFile(client: Client, download: string): Promise<Blob> {
  const parts: Blob[] = [];
  for (let from = 0; ;) {
    const { data, bytes } = await client.call('download.piece', { download, from });
    parts.push(new Blob([new Uint8Array(data)]));
    from += data.length;
    if (from >= bytes) break;
    if (data.length === 0) throw new Error('The file ended before it was whole.');
  }
  await client.call('download.drop', { download });
  return new Blob(parts);
}

/** Files of a drop, those in folders with the folders' names; to be called while the drop is handled. */
export async function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  // Items are gone once the event has been dealt with; files are read later.
  const found: NamedFile[] = [];
  const entries: FileSystemEntry[] = [];
  for (const item of transfer.items) {
    const entry = item.webkitGetAsEntry();
    const file = entry ? null : item.getAsFile(); // what lies in no file system, such as a picture out of another page
    if (entry) entries.push(entry);
    else if (file) found.push({ name: file.name, file });
  }
  const walk = async (entry: FileSystemEntry, at: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      found.push({ name: at + entry.name, file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // A reader gives a hundred entries at a time, and none at the end.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const inner of some) await walk(inner, `${at}${entry.name}/`);
    }
  };
  for (const entry of entries) await walk(entry, '');
  return found;
}

/** Files of a picker; those of a folder have its name before theirs. */
export const pickedFiles = (list: FileList | null): NamedFile[] =>
  [...(list ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
