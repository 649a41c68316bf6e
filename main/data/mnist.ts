// MNIST: 60,000 training and 10,000 test images of handwritten digits, 28×28, from its four IDX files in DATA/mnist.
import path from 'node:path';
import { badInput } from '../contract/errors.ts';
import type { Split } from '../contract/results.ts';
import { readIdx } from './idx.ts';
import type { Pool } from './pool.ts';

/** MD5 of each file once unpacked, and how many samples it holds. */
export const mnistFiles = {
  'train-images-idx3-ubyte': { md5: '6bbc9ace898e44ae57da46a324031adb', bytes: 47_040_016 },
  'train-labels-idx1-ubyte': { md5: 'a25bea736e30d166cdddb491f175f624', bytes: 60_008 },
  't10k-images-idx3-ubyte': { md5: '2646ac647ad5339dbf082846283269ea', bytes: 7_840_016 },
  't10k-labels-idx1-ubyte': { md5: '27ae3e4e09519cfbb04c329615203637', bytes: 10_008 },
} as const;
export type MnistFile = keyof typeof mnistFiles;

const filesOf: Record<Split, { images: MnistFile; labels: MnistFile }> = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
};

/** Reads one split. @throws `bad-input` naming the file that is missing, cut or inconsistent */
export async function readMnist(dataDir: string, split: Split): Promise<Pool> {
  const dir = path.join(dataDir, 'mnist');
  const { images, labels } = filesOf[split];
  // One after the other: of two missing files the same one is always named.
  const x = await readIdx(dir, images, 3);
  const y = await readIdx(dir, labels, 1);
  const [count, rows, columns] = x.shape;
  if (rows !== 28 || columns !== 28) throw badInput(`${path.join(dir, images)}: expected images of 28 × 28, got ${rows} × ${columns}`);
  if (y.shape[0] !== count) throw badInput(`${path.join(dir, labels)}: expected ${count} labels (one for each image), got ${y.shape[0]}`);
  const wrong = y.data.findIndex((label) => label > 9);
  if (wrong >= 0) throw badInput(`${path.join(dir, labels)}: expected labels 0 … 9, got ${y.data[wrong]} at position ${wrong}`);
  const inputs = rows * columns;
  return {
    count,
    shape: [rows, columns, 1],
    classes: 10,
    labels: y.data,
    gather(ids) {
      const gathered = new Float32Array(ids.length * inputs);
      ids.forEach((id, i) => {
        for (let j = 0; j < inputs; j++) gathered[i * inputs + j] = x.data[id * inputs + j] / 255;
      });
      return gathered;
    },
  };
}
