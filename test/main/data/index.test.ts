import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import { loadDataset, probeSet, type Dataset } from '../../../main/data/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { noMnist, pixels, realData, refusal, tinyMnist } from './support.ts';

const root = temporaryFolder();
const dataDir = tinyMnist(root, { train: 120, test: 60 });
const config = (dataset: string, train: number, test: number, seed = 1, more: object = {}) =>
  parseConfig({
    seed,
    data: { dataset, train, test, ...more },
    training: { batchSize: 1 },
    analysis: { probe: { train: 4, test: 4 } },
  });
const ascending = (ids: Int32Array) => ids.every((id, i) => i === 0 || id > ids[i - 1]);

describe('a subset of mnist', () => {
  test('holds the samples that its ids say, each once, pixels over 255', async () => {
    const set = await loadDataset(config('mnist', 50, 20), { dataDir });
    expect(set).toMatchObject({ name: 'mnist', shape: [28, 28, 1], inputs: 784, classes: 10 });
    for (const [split, pool, count] of [
      ['train', pixels(120), 50],
      ['test', pixels(60, 77), 20],
    ] as const) {
      const { x, labels, ids } = set[split];
      expect([set[split].count, ids.length, labels.length, x.length]).toEqual([count, count, count, count * 784]);
      expect(ascending(ids)).toBe(true); // which also says: none twice
      expect([...labels]).toEqual([...ids].map((id) => id % 10));
      const expected = [...ids].flatMap((id) => [...pool.subarray(id * 784, (id + 1) * 784)].map((v) => Math.fround(v / 255)));
      expect(x.every((v, i) => v === expected[i])).toBe(true);
    }
  });

  test('depends on the seed alone; all of it is all of it', async () => {
    const ids = async (seed: number, n = 50) => [...(await loadDataset(config('mnist', n, 20, seed), { dataDir })).train.ids];
    expect(await ids(1)).toEqual(await ids(1));
    expect(await ids(1)).not.toEqual(await ids(2));
    const { train, test: held } = await loadDataset(config('mnist', 20, 20), { dataDir: tinyMnist(root, { train: 60, test: 60 }) });
    expect(train.ids).not.toEqual(held.ids); // each split is drawn by itself
    expect(await ids(5, 120)).toEqual(Array.from({ length: 120 }, (_, i) => i));
  });

  test('larger than the dataset, from a missing folder or of an unknown dataset: refused', async () => {
    expect(await refusal(() => loadDataset(config('mnist', 121, 20), { dataDir }))).toBe(
      'data.train: expected 1 … 120 (the training samples of mnist), got 121',
    );
    expect(await refusal(() => loadDataset(config('mnist', 20, 61), { dataDir }))).toContain('data.test: expected 1 … 60');
    expect(await refusal(() => loadDataset(config('mnist', 4, 4), { dataDir: '/nowhere' }))).toContain('/nowhere');
    const unknown = config('mnist', 4, 4);
    unknown.data.dataset = 'cifar';
    expect(await refusal(() => loadDataset(unknown, { dataDir }))).toBe('data.dataset: expected mnist | cifar10 | digits, got "cifar"');
  });

  test.skipIf(noMnist !== null)(`of the real one, ${noMnist ?? 'balanced as far as chance goes'}`, async () => {
    const { train, test: held } = await loadDataset(config('mnist', 2000, 500), { dataDir: realData });
    expect(ascending(train.ids) && ascending(held.ids)).toBe(true);
    for (let c = 0; c < 10; c++) expect(train.labels.filter((l) => l === c).length).toBeGreaterThan(120); // 180 at least, less 4σ = 54
  });
});

describe('digits', () => {
  test('has numbered samples, and a hash of all that is in it', async () => {
    const load = (seed: number, more = {}) => loadDataset(config('digits', 40, 30, seed, more), { dataDir: '/nowhere' });
    const set = await load(1);
    expect([...set.test.ids]).toEqual(Array.from({ length: 30 }, (_, i) => i));
    const hash = createHash('sha256');
    for (const { x, labels, ids } of [set.train, set.test]) {
      hash.update(Buffer.from(x.buffer)).update(labels).update(Buffer.from(ids.buffer));
    }
    expect(set.hash).toBe(hash.digest('hex'));
    expect((await load(1)).hash).toBe(set.hash);
    expect((await load(2)).hash).not.toBe(set.hash);
    expect((await load(1, { noise: 0.3 })).hash).not.toBe(set.hash);
  });

  test('says how far it is over both splits, and stops as cancelled', async () => {
    const seen: number[] = [];
    const onProgress = (f: number) => void seen.push(f);
    await loadDataset(config('digits', 2500, 2500), { dataDir, onProgress });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.every((f) => f >= 0 && f <= 1)).toBe(true);
    const signal = AbortSignal.abort();
    await refusal(() => loadDataset(config('digits', 1e5, 10), { dataDir, signal }), 'cancelled');
  });
});

describe('probes', () => {
  const { x, labels, ids, count } = {
    x: pixels(20),
    labels: Uint8Array.from({ length: 20 }, (_, i) => i % 7),
    ids: Int32Array.from({ length: 20 }, (_, i) => 100 + 3 * i),
    count: 20,
  };
  const samples = { x: Float32Array.from(x), labels, ids, count };
  const set: Dataset = { name: 'made', shape: [28, 28, 1], inputs: 784, classes: 7, train: samples, test: { ...samples }, hash: '' };

  test('are samples of the split, each once, with their ids there and one-hot classes', () => {
    const probe = probeSet(set, 'train', 12, 3);
    expect([probe.xShape, probe.classes, probe.ids.length, probe.y.length]).toEqual([[12, 28, 28, 1], 7, 12, 84]);
    expect(ascending(probe.ids)).toBe(true);
    probe.ids.forEach((id, i) => {
      const row = (id - 100) / 3;
      expect(probe.x.subarray(i * 784, (i + 1) * 784)).toEqual(samples.x.subarray(row * 784, (row + 1) * 784));
      expect([...probe.y.subarray(i * 7, (i + 1) * 7)]).toEqual(Array.from({ length: 7 }, (_, c) => (c === row % 7 ? 1 : 0)));
    });
  });

  test('depend on seed and split; a probe of everything is everything', () => {
    const drawn = (split: 'train' | 'test', seed: number) => [...probeSet(set, split, 10, seed).ids];
    expect(drawn('train', 3)).toEqual(drawn('train', 3));
    expect(drawn('train', 3)).not.toEqual(drawn('train', 4));
    expect(drawn('train', 3)).not.toEqual(drawn('test', 3));
    expect(probeSet(set, 'test', 20, 9).ids).toEqual(ids);
  });

  test('larger than the split are refused, here and in the config; so is a batch larger than the training set', async () => {
    expect(await refusal(() => probeSet(set, 'test', 21, 3))).toBe('analysis.probe.test: expected 4 … 20 (the test samples), got 21');
    const refused = (change: object) => refusal(() => parseConfig({ data: { train: 100, test: 50 }, training: { batchSize: 10 } }, change));
    expect(await refused({ analysis: { probe: { train: 101, test: 50 } } })).toContain('analysis.probe.train: expected 4 … 100');
    expect(await refused({ analysis: { probe: { train: 100, test: 51 } } })).toContain('analysis.probe.test: expected 4 … 50');
    expect(await refused({ training: { batchSize: 101 } })).toBe('training.batchSize: expected 1 … 100 (the training samples), got 101');
  });
});
