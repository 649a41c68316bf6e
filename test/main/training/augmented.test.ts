// Training on augmented images: which batches are augmented, what is measured, and going on from the middle of an epoch.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import type { Checkpoint } from '../../../main/contract/results.ts';
import { createAugmenter, type Dataset } from '../../../main/data/index.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createGenerator } from '../../../main/devices/random.ts';
import { createNetwork, type Network } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { Batches } from '../../../main/training/batches.ts';
import { epochMetrics } from '../../../main/training/metrics.ts';
import { train } from '../../../main/training/index.ts';
import { gaussians } from '../../support/numerics.ts';
import { refusal } from '../data/support.ts';
import { dataset as vectors } from './support.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

const [shape, inputs, classes] = [[6, 5, 2], 60, 3];
const samples = (count: number, seed: number) => ({
  x: Float32Array.from({ length: count * inputs }, gaussians(seed)),
  labels: Uint8Array.from({ length: count }, (_, i) => i % classes),
  ids: Int32Array.from({ length: count }, (_, i) => i),
  count,
});
const images: Dataset = { name: 'made', shape, inputs, classes, train: samples(23, 1), test: samples(11, 2), hash: '' };
const config = (data: object = {}) =>
  parseConfig({
    seed: 3,
    data: { dataset: 'digits', train: 23, test: 11, augment: true, cutout: 2, ...data },
    model: { hidden: [6] },
    training: { batchSize: 5, epochs: 3, learningRate: 0.01 },
    analysis: { probe: { train: 4, test: 4 }, snapshots: ['last'] },
  });

async function trained(c = config(), resume?: Checkpoint, stopAt = Infinity) {
  const network = createNetwork(device, c, shape, classes);
  const seen: number[][] = [];
  const stop = new AbortController();
  const watched: Network = {
    ...network,
    forwardInTraining: (x) => {
      seen.push([...x.dataSync()]);
      if (seen.length === stopAt) stop.abort();
      return network.forwardInTraining(x);
    },
  };
  let checkpoint: Checkpoint | null = null;
  let metrics = null;
  try {
    for await (const event of train({
      device,
      network: watched,
      dataset: images,
      config: c,
      signal: stop.signal,
      ...(resume && { resume }),
    })) {
      if (event.kind === 'checkpoint') checkpoint = event.checkpoint;
      if (event.kind === 'epoch') metrics = event.metrics;
    }
  } catch (error) {
    expect(error).toMatchObject({ code: 'cancelled' });
  }
  const clean = await epochMetrics(device, network, images, 3, async () => undefined);
  const weights = weightsNow(network);
  network.dispose();
  return { seen, checkpoint, metrics, clean, weights };
}

describe('training on augmented images', () => {
  test('shows the network each batch as the augmenter draws it for that epoch, and measures clean samples', async () => {
    const before = images.train.x.slice();
    const { seen, metrics, clean } = await trained();
    expect(images.train.x).toEqual(before);
    expect(metrics).toEqual(clean);
    expect(seen.length).toBe(15);
    const shuffle = createGenerator(3, 'shuffle');
    const augmenter = createAugmenter(config(), shape);
    for (let epoch = 0; epoch < 3; epoch++) {
      const order = shuffle.permutation(23);
      for (let b = 0; b < 5; b++) {
        const rows = order.subarray(5 * b, 5 * b + 5);
        const out = new Float32Array(rows.length * inputs);
        augmenter?.gather(images.train.x, rows, out, epoch, b);
        expect(seen[5 * epoch + b]).toEqual([...out]);
      }
    }
    expect((await trained(config({ augment: false, cutout: 0 }))).seen).not.toEqual(seen);
  });

  test('goes on from wherever it was stopped with the same batches and to the same weights', async () => {
    const whole = await trained();
    for (const steps of [1, 3, 5, 8, 14]) {
      const { checkpoint, seen: first } = await trained(config(), undefined, steps);
      expect(checkpoint?.step).toBe(steps);
      const { seen, weights } = await trained(config(), structuredClone(checkpoint) as Checkpoint);
      expect([...first, ...seen]).toEqual(whole.seen);
      expect(weights, `stopped after ${steps} steps`).toEqual(whole.weights);
    }
  });

  test('is refused for samples that are no images', async () => {
    expect(await refusal(() => new Batches(device, vectors(), config()))).toMatch(
      /^data\.augment: expected false for samples that are not/,
    );
  });
});
