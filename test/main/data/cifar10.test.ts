import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import { readCifar10 } from '../../../main/data/cifar10.ts';
import { checkDataset, listDatasets, loadDataset } from '../../../main/data/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { cifarBytes, cifarPixel, refusal, tinyCifar } from './support.ts';

const root = temporaryFolder();
const config = (train: number, test: number, more: object = {}) =>
  parseConfig({
    seed: 1,
    data: { dataset: 'cifar10', train, test, normalise: 'none', ...more },
    training: { batchSize: 1 },
    analysis: { probe: { train: 4, test: 4 } },
  });
// Batches 2 and 4 are missing; the others have 3, 5 and 2 images.
const dataDir = tinyCifar(root, {
  'data_batch_1.bin': cifarBytes(3),
  'data_batch_3.bin': cifarBytes(5, 3),
  'data_batch_5.bin': cifarBytes(2, 8),
  'test_batch.bin': cifarBytes(6, 40),
});

describe('cifar10', () => {
  test('is read from the batches that are there, in their order, as height × width × channel over 255', async () => {
    const set = await loadDataset(config(10, 6), { dataDir });
    expect(set).toMatchObject({ name: 'cifar10', shape: [32, 32, 3], inputs: 3072, classes: 10 });
    for (const [split, first] of [
      ['train', 0],
      ['test', 40],
    ] as const)
      set[split].ids.forEach((id, i) => {
        expect([id, set[split].labels[i]]).toEqual([i, (first + i) % 10]);
        for (let h = 0; h < 32; h++)
          for (let w = 0; w < 32; w++)
            for (let c = 0; c < 3; c++)
              if (set[split].x[((i * 32 + h) * 32 + w) * 3 + c] !== Math.fround(cifarPixel(first + i, h, w, c) / 255))
                throw new Error(`${split} ${i}: row ${h}, column ${w}, channel ${c}`);
      });
  });

  test('is drawn by seed, and asks for no more samples than there are', async () => {
    const { train } = await loadDataset(config(4, 4), { dataDir });
    expect(new Set(train.ids).size).toBe(4);
    train.ids.forEach((id, i) => {
      expect(train.labels[i]).toBe(id % 10);
      expect(train.x[i * 3072]).toBe(Math.fround(cifarPixel(id, 0, 0, 0) / 255));
    });
    for (const act of [checkDataset, (c: typeof many) => loadDataset(c, { dataDir })]) {
      expect(await refusal(() => act(config(11, 6), dataDir))).toBe(
        'data.train: expected 1 … 10 (the training samples of cifar10), got 11',
      );
      expect(await refusal(() => act(config(10, 7), dataDir))).toBe('data.test: expected 1 … 6 (the test samples of cifar10), got 7');
    }
    const many = config(10, 6);
    await checkDataset(many, dataDir);
  });

  test('of a cut file, of wrong labels or of no file is refused by the file’s name', async () => {
    const broken = async (files: Record<string, Uint8Array>) => {
      const dir = tinyCifar(root, { 'data_batch_1.bin': cifarBytes(4), 'test_batch.bin': cifarBytes(4), ...files });
      const message = await refusal(() => checkDataset(config(4, 4), dir));
      return message.replace(`${path.join(dir, 'cifar-10-batches-bin')}${path.sep}`, '');
    };
    expect(await broken({ 'data_batch_2.bin': cifarBytes(2).subarray(1) })).toMatch(
      /^data_batch_2\.bin: expected a multiple of 3073 bytes .*, got 6145;/,
    );
    expect(await broken({ 'test_batch.bin': Buffer.alloc(0) })).toMatch(/^test_batch\.bin: expected a multiple of 3073 bytes .*, got 0;/);
    expect(await broken({ 'data_batch_5.bin': cifarBytes(3, 0, (i) => (i === 2 ? 10 : 0)) })).toBe(
      'data_batch_5.bin: expected labels 0 … 9, got 10 at position 2',
    );
    const noTest = tinyCifar(root, { 'data_batch_1.bin': cifarBytes(4) });
    expect(await refusal(() => readCifar10(noTest, 'test'))).toContain(`test_batch.bin: expected CIFAR-10’s file there, found none`);
    expect(await refusal(() => readCifar10('/nowhere', 'train'))).toContain('data fetch cifar10');
  });

  test('is listed with what is there and what is missing', async () => {
    const told = async (dir: string) => (await listDatasets(dir)).find((d) => d.name === 'cifar10');
    const folder = path.join(dataDir, 'cifar-10-batches-bin');
    expect(await told(dataDir)).toMatchObject({
      name: 'cifar10',
      present: true,
      detail: `10 + 6 samples in ${folder}; without data_batch_2.bin, data_batch_4.bin`,
    });
    expect((await told('/nowhere'))?.detail).toContain('test_batch.bin; `data fetch cifar10`');
    const cut = tinyCifar(root, { 'data_batch_1.bin': cifarBytes(4).subarray(1), 'test_batch.bin': cifarBytes(4) });
    const { present, detail } = (await told(cut)) ?? {};
    expect(present).toBe(false);
    expect(detail).toContain('data_batch_1.bin: expected a multiple of 3073');
  });

  const real = process.env['KERNELSCOPE_TEST_DATA'] ?? '';
  test.skipIf(!existsSync(path.join(real, 'cifar-10-batches-bin')))('the real one: ten classes of 1,000 test images', async () => {
    const { labels, count, gather } = await readCifar10(real, 'test');
    expect(count).toBe(10_000);
    for (let c = 0; c < 10; c++) expect(labels.filter((l) => l === c).length).toBe(1000);
    const x = await gather(Int32Array.from({ length: 10_000 }, (_, i) => i));
    // Published means of the channels: 0.491, 0.482, 0.447 over the training images; the test images’ differ in the third digit.
    for (const [c, mean] of [0.491, 0.482, 0.447].entries()) {
      let sum = 0;
      for (let i = c; i < x.length; i += 3) sum += x[i];
      expect(Math.abs((sum * 3) / x.length - mean)).toBeLessThan(0.01);
    }
  });
});
