// A stored (uncompressed) zip written as a stream: NumPy reads it, and equal arrays give equal bytes.
// Sizes are known beforehand, so no data descriptors; zip64 fields appear where 32 bits do not do.
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

const most32 = 0xffffffff;
/** 1980-01-01 00:00, the first date that a zip can name: the same arrays give the same file. */
const dosDate = 0x0021;
/** where a local header keeps its checksum */
const crcAt = 14;

interface Entry {
  name: Buffer;
  crc: number;
  size: number;
  offset: number;
}

const u16 = (n: number) => [n & 255, (n >> 8) & 255];
const u32 = (n: number) => [...u16(n & 0xffff), ...u16(n >>> 16)];
const u64 = (n: number) => [...u32(n % 2 ** 32), ...u32(Math.floor(n / 2 ** 32))];
const capped = (n: number) => u32(Math.min(n, most32));

function localHeader(e: Entry): Buffer {
  const big = e.size >= most32;
  const extra = big ? [...u16(1), ...u16(16), ...u64(e.size), ...u64(e.size)] : [];
  const size = capped(e.size);
  const fields = [
    0x50,
    0x4b,
    3,
    4,
    ...u16(big ? 45 : 20),
    ...u16(0x0800),
    ...u16(0),
    ...u16(0),
    ...u16(dosDate),
    ...u32(e.crc),
    ...size,
    ...size,
  ];
  return Buffer.concat([Buffer.from([...fields, ...u16(e.name.length), ...u16(extra.length)]), e.name, Buffer.from(extra)]);
}

function centralHeader(e: Entry): Buffer {
  const wide = [...(e.size >= most32 ? [...u64(e.size), ...u64(e.size)] : []), ...(e.offset >= most32 ? u64(e.offset) : [])];
  const extra = wide.length > 0 ? [...u16(1), ...u16(wide.length), ...wide] : [];
  const version = u16(wide.length > 0 ? 45 : 20);
  const fields = [0x50, 0x4b, 1, 2, ...version, ...version, ...u16(0x0800), ...u16(0), ...u16(0), ...u16(dosDate), ...u32(e.crc)];
  const sizes = [
    ...capped(e.size),
    ...capped(e.size),
    ...u16(e.name.length),
    ...u16(extra.length),
    ...u16(0),
    ...u16(0),
    ...u16(0),
    ...u32(0),
  ];
  return Buffer.concat([Buffer.from([...fields, ...sizes, ...capped(e.offset)]), e.name, Buffer.from(extra)]);
}

function endRecords(entries: number, size: number, offset: number): Buffer {
  const big = entries >= 0xffff || size >= most32 || offset >= most32;
  const zip64 = [
    0x50,
    0x4b,
    6,
    6,
    ...u64(44),
    ...u16(45),
    ...u16(45),
    ...u32(0),
    ...u32(0),
    ...u64(entries),
    ...u64(entries),
    ...u64(size),
    ...u64(offset),
  ];
  const locator = [0x50, 0x4b, 6, 7, ...u32(0), ...u64(offset + size), ...u32(1)];
  const count = u16(Math.min(entries, 0xffff));
  const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...count, ...count, ...capped(size), ...capped(offset), 0, 0];
  return Buffer.from(big ? [...zip64, ...locator, ...end] : end);
}

/** An open zip. A failed write leaves a file without its directory, which no reader takes for a whole one. */
export interface ZipWriter {
  /** adds one entry, its bytes in parts */
  add(name: string, parts: readonly Uint8Array[]): Promise<void>;
  /** adds one entry of `size` bytes, which come one part after the other, so that no more than one is held */
  stream(name: string, size: number, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** writes the directory and closes */
  end(): Promise<void>;
  /** closes as it is */
  abandon(): Promise<void>;
}

/** Writes a zip to `file`, which must not be there or is written over. */
export async function openZip(file: string): Promise<ZipWriter> {
  const handle = await open(file, 'w');
  const entries: Entry[] = [];
  let at = 0;
  const writeAt = async (bytes: Uint8Array, place: number) => {
    for (let done = 0; done < bytes.length;)
      done += (await handle.write(bytes, done, Math.min(bytes.length - done, 1 << 30), place + done)).bytesWritten;
  };
  const write = async (bytes: Uint8Array) => {
    await writeAt(bytes, at);
    at += bytes.length;
  };
  return {
    async add(name, parts) {
      const size = parts.reduce((n, p) => n + p.length, 0);
      const crc = parts.reduce((c, p) => crc32(p, c), 0);
      const entry: Entry = { name: Buffer.from(name), crc, size, offset: at };
      entries.push(entry);
      await write(localHeader(entry));
      for (const part of parts) await write(part);
    },
    async stream(name, size, parts) {
      const entry: Entry = { name: Buffer.from(name), crc: 0, size, offset: at };
      entries.push(entry);
      await write(localHeader(entry));
      let left = size;
      for await (const part of parts) {
        entry.crc = crc32(part, entry.crc);
        left -= part.length;
        await write(part);
      }
      if (left !== 0) throw new RangeError(`${name}: ${size} bytes were announced, ${size - left} came`);
      await writeAt(Buffer.from(u32(entry.crc)), entry.offset + crcAt); // known only now
    },
    async end() {
      const offset = at;
      // In blocks: of hundreds of thousands of entries it takes a while.
      for (let i = 0; i < entries.length; i += 1000) await write(Buffer.concat(entries.slice(i, i + 1000).map(centralHeader)));
      await write(endRecords(entries.length, at - offset, offset));
      await handle.close();
    },
    abandon: () => handle.close(),
  };
}
