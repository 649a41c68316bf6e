// Reads zips (NPZ) from a file, entry by entry, distrusting every size: a zip bomb is refused before its bytes are made.
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { badInput } from '../../contract/errors.ts';

export interface ZipLimits {
  entries: number;
  /** of one entry, and of all together, unpacked */
  entryBytes: number;
  totalBytes: number;
  /** unpacked ÷ packed; deflate itself ends near 1030, arrays of zeros reach that, so it holds for entries over 16 MB only */
  ratio: number;
}
export const zipLimits: ZipLimits = { entries: 10_000, entryBytes: 8 * 2 ** 30, totalBytes: 16 * 2 ** 30, ratio: 200 };
const ratioFrom = 16 << 20;

export interface ZipEntry {
  name: string;
  /** bytes unpacked, as the directory declares them; held to when reading */
  size: number;
  read(): Promise<Uint8Array>;
}
export interface ZipReader {
  entries: ZipEntry[];
  close(): Promise<void>;
}

const inflate = promisify(inflateRaw) as (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

async function readAt(handle: FileHandle, at: number, length: number, what: string): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 1 << 30), at + done);
    if (bytesRead === 0) throw badInput(`${what}: cut; ${length - done} bytes are missing`);
    done += bytesRead;
  }
  return bytes;
}

interface Directory {
  offset: number;
  size: number;
  count: number;
}

/** Finds the directory from the end of the file, zip64 or not. */
async function findDirectory(handle: FileHandle, length: number, what: string): Promise<Directory> {
  const tail = await readAt(handle, Math.max(0, length - 66_000), Math.min(length, 66_000), what);
  const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (at < 0 || at + 22 > tail.length)
    throw badInput(`${what}: expected an NPZ file (a zip of NPY arrays), got something else or a cut file`);
  const plain = { count: tail.readUInt16LE(at + 10), size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  if (plain.count !== 0xffff && plain.size !== 0xffffffff && plain.offset !== 0xffffffff) return plain;
  if (at < 20 || tail.readUInt32LE(at - 20) !== 0x07064b50) return plain;
  const record = await readAt(handle, safe(tail.readBigUInt64LE(at - 12), what), 56, what);
  if (record.readUInt32LE(0) !== 0x06064b50) throw badInput(`${what}: its zip64 directory cannot be read`);
  const [count, size, offset] = [32, 40, 48].map((o) => safe(record.readBigUInt64LE(o), what));
  return { count, size, offset };
}

function safe(n: bigint, what: string): number {
  if (n > BigInt(Number.MAX_SAFE_INTEGER)) throw badInput(`${what}: a size in it is impossible (${n})`);
  return Number(n);
}

interface Located {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

/** One record of the directory at `at`, with zip64's wide fields, and where the next begins. */
function readRecord(d: Buffer, at: number, what: string): { located: Located; next: number } {
  if (at + 46 > d.length || d.readUInt32LE(at) !== 0x02014b50) throw badInput(`${what}: its directory cannot be read; the file may be cut`);
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => d.readUInt16LE(at + o));
  const next = at + 46 + nameLength + extraLength + commentLength;
  if (next > d.length) throw badInput(`${what}: its directory is cut`);
  if (d.readUInt16LE(at + 8) & 1) throw badInput(`${what}: expected a zip without a password`);
  const name = d.toString('utf8', at + 46, at + 46 + nameLength);
  const values = { size: d.readUInt32LE(at + 24), packed: d.readUInt32LE(at + 20), offset: d.readUInt32LE(at + 42) };
  const extraEnd = at + 46 + nameLength + extraLength;
  for (let e = at + 46 + nameLength; e + 4 <= extraEnd; e += 4 + d.readUInt16LE(e + 2)) {
    if (d.readUInt16LE(e) !== 1) continue;
    let wide = e + 4;
    for (const field of ['size', 'packed', 'offset'] as const)
      if (values[field] === 0xffffffff) {
        if (wide + 8 > Math.min(extraEnd, e + 4 + d.readUInt16LE(e + 2))) throw badInput(`${what}: ${name}: its sizes are cut`);
        values[field] = safe(d.readBigUInt64LE(wide), what);
        wide += 8;
      }
  }
  return { located: { name, method: d.readUInt16LE(at + 10), crc: d.readUInt32LE(at + 16), ...values }, next };
}

function check(e: Located, what: string, limits: ZipLimits): void {
  const parts = e.name.split(/[/\\]/);
  if (parts.includes('..') || parts[0] === '' || /^[a-z]:/i.test(e.name) || e.name.includes('\0'))
    throw badInput(`${what}: ${JSON.stringify(e.name)}: a path out of the archive`);
  if (e.method !== 0 && e.method !== 8) throw badInput(`${what}: ${e.name}: expected stored or deflated bytes, got zip method ${e.method}`);
  if (e.method === 0 && e.size !== e.packed) throw badInput(`${what}: ${e.name}: declared ${e.size} bytes, holds ${e.packed}`);
  if (e.size > limits.entryBytes) throw badInput(`${what}: ${e.name}: expected at most ${limits.entryBytes} bytes unpacked, got ${e.size}`);
  if (e.size > ratioFrom && e.size > limits.ratio * e.packed)
    throw badInput(
      `${what}: ${e.name}: ${e.size} bytes out of ${e.packed} look like a zip bomb (at most ${limits.ratio} times is accepted)`,
    );
}

async function readEntry(handle: FileHandle, e: Located, what: string): Promise<Uint8Array> {
  const here = `${what}: ${e.name}`;
  const local = await readAt(handle, e.offset, 30, here);
  if (local.readUInt32LE(0) !== 0x04034b50) throw badInput(`${here}: its place in the file cannot be read`);
  const packed = await readAt(handle, e.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), e.packed, here);
  let bytes = packed;
  if (e.method === 8)
    try {
      // One byte over the declared size already ends it: what an entry claims is what it may take.
      bytes = await inflate(packed, { maxOutputLength: Math.max(1, e.size) });
    } catch (error) {
      const larger = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      throw badInput(larger ? `${here}: unpacks to more than the ${e.size} bytes it declares` : `${here}: its packed bytes are damaged`);
    }
  if (bytes.length !== e.size) throw badInput(`${here}: declared ${e.size} bytes, holds ${bytes.length}`);
  if (crc32(bytes) !== e.crc) throw badInput(`${here}: its checksum is wrong; the file is damaged`);
  return bytes;
}

/** Opens a zip and reads its directory. Entries are read one at a time.
 *  @throws KernelscopeError `bad-input` for anything cut, damaged, locked, too large, or with names that lead out of it */
export async function openZipReader(file: string, what = file, limits: ZipLimits = zipLimits): Promise<ZipReader> {
  const handle = await open(file, 'r');
  try {
    const { size: length } = await handle.stat();
    const { offset, size, count } = await findDirectory(handle, length, what);
    if (offset + size > length || count > limits.entries || size > 64 << 20)
      throw badInput(`${what}: its directory (${count} entries, ${size} bytes at ${offset}) does not fit the file; it may be cut`);
    const directory = await readAt(handle, offset, size, what);
    const located: Located[] = [];
    for (let at = 0, i = 0; i < count; i++) {
      const record = readRecord(directory, at, what);
      check(record.located, what, limits);
      located.push(record.located);
      at = record.next;
    }
    const total = located.reduce((n, e) => n + e.size, 0);
    if (total > limits.totalBytes) throw badInput(`${what}: expected at most ${limits.totalBytes} bytes unpacked, got ${total}`);
    return {
      entries: located.map((e) => ({ name: e.name, size: e.size, read: () => readEntry(handle, e, what) })),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
