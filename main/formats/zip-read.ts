// Reads zips (NPZ) from a file, entry by entry, distrusting every size: a zip bomb is refused before its bytes are made.
import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { badInput } from '../contract/errors.ts';
import { fileBytes, readAt, requirePlainName } from './bytes.ts';
import { storedEntry, type Located, type StoredEntry } from './zip-entry.ts';

export interface ZipLimits {
  entries: number;
  /** of one entry, and of all together, unpacked */
  entryBytes: number;
  totalBytes: number;
  /** unpacked ÷ packed, of one entry and of all to the whole file; deflate itself ends near 1030, arrays of zeros reach that, so it holds
   *  over 16 MB only */
  ratio: number;
  /** what the file is expected to be, for the message where it is no zip */
  kind: string;
}
export const zipLimits: ZipLimits = {
  entries: 10_000,
  entryBytes: 8 * 2 ** 30,
  totalBytes: 16 * 2 ** 30,
  ratio: 200,
  kind: 'an NPZ file (a zip of NPY arrays)',
};
/** Bytes of the largest directory that is read. */
export const mostDirectory = 64 << 20;
const ratioFrom = 16 << 20;

/** Its size is that of the bytes unpacked, as the directory declares them; held to when reading. */
export interface ZipEntry extends StoredEntry {
  name: string;
}
export interface ZipReader {
  entries: ZipEntry[];
  close(): Promise<void>;
}

interface Directory {
  offset: number;
  size: number;
  count: number;
}

/** Finds the directory from the end of the file, zip64 or not. */
async function findDirectory(handle: FileHandle, length: number, what: string, { kind }: ZipLimits): Promise<Directory> {
  const tail = await readAt(handle, Math.max(0, length - 66_000), Math.min(length, 66_000), what);
  const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (at < 0 || at + 22 > tail.length) throw badInput(`${what}: expected ${kind}, got something else or a cut file`);
  const plain = { count: tail.readUInt16LE(at + 10), size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  if (plain.count !== 0xffff && plain.size !== 0xffffffff && plain.offset !== 0xffffffff) return plain;
  if (at < 20 || tail.readUInt32LE(at - 20) !== 0x07064b50) return plain;
  const where = safe(tail.readBigUInt64LE(at - 12), what);
  if (where + 56 > length) throw badInput(`${what}: its zip64 directory cannot be read`);
  const record = await readAt(handle, where, 56, what);
  if (record.readUInt32LE(0) !== 0x06064b50) throw badInput(`${what}: its zip64 directory cannot be read`);
  const [count, size, offset] = [32, 40, 48].map((o) => safe(record.readBigUInt64LE(o), what));
  return { count, size, offset };
}

function safe(n: bigint, what: string): number {
  if (n > BigInt(Number.MAX_SAFE_INTEGER)) throw badInput(`${what}: a size in it is impossible (${n})`);
  return Number(n);
}

/** One record of the directory at `at`, with zip64's wide fields, and where the next begins. */
function readRecord(d: Buffer, at: number, what: string): { located: Located; next: number } {
  if (at + 46 > d.length || d.readUInt32LE(at) !== 0x02014b50) throw badInput(`${what}: its directory cannot be read; the file may be cut`);
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => d.readUInt16LE(at + o));
  const next = at + 46 + nameLength + extraLength + commentLength;
  if (next > d.length) throw badInput(`${what}: its directory is cut`);
  if (d.readUInt16LE(at + 8) & 1) throw badInput(`${what}: expected a zip without a password`);
  const name = d.toString('utf8', at + 46, at + 46 + nameLength);
  requirePlainName(name, what);
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
  if (parts.includes('..') || parts[0] === '' || /^[a-z]:/i.test(e.name))
    throw badInput(`${what}: ${JSON.stringify(e.name)}: expected a name within the archive, got a path out of it`);
  if (e.method !== 0 && e.method !== 8) throw badInput(`${what}: ${e.name}: expected stored or deflated bytes, got zip method ${e.method}`);
  if (e.method === 0 && e.size !== e.packed) throw badInput(`${what}: ${e.name}: declared ${e.size} bytes, holds ${e.packed}`);
  if (e.size > limits.entryBytes) throw badInput(`${what}: ${e.name}: expected at most ${limits.entryBytes} bytes unpacked, got ${e.size}`);
  checkRatio(`${what}: ${e.name}`, e.size, e.packed, limits);
}

function checkRatio(what: string, size: number, packed: number, { ratio }: ZipLimits): void {
  if (size > ratioFrom && size > ratio * packed)
    throw badInput(`${what}: ${size} bytes out of ${packed} look like a zip bomb (at most ${ratio} times is accepted)`);
}

/** Opens a zip and reads its directory. Entries are read one at a time.
 *  @throws KernelscopeError `bad-input` for anything cut, damaged, locked, too large, or with names that lead out of it */
export async function openZipReader(file: string, what = file, limits: ZipLimits = zipLimits): Promise<ZipReader> {
  await fileBytes(file); // refuses what is no file, which opening might wait for
  const handle = await open(file, 'r');
  try {
    const { size: length } = await handle.stat();
    const { offset, size, count } = await findDirectory(handle, length, what, limits);
    if (offset + size > length || count > limits.entries || size > mostDirectory)
      throw badInput(`${what}: its directory (${count} entries, ${size} bytes at ${offset}) does not fit the file; it may be cut`);
    const directory = await readAt(handle, offset, size, what);
    const located: Located[] = [];
    const names = new Set<string>();
    for (let at = 0, i = 0; i < count; i++) {
      if (i % 1000 === 999) await setImmediate(); // others get their turn
      const record = readRecord(directory, at, what);
      check(record.located, what, limits);
      if (names.has(record.located.name)) throw badInput(`${what}: ${record.located.name} is there twice`);
      names.add(record.located.name);
      located.push(record.located);
      at = record.next;
    }
    const total = located.reduce((n, e) => n + e.size, 0);
    if (total > limits.totalBytes) throw badInput(`${what}: expected at most ${limits.totalBytes} bytes unpacked, got ${total}`);
    checkRatio(what, total, length, limits); // many entries, each under 16 MB or on the same bytes
    return {
      entries: located.map((e) => ({ name: e.name, ...storedEntry(handle, length, e, `${what}: ${e.name}`) })),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
