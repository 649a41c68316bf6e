// Bytes of files that nobody vouches for: how many there are is known, and held to, before any are read.
import { open, stat, type FileHandle } from 'node:fs/promises';
import { badInput } from '../contract/errors.ts';

/** Bytes somewhere: a file, or an entry of a zip. */
export interface Stored {
  size: number;
  /** the first `length` of them, or all where there are fewer */
  head(length: number): Promise<Uint8Array>;
  read(): Promise<Uint8Array>;
}

/** Bytes that are asked for at once: more than 2 GiB no system reads. */
export const mostAtOnce = 1 << 30;

/** Exactly `length` bytes from `at` on. They must lie in the file, whose size the caller has checked: memory is taken before they are read. */
export async function readAt(handle: FileHandle, at: number, length: number, what: string): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, mostAtOnce), at + done);
    if (bytesRead === 0) throw badInput(`${what}: cut; ${length - done} bytes are missing`);
    done += bytesRead;
  }
  return bytes;
}

/** A part of a file. */
export async function readPart(file: string, from: number, to: number, what = file): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    return await readAt(handle, from, to - from, what);
  } finally {
    await handle.close();
  }
}

/** The bytes of a file. Pipes and devices are refused: they have no end, or none that is known. */
export async function fileBytes(file: string): Promise<Stored> {
  const about = await stat(file);
  if (!about.isFile()) throw badInput(`${file}: expected a file, got a pipe, a device or a folder`);
  const { size } = about;
  return {
    size,
    head: (length) => readPart(file, 0, Math.min(size, length)),
    read: () => readPart(file, 0, size),
  };
}

// eslint-disable-next-line no-control-regex -- it is they that are looked for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Refuses a name that would break the line, or the terminal, that it is shown in. */
export function requirePlainName(name: string, what: string): void {
  const at = name.search(control);
  if (at >= 0)
    throw badInput(
      `${what}: ${JSON.stringify(name.replace(new RegExp(control, 'g'), '?'))}: expected names without control characters, got code ${name.charCodeAt(at)}`,
    );
}
