// IDX files (MNIST's format), gzipped or not: 0 0 type rank, then the dimensions as big-endian 32-bit integers, then unsigned bytes.
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { KernelscopeError, badInput } from '../contract/errors.ts';

export interface IdxArray {
  shape: number[];
  data: Uint8Array;
}

const unsignedByte = 0x08;
/** MNIST's images are 47 MB; a file that unpacks to more than this is not one of them. */
const largest = 256 * 2 ** 20;
const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

/** Parses an IDX file of unsigned bytes of the given rank. @throws `bad-input` naming the file and what is wrong with it */
export function parseIdx(file: string, bytes: Uint8Array, rank: number): IdxArray {
  const header = 4 + 4 * rank;
  if (bytes.length < header) throw badInput(`${file}: expected an IDX file of at least ${header} bytes, got ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = (unsignedByte << 8) | rank;
  if (view.getUint32(0) !== expected)
    throw badInput(`${file}: expected the magic number ${expected} (unsigned bytes, ${rank} dimensions), got ${view.getUint32(0)}`);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, n) => product * n, 1);
  if (bytes.length !== header + size)
    throw badInput(
      `${file}: expected ${header + size} bytes (its header says ${shape.join(' × ')}), got ${bytes.length}; the file is cut or not IDX`,
    );
  return { shape, data: bytes.subarray(header) };
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Reads DIR/NAME or DIR/NAME.gz, from the disk unless told otherwise. @throws `bad-input` where neither is there, or where it is not what it should be */
export async function readIdx(
  dir: string,
  name: string,
  rank: number,
  read: (file: string) => Promise<Uint8Array> = readFile,
): Promise<IdxArray> {
  for (const file of [path.join(dir, name), path.join(dir, `${name}.gz`)]) {
    let bytes: Uint8Array;
    try {
      bytes = await read(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw new KernelscopeError('bad-input', `${file}: cannot be read (${(error as Error).message})`);
    }
    if (isGzip(bytes)) {
      try {
        bytes = await inflate(bytes, { maxOutputLength: largest });
      } catch (error) {
        throw badInput(`${file}: expected a whole gzip file, got one that does not unpack (${(error as Error).message})`);
      }
    }
    return parseIdx(file, bytes, rank);
  }
  throw badInput(
    `${path.join(dir, name)}[.gz]: expected MNIST’s file there, found none; get it with \`data fetch mnist\` or point --data at its folder`,
  );
}

/** Whether DIR/NAME or DIR/NAME.gz is there. */
export async function hasIdx(dir: string, name: string): Promise<boolean> {
  const found = await Promise.all(
    [name, `${name}.gz`].map((f) =>
      access(path.join(dir, f)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
