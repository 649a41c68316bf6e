// What is imported comes back, sample by sample: against files made here, whose every pixel is known.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import { checkDataset, importDataset, listDatasets, loadDataset, type ImportedArrays } from '../../../main/data/index.ts';
import { drawSplit } from '../../../main/data/import/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { cifarBytes, cifarPixel, idxBytes, pixels, refusal, tinyCifar } from './support.ts';

const root = temporaryFolder();
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(root, 'data-'));
});
const folder = () => mkdtempSync(path.join(root, 'from-'));
const importing = (from: string, more: object = {}) => importDataset({ dataDir, name: 'mine', from, seed: 0, ...more });
/** Sizes are set afterwards: a config has four samples at least for its probes, which are not drawn here. */
const config = (train: number, test: number, dataset = 'mine') => {
  const c = parseConfig({ data: { dataset, normalise: 'none' } });
  Object.assign(c.data, { train, test });
  return c;
};
const load = (train: number, test: number) => loadDataset(config(train, test), { dataDir });
/** A pair of IDX files of n images of 5 × 4 with these labels. */
function putIdx(dir: string, prefix: string, labels: number[], zip = false, seed = 1): Uint8Array {
  const x = pixels(labels.length, seed).subarray(0, labels.length * 20);
  const put = (name: string, bytes: Buffer) => writeFileSync(path.join(dir, zip ? `${name}.gz` : name), zip ? gzipSync(bytes) : bytes);
  put(`${prefix}images-idx3-ubyte`, idxBytes([labels.length, 5, 4], x));
  put(`${prefix}labels-idx1-ubyte`, idxBytes([labels.length], labels));
  return x;
}
const values = (x: Uint8Array) => Float32Array.from(x, (v) => v / 255);

describe('IDX pairs', () => {
  test('with their own test files come back as they were, labels by their order', async () => {
    const from = folder();
    const x = putIdx(from, 'emnist-letters-train-', [7, 3, 7, 200]);
    const held = putIdx(from, 'emnist-letters-test-', [3, 200], true, 9);
    const report = await importing(from);
    expect(report).toMatchObject({
      name: 'mine',
      kind: 'idx',
      from,
      shape: [5, 4, 1],
      counts: { train: 4, test: 2 },
      split: { kind: 'own' },
    });
    expect(report.classes).toEqual([
      { name: '3', train: 1, test: 1 },
      { name: '7', train: 2, test: 0 },
      { name: '200', train: 1, test: 1 },
    ]);
    expect(report.refused).toEqual([]);
    const set = await load(4, 2);
    expect(set).toMatchObject({ name: 'mine', shape: [5, 4, 1], inputs: 20, classes: 3 });
    expect(set.train.x).toEqual(values(x));
    expect(set.test.x).toEqual(values(held));
    expect([[...set.train.labels], [...set.test.labels]]).toEqual([
      [1, 0, 1, 2],
      [0, 2],
    ]);
  });

  test('without test files are split by a seed, a fifth for tests, each sample in one of them', async () => {
    const labels = Array.from({ length: 50 }, (_, i) => i % 7);
    const from = folder();
    const x = putIdx(from, 'train-', labels);
    expect(await importing(from, { seed: 3 })).toMatchObject({ counts: { train: 40, test: 10 }, split: { kind: 'drawn', seed: 3 } });
    const set = await load(40, 10);
    const rows = (s: typeof set.train) =>
      Array.from({ length: s.count }, (_, i) => `${[...s.x.subarray(20 * i, 20 * i + 20)].join()} ${s.labels[i]}`);
    const expected = labels.map((label, i) => `${[...values(x.subarray(20 * i, 20 * i + 20))].join()} ${label}`);
    expect([...rows(set.train), ...rows(set.test)].sort()).toEqual(expected.sort());
    expect(drawSplit(50, 3)).toEqual(drawSplit(50, 3));
    expect(drawSplit(50, 3)).not.toEqual(drawSplit(50, 4));
    for (const n of [2, 3, 10, 999]) expect(drawSplit(n, 1).reduce((s, v) => s + v, 0)).toBe(Math.max(1, Math.round(n / 5)));
  });

  test('that do not belong together are refused by the file', async () => {
    const told = async (make: (dir: string) => void) => {
      const from = folder();
      make(from);
      const message = await refusal(() => importing(from));
      expect(existsSync(path.join(dataDir, 'imported')) ? readdirSync(path.join(dataDir, 'imported')) : []).toEqual([]);
      return message.replaceAll(from + path.sep, '');
    };
    expect(await told((dir) => writeFileSync(path.join(dir, 'train-images-idx3-ubyte'), idxBytes([1, 5, 4], new Uint8Array(20))))).toBe(
      'train-labels-idx1-ubyte[.gz]: expected the labels of train-images-idx3-ubyte, found none',
    );
    expect(await told((dir) => void putIdx(dir, 't10k-', [1, 2]))).toContain('expected a pair of training files');
    expect(await told((dir) => void putIdx(dir, 'train-', [1, 1]))).toContain('expected 2 … 256 different labels, got 1');
    const twice = await told((dir) => void [putIdx(dir, 'a-', [1, 2]), putIdx(dir, 'b-', [1, 2])]);
    expect(twice).toBe('b-images-idx3-ubyte: expected one pair of train files, got also a-images-idx3-ubyte');
    const large = (dir: string) => {
      writeFileSync(path.join(dir, 'images-idx3-ubyte'), idxBytes([2, 257, 2], new Uint8Array(2 * 514)));
      writeFileSync(path.join(dir, 'labels-idx1-ubyte'), idxBytes([2], [0, 1]));
    };
    expect(await told(large)).toBe('images-idx3-ubyte: expected images of at most 256 × 256, got 257 × 2');
  });
});

describe('CIFAR’s binary files', () => {
  test('come back in height × width × channel, with their classes’ names; broken files are left out and named', async () => {
    const names = ['plane', 'car', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
    const from = path.join(
      tinyCifar(root, {
        'data_batch_1.bin': cifarBytes(4),
        'data_batch_2.bin': cifarBytes(2).subarray(5),
        'data_batch_4.bin': cifarBytes(3, 4),
        'data_batch_5.bin': cifarBytes(3, 0, () => 77),
        'test_batch.bin': cifarBytes(3, 2),
        'train.bin': cifarBytes(1),
        'batches.meta.txt': Buffer.from(`${names.join('\n')}\n\n`),
      }),
      'cifar-10-batches-bin',
    );
    const report = await importing(from);
    expect(report).toMatchObject({ kind: 'cifar', shape: [32, 32, 3], counts: { train: 7, test: 3 }, split: { kind: 'own' } });
    expect(report.classes.map((c) => c.name)).toEqual(names.slice(0, 7)); // of the other three there is no sample
    expect(report.refused.map((r) => [path.basename(r.file), r.reason])).toEqual([
      ['train.bin', 'expected CIFAR-10’s data_batch_1 … 5.bin or test_batch.bin'],
      ['data_batch_2.bin', 'expected a multiple of 3073 bytes (label and pixels), got 6141; the file is cut or not CIFAR-10'],
      ['data_batch_5.bin', 'expected labels 0 … 9, got 77 at position 0'],
    ]);
    const { train } = await load(7, 3);
    for (let i = 0; i < 7; i++)
      for (const [h, w, c] of [
        [0, 0, 0],
        [3, 31, 1],
        [31, 5, 2],
      ])
        expect(train.x[i * 3072 + (h * 32 + w) * 3 + c]).toBe(Math.fround(cifarPixel(i, h, w, c) / 255));
  });
});

describe('arrays', () => {
  const made = (shape: number[], integer: boolean, value: (i: number) => number, labels?: number[]): ImportedArrays => {
    const n = shape.reduce((p, d) => p * d, 1);
    return {
      x: { shape, data: Float64Array.from({ length: n }, (_, i) => value(i)), integer },
      y: { shape: [shape[0]], data: Float64Array.from(labels ?? Array.from({ length: shape[0] }, (_, i) => (i % 3) - 1)), integer: true },
    };
  };
  const told = async (arrays: ImportedArrays) => (await refusal(() => importing('a.npz', { arrays }))).replace('a.npz: ', '');

  test('of numbers stay as they are; whole numbers 0 … 255 are pixels; images without channels get one', async () => {
    expect(await importing('a.npz', { arrays: made([10, 6], false, (i) => i / 7 - 3) })).toMatchObject({
      kind: 'npz',
      shape: [6],
      dtype: 'float32',
      counts: { train: 8, test: 2 },
      classes: [{ name: '-1' }, { name: '0' }, { name: '1' }],
    });
    const { train, test: held } = await load(8, 2);
    const rows = [train, held].flatMap((s) => Array.from({ length: s.count }, (_, i) => s.x.subarray(6 * i, 6 * i + 6)));
    rows.sort((a, b) => a[0] - b[0]).forEach((row, r) => row.forEach((v, j) => expect(v).toBe(Math.fround((6 * r + j) / 7 - 3))));
    const of = async (name: string, arrays: ImportedArrays) => {
      const { shape, dtype } = await importing('a.npz', { arrays, name });
      return [shape, dtype];
    };
    expect(
      await of(
        'bytes',
        made([6, 3, 4], true, (i) => i % 256),
      ),
    ).toEqual([[3, 4, 1], 'uint8']);
    expect(
      await of(
        'colour',
        made([6, 3, 4, 3], true, (i) => i % 256),
      ),
    ).toEqual([[3, 4, 3], 'uint8']);
    expect(
      await of(
        'counts',
        made([6, 3, 4], true, (i) => i * 30),
      ),
    ).toEqual([[3, 4, 1], 'float32']);
    expect(
      await of(
        'masks',
        made([6, 3, 4], true, (i) => i % 2),
      ),
    ).toEqual([[3, 4, 1], 'float32']);
    const bytes = await loadDataset(config(5, 1, 'bytes'), { dataDir });
    expect([...bytes.train.x, ...bytes.test.x].sort((a, b) => a - b)).toEqual(Array.from({ length: 72 }, (_, i) => Math.fround(i / 255)));
  });

  test('that are no dataset are refused by name', async () => {
    expect(await told(made([6], false, (i) => i))).toContain('x: expected the shape (n, D), (n, H, W) or (n, H, W, C), got (6)');
    expect(await told(made([6, 2, 2, 2, 2], false, (i) => i))).toContain('got (6, 2, 2, 2, 2)');
    expect(await told(made([6, 2], false, (i) => (i === 5 ? NaN : i)))).toBe('x: expected finite float32 numbers, got NaN in sample 2');
    expect(await told(made([6, 2], false, (i) => (i === 0 ? 1e39 : i)))).toContain('got 1e+39 in sample 0');
    expect(await told(made([3, 300, 2], false, (i) => i))).toContain('at most 256 × 256, got 300 × 2');
    expect(await told(made([6, 2], false, (i) => i, [0, 1, 2]))).toBe('y: expected 6 labels, one a sample, got the shape (6)');
    expect(await told(made([3, 2], false, (i) => i, [0, 0.5, 1]))).toBe('y: expected whole numbers, got 0.5 for sample 1');
    expect(await told(made([3, 2], false, (i) => i, [4, 4, 4]))).toContain('expected 2 … 256 different labels, got 1');
  });
});

describe('an imported dataset', () => {
  const put = async () => {
    const from = folder();
    putIdx(from, 'train-', [0, 1, 2, 0, 1, 2]);
    putIdx(from, 't10k-', [0, 1, 2, 1]);
    return importing(from);
  };

  test('is listed, checked and counted like any other', async () => {
    await put();
    const listed = (await listDatasets(dataDir)).find((d) => d.name === 'mine');
    expect(listed).toMatchObject({
      name: 'mine',
      present: true,
      detail: `imported: 6 + 4 samples of 5 × 4 × 1, 3 classes, in ${path.join(dataDir, 'imported', 'mine')}`,
    });
    await checkDataset(config(6, 4), dataDir);
    expect(await refusal(() => checkDataset(config(7, 4), dataDir))).toBe(
      'data.train: expected 1 … 6 (the training samples of mine), got 7',
    );
    expect(await refusal(() => checkDataset(config(4, 4, 'other'), dataDir))).toBe(
      'data.dataset: expected mnist | cifar10 | digits | mine, got "other"',
    );
    expect((await load(6, 4)).hash).toBe((await load(6, 4)).hash);
    expect((await load(3, 2)).train.count).toBe(3);
  });

  test('has a name of its own, which nothing takes twice', async () => {
    await put();
    const before = readFileSync(path.join(dataDir, 'imported', 'mine', 'header.json'));
    expect(await refusal(() => put())).toContain('--name: expected a name that is not taken, got mine');
    expect(readFileSync(path.join(dataDir, 'imported', 'mine', 'header.json')).equals(before)).toBe(true);
    for (const name of ['mnist', 'CIFAR10', 'digits'])
      expect(await refusal(() => importing(folder(), { name }))).toBe(
        `--name: expected another name than the program’s own mnist, cifar10, digits, got ${name}`,
      );
    for (const name of ['', '..', '.x', 'a/b', 'a b', 'x'.repeat(61)])
      expect(await refusal(() => importing(folder(), { name }))).toContain('--name: expected 1 … 60 letters');
    expect(readdirSync(path.join(dataDir, 'imported'))).toEqual(['mine']);
  });

  test('whose files were changed since is refused by the file', async () => {
    const { folder: place } = await put();
    const changed = async (name: string, change: (bytes: Buffer) => Buffer) => {
      const file = path.join(place, name);
      const bytes = readFileSync(file);
      writeFileSync(file, change(Buffer.from(bytes)));
      const message = await refusal(() => load(6, 4));
      const listed = (await listDatasets(dataDir)).find((d) => d.name === 'mine');
      writeFileSync(file, bytes);
      expect(message).toContain(`${file}: expected`);
      return listed?.present;
    };
    const flip = (bytes: Buffer) => {
      bytes[3] ^= 1;
      return bytes;
    };
    for (const name of ['x.bin', 'labels.bin', 'split.bin']) {
      expect(await changed(name, flip)).toBe(true); // its size is right
      expect(await changed(name, (bytes) => bytes.subarray(1))).toBe(false);
    }
    expect(await changed('header.json', (bytes) => bytes.subarray(0, 40))).toBe(false);
    expect(await changed('header.json', () => Buffer.from('{"version": 2}'))).toBe(false);
    await load(6, 4);
  });

  test('of nothing that can be imported is refused, and leaves nothing', async () => {
    const from = folder();
    expect(await refusal(() => importing(from))).toContain(
      'expected IDX files (…images-idx3-ubyte and their labels), CIFAR-10’s .bin files',
    );
    writeFileSync(path.join(from, 'a.txt'), 'a');
    expect(await refusal(() => importing(from))).toContain('got a.txt');
    expect(existsSync(path.join(dataDir, 'imported'))).toBe(false);
  });

  test('half made is taken away again when it is told to stop', async () => {
    const from = folder();
    putIdx(from, 'train-', [0, 1, 2, 0]);
    expect(await refusal(() => importing(from, { signal: AbortSignal.abort() }), 'cancelled')).toContain('nothing was imported');
    expect(readdirSync(path.join(dataDir, 'imported'))).toEqual([]);
  });
});
