// Whole training runs against the definitions, a number at a time in float64.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunConfig } from '../../../main/contract/config.ts';
import { mlpOf } from '../../support/configs.ts';
import type { EpochMetrics, NamedArray } from '../../../main/contract/results.ts';
import type { Samples } from '../../../main/data/index.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createGenerator } from '../../../main/devices/random.ts';
import { createNetwork } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { Batches } from '../../../main/training/batches.ts';
import { reference } from '../networks/support.ts';
import { classes, config, dataset, inputs, run } from './support.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

type Weights = Record<string, Float64Array>;
const hidden = 6;

/** Gradients of the loss of one tanh hidden layer with respect to its four parameters, by the chain rule. */
function gradients(w: Weights, s: [number, number], rows: readonly number[], { x, labels }: Samples): Weights {
  const g: Weights = Object.fromEntries(Object.entries(w).map(([name, v]) => [name, new Float64Array(v.length)]));
  for (const row of rows) {
    const h = Array.from({ length: hidden }, (_, n) => {
      let z = w['layer1.bias'][n];
      for (let k = 0; k < inputs; k++) z += s[0] * x[row * inputs + k] * w['layer1.weight'][k * hidden + n];
      return Math.tanh(z);
    });
    const up = new Float64Array(hidden);
    for (let c = 0; c < classes; c++) {
      const f = h.reduce((sum, v, n) => sum + s[1] * v * w['readout.weight'][n * classes + c], w['readout.bias'][c]);
      const d = (2 * (f - (labels[row] === c ? 1 : 0))) / rows.length;
      g['readout.bias'][c] += d;
      h.forEach((v, n) => {
        g['readout.weight'][n * classes + c] += d * s[1] * v;
        up[n] += d * s[1] * w['readout.weight'][n * classes + c];
      });
    }
    h.forEach((v, n) => {
      const d = up[n] * (1 - v * v);
      g['layer1.bias'][n] += d;
      for (let k = 0; k < inputs; k++) g['layer1.weight'][k * hidden + n] += d * s[0] * x[row * inputs + k];
    });
  }
  return g;
}

/** Every update of a run: batches in the generator's order, the rate of each step, the optimiser's rule. */
function trained(c: RunConfig, start: readonly NamedArray[], samples: Samples): Weights {
  const { optimizer, batchSize, epochs, momentum, learningRate, schedule } = c.training;
  const w: Weights = Object.fromEntries(start.map(({ name, data }) => [name, Float64Array.from(data)]));
  const zeros = (): Weights => Object.fromEntries(start.map(({ name, data }) => [name, new Float64Array(data.length)]));
  const [velocity, m, v] = [zeros(), zeros(), zeros()];
  const s: [number, number] = mlpOf(c).parameterisation === 'ntk' ? [1 / Math.sqrt(inputs), 1 / Math.sqrt(hidden)] : [1, 1];
  const shuffle = createGenerator(c.seed, 'shuffle');
  const steps = epochs * Math.ceil(samples.count / batchSize);
  let t = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = [...shuffle.permutation(samples.count)];
    while (order.length > 0) {
      const g = gradients(w, s, order.splice(0, batchSize), samples);
      const rate = schedule === 'linear' ? learningRate * (1 - t / steps) : learningRate;
      t++;
      for (const name of Object.keys(w))
        g[name].forEach((d, i) => {
          velocity[name][i] = momentum * velocity[name][i] + d;
          m[name][i] = 0.9 * m[name][i] + 0.1 * d;
          v[name][i] = 0.999 * v[name][i] + 0.001 * d * d;
          const adam = m[name][i] / (1 - 0.9 ** t) / (Math.sqrt(v[name][i] / (1 - 0.999 ** t)) + 1e-8);
          w[name][i] -= rate * { sgd: d, momentum: velocity[name][i], adam }[optimizer];
        });
    }
  }
  return w;
}

const cases = (['sgd', 'momentum', 'adam'] as const).flatMap((optimizer) =>
  (['standard', 'ntk'] as const).flatMap((parameterisation) =>
    (['constant', 'linear'] as const).map((schedule) => [optimizer, parameterisation, schedule] as const),
  ),
);
test.each(cases)('20 steps of %s, %s, %s', async (optimizer, parameterisation, schedule) => {
  const c = config({
    model: { hidden: [hidden], parameterisation },
    training: { optimizer, schedule, learningRate: optimizer === 'adam' ? 0.02 : 0.1, momentum: 0.7 },
  });
  const start = createNetwork(device, c, [inputs], classes);
  const expected = trained(c, weightsNow(start), dataset().train);
  start.dispose();
  const { weights } = await run(device, c);
  // 20 updates of weights of size 1, each rounded to float32 (6e-8), and gradients as good as that; Adam divides by √v̂
  const near = optimizer === 'adam' ? 2e-5 : 3e-6;
  for (const { name, data } of weights) data.forEach((v, i) => expect(Math.abs(v - expected[name][i]), `${name} ${i}`).toBeLessThan(near));
});

describe('metrics', () => {
  const naive = (c: RunConfig, weights: readonly NamedArray[], { x, labels, count }: Samples) => {
    const { output } = reference(mlpOf(c), weights, x, inputs);
    let [loss, right] = [0, 0];
    for (let i = 0; i < count; i++) {
      const f = output.slice(i * classes, (i + 1) * classes);
      f.forEach((v, k) => (loss += (v - (k === labels[i] ? 1 : 0)) ** 2 / count));
      if (f.indexOf(Math.max(...f)) === labels[i]) right++;
    }
    return { loss, accuracy: right / count };
  };

  test('are those of all samples of both splits, in more blocks than one', async () => {
    const set = dataset(2345, 1000); // blocks of 1,000: two and a part, exactly one
    const c = config({ training: { batchSize: 23, epochs: 2 } });
    const at: { weights: NamedArray[]; metrics: EpochMetrics }[] = [];
    await run(device, c, {
      dataset: set,
      onEvent: (event, network) => event.kind === 'epoch' && at.push({ weights: weightsNow(network), metrics: event.metrics }),
    });
    expect(at.map((a) => a.metrics.epoch)).toEqual([0, 1, 2]);
    for (const { weights, metrics } of at) {
      const [train, held] = [set.train, set.test].map((s) => naive(c, weights, s));
      // float32 outputs of size 1 against float64 ones: 1e-6 each
      expect(Math.abs(metrics.trainLoss - train.loss)).toBeLessThan(2e-6);
      expect(Math.abs(metrics.testLoss - held.loss)).toBeLessThan(2e-6);
      // a tie within rounding could go either way: one sample
      expect(Math.abs(metrics.trainAccuracy - train.accuracy)).toBeLessThan(1.5 / 2345);
      expect(Math.abs(metrics.testAccuracy - held.accuracy)).toBeLessThan(1.5 / 1000);
    }
    expect(at[2].metrics.testAccuracy).toBeGreaterThan(0.6); // it learned: chance is 1/3
  });
});

test('batches hold each sample of the order once, one-hot, the last one smaller', () => {
  const made = dataset();
  const { train } = made;
  const batches = new Batches(device, made, config());
  expect(batches.perEpoch).toBe(5);
  const order = createGenerator(1, 'order').permutation(23);
  const rows = Array.from({ length: 5 }, (_, b) => {
    const { x, y } = batches.take(order, b, 0);
    const [xs, ys] = [Array.from(x.dataSync()), Array.from(y.dataSync())];
    expect([x.shape, y.shape]).toEqual(
      b < 4
        ? [
            [5, inputs],
            [5, classes],
          ]
        : [
            [3, inputs],
            [3, classes],
          ],
    );
    device.tf.dispose([x, y]);
    return Array.from({ length: b < 4 ? 5 : 3 }, (_, i) => [
      xs.slice(i * inputs, (i + 1) * inputs),
      ys.slice(i * classes, (i + 1) * classes),
    ]);
  }).flat();
  rows.forEach(([x, y], i) => {
    expect(x).toEqual([...train.x.subarray(order[i] * inputs, (order[i] + 1) * inputs)]);
    expect(y).toEqual([0, 1, 2].map((c) => (c === train.labels[order[i]] ? 1 : 0)));
  });
});
