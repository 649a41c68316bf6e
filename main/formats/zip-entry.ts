// One entry of a zip: its bytes from the file, stored or deflated, in pieces and never more than it declares.
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import { readAt, type Stored } from './bytes.ts';

/** What the directory says of an entry. */
export interface Located {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

const piece = 1 << 20;

/** The file's bytes from `from` to `to`, in pieces. */
async function* packedPieces(handle: FileHandle, from: number, to: number, what: string): AsyncGenerator<Buffer> {
  for (let at = from; at < to; at += piece) yield await readAt(handle, at, Math.min(piece, to - at), what);
}

/** The bytes of an entry unpacked, in pieces, never more than it declares: what an entry claims is what it may take. */
async function* pieces(handle: FileHandle, length: number, e: Located, here: string): AsyncGenerator<Buffer> {
  const cut = () => badInput(`${here}: its bytes lie outside the file; it may be cut`);
  if (e.offset + 30 > length) throw cut();
  const local = await readAt(handle, e.offset, 30, here);
  if (local.readUInt32LE(0) !== 0x04034b50) throw badInput(`${here}: its place in the file cannot be read`);
  if (local.readUInt16LE(6) & 1) throw badInput(`${here}: expected a zip without a password`);
  const from = e.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (from + e.packed > length) throw cut();
  const packed = packedPieces(handle, from, from + e.packed, here);
  let size = 0;
  for await (const bytes of e.method === 8 ? inflated(packed, here) : packed) {
    size += bytes.length;
    if (size > e.size) throw badInput(`${here}: unpacks to more than the ${e.size} bytes it declares`);
    yield bytes;
  }
  if (size !== e.size) throw badInput(`${here}: declared ${e.size} bytes, holds ${size}`);
}

async function* inflated(packed: AsyncIterable<Buffer>, here: string): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: piece });
  const from = Readable.from(packed);
  from.on('error', (error) => inflate.destroy(error));
  try {
    for await (const bytes of from.pipe(inflate)) yield bytes as Buffer;
  } catch (error) {
    if (error instanceof KernelscopeError) throw error;
    throw badInput(`${here}: its packed bytes are damaged`);
  } finally {
    from.destroy();
    inflate.destroy();
  }
}

async function readHead(parts: AsyncIterable<Buffer>, length: number): Promise<Uint8Array> {
  const found: Buffer[] = [];
  let size = 0;
  for await (const bytes of parts) {
    found.push(bytes);
    size += bytes.length;
    if (size >= length) break;
  }
  return Buffer.concat(found).subarray(0, length);
}

/** The same parts; after the last, their checksum has to be right. */
async function* checked(parts: AsyncIterable<Buffer>, e: Located, here: string): AsyncGenerator<Buffer> {
  let crc = 0;
  for await (const bytes of parts) {
    crc = crc32(bytes, crc);
    yield bytes;
  }
  if (crc !== e.crc) throw badInput(`${here}: its checksum is wrong; the file is damaged`);
}

async function readEntry(parts: AsyncIterable<Buffer>, e: Located): Promise<Uint8Array> {
  const all = Buffer.allocUnsafe(e.size); // the system gives the memory as it is filled
  let at = 0;
  for await (const bytes of parts) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** An entry as bytes, all at once or one part after the other. */
export interface StoredEntry extends Stored {
  /** of at most a mebibyte each; a wrong checksum is met after the last of them */
  stream(): AsyncGenerator<Uint8Array>;
}

/** The entry of a file of `length` bytes. `here` names it in messages */
export function storedEntry(handle: FileHandle, length: number, e: Located, here: string): StoredEntry {
  const parts = () => pieces(handle, length, e, here);
  const stream = () => checked(parts(), e, here);
  return { size: e.size, head: (n) => readHead(parts(), n), read: () => readEntry(stream(), e), stream };
}
