// Against means and deviations taken naively.
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import { loadDataset } from '../../../main/data/index.ts';
import { channelStatistics, normaliseChannels, normalises } from '../../../main/data/normalise.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { gaussians } from '../../support/numerics.ts';
import { cifarBytes, refusal, tinyCifar } from './support.ts';

const config = (data: object) =>
  parseConfig({
    data: { dataset: 'cifar10', train: 12, test: 6, ...data },
    training: { batchSize: 1 },
    analysis: { probe: { train: 4, test: 4 } },
  });
const channel = (x: Float32Array, c: number, of = 3) => [...x].filter((_, i) => i % of === c);
const meanOf = (values: number[]) => values.reduce((s, v) => s + v, 0) / values.length;
const samples = (x: Float32Array, inputs: number) => ({
  x,
  labels: new Uint8Array(x.length / inputs),
  ids: new Int32Array(x.length / inputs),
  count: x.length / inputs,
});

describe('normalisation', () => {
  const dataDir = tinyCifar(temporaryFolder(), { 'data_batch_1.bin': cifarBytes(20), 'test_batch.bin': cifarBytes(10, 77) });
  const load = (data: object = {}) => loadDataset(config(data), { dataDir });

  test('takes each channel of the training samples in use to mean 0 and deviation 1, and the test samples by the same numbers', async () => {
    const [raw, set] = [await load({ normalise: 'none' }), await load({ normalise: 'channels' })];
    expect(set.train.ids).toEqual(raw.train.ids);
    for (let c = 0; c < 3; c++) {
      const values = channel(raw.train.x, c);
      const mean = meanOf(values);
      const deviation = Math.sqrt(meanOf(values.map((v) => (v - mean) ** 2)));
      for (const split of ['train', 'test'] as const) {
        const expected = channel(raw[split].x, c).map((v) => (v - mean) / deviation);
        // float32 values of size 2: half a unit in the last place is 1.2e-7
        channel(set[split].x, c).forEach((v, i) => expect(Math.abs(v - expected[i])).toBeLessThan(2e-7));
      }
    }
  });

  test('happens by itself for several channels, and not for one; it changes the hash', async () => {
    const hashes = await Promise.all(['none', 'auto', 'channels'].map(async (normalise) => (await load({ normalise })).hash));
    expect(hashes[1]).toBe(hashes[2]);
    expect(hashes[0]).not.toBe(hashes[1]);
    const at = (normalise: string, shape: number[]) => normalises(config({ normalise }), shape);
    expect([at('auto', [28, 28, 1]), at('auto', [28, 28, 3]), at('auto', [7])]).toEqual([false, true, false]);
    expect([at('channels', [28, 28, 1]), at('none', [28, 28, 3])]).toEqual([true, false]);
    const digits = await loadDataset(config({ dataset: 'digits', train: 30, normalise: 'channels' }), { dataDir });
    const { mean, deviation } = channelStatistics(digits.train.x, 1);
    expect([mean[0], deviation[0]].map((v) => Math.abs(v))).toEqual([expect.closeTo(0, 6), expect.closeTo(1, 6)]);
  });

  test('keeps its digits where the mean is large beside the deviation', () => {
    const next = gaussians(5);
    const x = Float32Array.from({ length: 60_000 }, () => 1000 + next() / 8);
    const mean = meanOf([...x]);
    const found = channelStatistics(x, 1);
    expect(Math.abs(found.mean[0] - mean)).toBeLessThan(1e-9); // 6e4 float64 sums of size 1e3: 1e-16 · 1e3 · √6e4 = 3e-11
    const deviation = Math.sqrt(meanOf([...x].map((v) => (v - mean) ** 2)));
    expect(Math.abs(found.deviation[0] / deviation - 1)).toBeLessThan(1e-10); // one pass, E[x²] − mean², is wrong by 1e-9 · 64 here
  });

  test('refuses a constant channel by its number', async () => {
    const x = Float32Array.from({ length: 5 * 12 }, (_, i) => (i % 3 === 1 ? 0.3 : i / 60));
    expect(await refusal(() => normaliseChannels(samples(x, 12), samples(x.slice(), 12), [2, 2, 3]))).toMatch(
      /^data\.normalise: expected channels that vary over the training samples, got channel 1 of 0 … 2 constant at 0\.3/,
    );
    const zeros = new Float32Array(12);
    expect(await refusal(() => normaliseChannels(samples(zeros, 4), samples(zeros, 4), [2, 2, 1]))).toContain('channel 0 of 0 … 0');
  });
});
