// Small IDX files made by hand, errors as a person sees them, and where the real MNIST lies.
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { mnistFiles } from '../../../main/data/mnist.ts';

/** Bytes of an IDX file: 0 0 type rank, big-endian dimensions, data. */
export function idxBytes(shape: readonly number[], data: ArrayLike<number>, type = 0x08): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt8(type, 2);
  header.writeUInt8(shape.length, 3);
  shape.forEach((n, i) => header.writeUInt32BE(n, 4 + 4 * i));
  return Buffer.concat([header, Uint8Array.from(data)]);
}

/** Pixels that differ from one image to the next and from one place to the next. */
export const pixels = (count: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length: count * 784 }, (_, i) => (Math.imul(i + seed, 2_654_435_761) >>> 13) & 255);

export interface TinyMnist {
  train: number;
  test: number;
}

/** A data folder with an MNIST of a few images: image i of a split has label i mod 10; test files gzipped, training files not. */
export function tinyMnist(root: string, { train, test }: TinyMnist): string {
  const dataDir = mkdtempSync(path.join(root, 'data-'));
  const dir = path.join(dataDir, 'mnist');
  mkdirSync(dir);
  const labels = (n: number) => Uint8Array.from({ length: n }, (_, i) => i % 10);
  const put = (name: keyof typeof mnistFiles, bytes: Buffer, zip: boolean) =>
    writeFileSync(path.join(dir, zip ? `${name}.gz` : name), zip ? gzipSync(bytes) : bytes);
  put('train-images-idx3-ubyte', idxBytes([train, 28, 28], pixels(train)), false);
  put('train-labels-idx1-ubyte', idxBytes([train], labels(train)), false);
  put('t10k-images-idx3-ubyte', idxBytes([test, 28, 28], pixels(test, 77)), true);
  put('t10k-labels-idx1-ubyte', idxBytes([test], labels(test)), true);
  return dataDir;
}

/** The error of `work`, checked to be one for a person: the given code, on one line. */
export async function refusal(work: () => unknown, code: KernelscopeError['code'] = 'bad-input'): Promise<string> {
  let error: unknown = null;
  try {
    await work();
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof KernelscopeError)) throw new Error('expected a KernelscopeError', { cause: error });
  expect(error.code, error.message).toBe(code);
  expect(error.message).not.toMatch(/[\r\n]/);
  return error.message;
}

/** The folder of the real datasets: what KERNELSCOPE_DATA says, or ../shared/data. */
export const realData = path.resolve(process.env['KERNELSCOPE_DATA'] || '../shared/data');
/** Why tests on the real MNIST are skipped; null where all its files are there. */
export const noMnist: string | null = Object.keys(mnistFiles).every((name) =>
  ['', '.gz'].some((end) => existsSync(path.join(realData, 'mnist', name + end))),
)
  ? null
  : `no MNIST in ${realData} (set KERNELSCOPE_DATA)`;

/** A byte of CIFAR-10 record i as the test files have it: channel c at row h, column w. */
export const cifarPixel = (i: number, h: number, w: number, c: number): number => (i * 31 + c * 97 + h * 7 + w * 13) % 256;

/** Records `first` … `first + count − 1`: record i has label i mod 10 (or what `label` says) and the pixels of cifarPixel. */
export function cifarBytes(count: number, first = 0, label = (i: number): number => i % 10): Buffer {
  const bytes = Buffer.alloc(count * 3073);
  for (let i = 0; i < count; i++) {
    bytes[i * 3073] = label(first + i);
    for (let c = 0; c < 3; c++)
      for (let h = 0; h < 32; h++)
        for (let w = 0; w < 32; w++) bytes[i * 3073 + 1 + c * 1024 + h * 32 + w] = cifarPixel(first + i, h, w, c);
  }
  return bytes;
}

/** A data folder with these files in CIFAR-10's folder. */
export function tinyCifar(root: string, files: Record<string, Uint8Array>): string {
  const dataDir = mkdtempSync(path.join(root, 'data-'));
  const dir = path.join(dataDir, 'cifar-10-batches-bin');
  mkdirSync(dir);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(dir, name), bytes);
  return dataDir;
}
