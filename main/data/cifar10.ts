// CIFAR-10: 50,000 training and 10,000 test images, 32×32 in colour, from the binary files in DATA/cifar-10-batches-bin.
// A record is a label and 3,072 bytes: the red plane, the green one, the blue one, each by rows.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { KernelscopeError, badInput } from '../contract/errors.ts';
import type { Split } from '../contract/results.ts';
import type { Pool } from './pool.ts';

export const cifar10Folder = 'cifar-10-batches-bin';
export const cifarFiles: Record<Split, readonly string[]> = {
  train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
  test: ['test_batch.bin'],
};
/** The official archive: its checksum vouches for everything in it. */
export const cifar10Archive = {
  name: 'cifar-10-binary.tar.gz',
  bytes: 170_052_171,
  md5: 'c32a1d4ab5d03f1284b67883e8d87530',
  /** what is taken from it, with the bytes of each; the names of the classes are a few lines of text */
  files: {
    ...Object.fromEntries([...cifarFiles.train, ...cifarFiles.test].map((name) => [name, 30_730_000])),
    'batches.meta.txt': null,
  } as Readonly<Record<string, number | null>>,
};
const side = 32;
const plane = side * side;
const inputs = 3 * plane;
/** bytes */
export const record = 1 + inputs;
export const cifarShape: readonly number[] = [side, side, 3];
const classes = 10;

/** Reads one file of records. @throws `bad-input` naming the file: cut, not records, or labels > 9; null where it is not there */
export async function readCifarFile(file: string, read: (file: string) => Promise<Uint8Array> = readFile): Promise<Uint8Array | null> {
  let bytes: Uint8Array;
  try {
    bytes = await read(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new KernelscopeError('bad-input', `${file}: cannot be read (${(error as Error).message})`);
  }
  if (bytes.length === 0 || bytes.length % record !== 0)
    throw badInput(
      `${file}: expected a multiple of ${record} bytes (label and pixels), got ${bytes.length}; the file is cut or not CIFAR-10`,
    );
  for (let at = 0; at < bytes.length; at += record)
    if (bytes[at] >= classes) throw badInput(`${file}: expected labels 0 … ${classes - 1}, got ${bytes[at]} at position ${at / record}`);
  return bytes;
}

/** One record's pixels, channel-major, as height × width × channel into `out` from `to`. */
export function pixelsOf(bytes: Uint8Array, at: number, out: { [i: number]: number }, to: number, scale = 1): void {
  for (let channel = 0; channel < 3; channel++) {
    const from = at + 1 + channel * plane;
    for (let i = 0; i < plane; i++) out[to + 3 * i + channel] = bytes[from + i] / scale;
  }
}

/** Reads one split: all training batches that are there, in their order. @throws `bad-input` naming the file or folder */
export async function readCifar10(dataDir: string, split: Split): Promise<Pool> {
  const dir = path.join(dataDir, cifar10Folder);
  const files: Uint8Array[] = [];
  for (const name of cifarFiles[split]) {
    const bytes = await readCifarFile(path.join(dir, name));
    if (bytes) files.push(bytes);
  }
  if (files.length === 0)
    throw badInput(
      `${path.join(dir, cifarFiles[split][0])}: expected CIFAR-10’s file there, found none; ` +
        'get it with `data fetch cifar10` or point --data at its folder',
    );
  const places = files.flatMap((bytes) => Array.from({ length: bytes.length / record }, (_, i) => ({ bytes, at: i * record })));
  return {
    count: places.length,
    shape: cifarShape,
    classes,
    labels: Uint8Array.from(places, ({ bytes, at }) => bytes[at]),
    gather(ids) {
      const x = new Float32Array(ids.length * inputs);
      ids.forEach((id, i) => pixelsOf(places[id].bytes, places[id].at, x, i * inputs, 255));
      return x;
    },
  };
}
