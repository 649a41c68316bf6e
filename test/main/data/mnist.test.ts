import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listDatasets } from '../../../main/data/index.ts';
import { readMnist } from '../../../main/data/mnist.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { idxBytes, noMnist, pixels, realData, refusal, tinyMnist } from './support.ts';

const root = temporaryFolder();
/** A tiny MNIST with one file replaced; answers the data folder and the file. */
function broken(name: string, bytes: Buffer | null): { dataDir: string; file: string } {
  const dataDir = tinyMnist(root, { train: 4, test: 3 });
  const file = path.join(dataDir, 'mnist', name);
  if (bytes) writeFileSync(file, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  else rmSync(file);
  return { dataDir, file };
}

const scaled = (bytes: number[]) => Float32Array.from(bytes, (v) => v / 255);

test('reads images and labels of both splits', async () => {
  const dataDir = tinyMnist(root, { train: 12, test: 5 });
  const train = await readMnist(dataDir, 'train');
  const held = await readMnist(dataDir, 'test');
  expect([train.count, train.shape, held.count, held.shape]).toEqual([12, [28, 28, 1], 5, [28, 28, 1]]);
  expect([...train.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  expect(await train.gather(Int32Array.of(0, 11))).toEqual(scaled([...pixels(12).subarray(0, 784), ...pixels(12).subarray(11 * 784)]));
  expect(await held.gather(Int32Array.of(0, 1, 2, 3, 4))).toEqual(scaled([...pixels(5, 77)]));
});

describe('refused, naming the file', () => {
  test('fewer labels than images, or more', async () => {
    for (const n of [3, 5]) {
      const { dataDir, file } = broken('train-labels-idx1-ubyte', idxBytes([n], new Uint8Array(n)));
      expect(await refusal(() => readMnist(dataDir, 'train'))).toBe(`${file}: expected 4 labels (one for each image), got ${n}`);
    }
  });

  test('a label over 9, where the first one stands', async () => {
    const { dataDir, file } = broken('train-labels-idx1-ubyte', idxBytes([4], [0, 9, 10, 255]));
    expect(await refusal(() => readMnist(dataDir, 'train'))).toBe(`${file}: expected labels 0 … 9, got 10 at position 2`);
  });

  test('images of another size', async () => {
    const { dataDir, file } = broken('train-images-idx3-ubyte', idxBytes([4, 27, 28], new Uint8Array(4 * 27 * 28)));
    expect(await refusal(() => readMnist(dataDir, 'train'))).toBe(`${file}: expected images of 28 × 28, got 27 × 28`);
  });

  test('images where the labels should be, and the other way round', async () => {
    const labels = broken('t10k-labels-idx1-ubyte.gz', idxBytes([3, 28, 28], pixels(3)));
    expect(await refusal(() => readMnist(labels.dataDir, 'test'))).toBe(
      `${labels.file}: expected the magic number 2049 (unsigned bytes, 1 dimensions), got 2051`,
    );
    const images = broken('t10k-images-idx3-ubyte.gz', idxBytes([12], new Uint8Array(12)));
    expect(await refusal(() => readMnist(images.dataDir, 'test'))).toContain(`${images.file}: expected the magic number 2051`);
  });

  test('a cut file: the header promises more than there is', async () => {
    const { dataDir, file } = broken('train-images-idx3-ubyte', idxBytes([4, 28, 28], pixels(4)).subarray(0, 1000));
    expect(await refusal(() => readMnist(dataDir, 'train'))).toContain(
      `${file}: expected ${16 + 4 * 784} bytes (its header says 4 × 28 × 28)`,
    );
  });

  test('a missing file', async () => {
    const { dataDir, file } = broken('train-labels-idx1-ubyte', null);
    expect(await refusal(() => readMnist(dataDir, 'train'))).toContain(`${file}[.gz]`);
    expect((await readMnist(dataDir, 'test')).count).toBe(3); // the other split is not concerned
  });
});

test('the list of datasets says what is there and what is missing', async () => {
  const { dataDir } = broken('train-labels-idx1-ubyte', null);
  const whole = tinyMnist(root, { train: 1, test: 1 });
  const [digits, mnist] = await listDatasets(dataDir);
  expect(digits).toMatchObject({ name: 'digits', present: true });
  expect(mnist).toMatchObject({ name: 'mnist', present: false });
  expect(mnist.detail).toBe(`not in ${path.join(dataDir, 'mnist')}: train-labels-idx1-ubyte; \`data fetch mnist\` gets it`);
  expect((await listDatasets(whole))[1].present).toBe(true);
  expect((await listDatasets(path.join(root, 'nothing')))[1].detail).toContain('t10k-images-idx3-ubyte');
});

test.skipIf(noMnist !== null)(`the real MNIST${noMnist ? `: ${noMnist}` : ''}`, async () => {
  const train = await readMnist(realData, 'train');
  const held = await readMnist(realData, 'test');
  expect([train.count, held.count]).toEqual([60_000, 10_000]);
  expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]); // as published
  expect([...held.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  const x = await train.gather(Int32Array.from({ length: 60_000 }, (_, i) => i));
  const mean = x.reduce((s, v) => s + v, 0) / x.length;
  expect(mean).toBeCloseTo(0.1307, 4); // the number everyone normalises with
});

test('the temporary files are what they claim to be', () => {
  const file = path.join(tinyMnist(root, { train: 2, test: 1 }), 'mnist', 'train-images-idx3-ubyte');
  expect(readFileSync(file).subarray(0, 16).toString('hex')).toBe('0000080300000002' + '0000001c0000001c');
});
