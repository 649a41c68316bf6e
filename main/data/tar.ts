// Reads tar archives (POSIX ustar) as a stream: 512 bytes of header, then the file, filled up to a multiple of 512 bytes.
// Nothing is written here, and no path of the archive is followed: who reads decides by name and size what to do with each file.
import { KernelscopeError } from '../contract/errors.ts';

const block = 512;

export interface TarSink {
  write(bytes: Uint8Array): Promise<void>;
  /** after the last byte */
  end(): Promise<void>;
}

const text = (header: Buffer, from: number, length: number) => {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? length : end);
};

/** A number field: octal digits with spaces or zeros around them. Sizes of 8 GB and more, in another form, are not read. */
const octal = (header: Buffer, from: number, length: number): number | null => {
  const digits = text(header, from, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
};

/** The sum of a header's bytes, its own field counted as spaces. */
const sumOf = (header: Buffer) => header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);

/** Collects the stream into pieces of the sizes asked for. */
class Pieces {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }
  /** 1 … most bytes; null at the end */
  async some(most: number): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return null;
      const { buffer, byteOffset, byteLength } = next.value;
      this.#rest = Buffer.from(buffer, byteOffset, byteLength);
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
  /** n bytes, or what is left of them at the end */
  async exactly(n: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let have = 0; have < n;) {
      const piece = await this.some(n - have);
      if (!piece) break;
      parts.push(piece);
      have += piece.length;
    }
    return Buffer.concat(parts);
  }
}

/** Passes each regular file to the sink that `open` answers for its name and size, or over it where that is null; links, folders and
 *  extended headers are passed over. @throws `failed` naming `what` where it is cut or no tar archive */
export async function readTar(
  chunks: AsyncIterable<Uint8Array>,
  what: string,
  open: (name: string, size: number) => Promise<TarSink | null>,
): Promise<void> {
  const broken = (why: string) => new KernelscopeError('failed', `${what}: expected a whole tar archive, got one that ${why}`);
  const pieces = new Pieces(chunks);
  for (;;) {
    const header = await pieces.exactly(block);
    if (header.length < block) throw broken('is cut');
    if (header.every((byte) => byte === 0)) return; // the archive's end
    const size = octal(header, 124, 12);
    if (octal(header, 148, 8) !== sumOf(header) || size === null) throw broken('has a broken header');
    const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
    const name = (prefix ? `${prefix}/` : '') + text(header, 0, 100);
    const regular = header[156] === 0 || header[156] === 0x30;
    const sink = regular ? await open(name, size) : null;
    for (let left = size; left > 0;) {
      const piece = await pieces.some(left);
      if (!piece) throw broken(`is cut in ${name}`);
      left -= piece.length;
      await sink?.write(piece);
    }
    await sink?.end();
    const fill = (block - (size % block)) % block;
    if ((await pieces.exactly(fill)).length < fill) throw broken(`is cut after ${name}`);
  }
}
