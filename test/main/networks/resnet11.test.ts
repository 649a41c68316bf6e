// The residual network: its layers, its two ways of normalising, independence of samples, and its tangent factors by brute force.
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig, type RunConfig } from '../../../main/contract/config.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createNetwork, resnet11Layers, restoreWeights, weightsOf, type Network } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { createStep } from '../../../main/training/step.ts';
import { gaussians } from '../../support/numerics.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

const shape = [8, 8, 3];
const inputs = 192;
const classes = 4;
const config = (model: object = {}, analysis: object = {}): RunConfig =>
  parseConfig({
    model: { kind: 'resnet11', width: 0.0625, ...model },
    data: { train: 64, test: 16 },
    training: { batchSize: 16 },
    analysis: { probe: { train: 16, test: 16 }, ...analysis },
  });
const samples = (count: number, seed = 1): Float32Array => Float32Array.from({ length: count * inputs }, gaussians(seed));

/** A network some steps away from its beginning, so that γ, β and the running statistics are not what they were. */
function trained(c: RunConfig, steps = 4): Network {
  const network = createNetwork(device, c, shape, classes);
  const step = createStep(device, network, c);
  const { tf } = device;
  for (let i = 0; i < steps; i++)
    tf.tidy(() => {
      const y = tf.oneHot(
        tf.tensor1d(
          Int32Array.from({ length: 16 }, (_, k) => (k + i) % classes),
          'int32',
        ),
        classes,
      );
      step.run(tf.tensor2d(samples(16, 20 + i), [16, inputs]), tf.cast(y as Tensor2D, 'float32'), 0.05);
    });
  step.dispose();
  return network;
}

/** f(x) and the maps z of every layer from exported weights, with tfjs's plain operations; differentiable in the weights. */
function reference(c: RunConfig, weights: Record<string, Tensor>, x: Tensor4D): { output: Tensor2D; maps: Tensor4D[] } {
  const { tf } = device;
  const maps: Tensor4D[] = [];
  let h = x;
  let carried = x;
  for (const layer of resnet11Layers(0.0625, shape)) {
    const of = (part: string) => weights[`${layer.name}.${part}`];
    if (layer.opens) carried = h;
    let z: Tensor4D = tf.conv2d(h, of('weight') as Tensor4D, 1, 'same');
    if (c.model.kind === 'resnet11' && c.model.batchNorm) {
      const normal = tf.div(tf.sub(z, of('mean')), tf.sqrt(tf.add(of('variance'), 1e-5)));
      z = tf.add(tf.mul(normal, of('scale')), of('shift'));
    } else z = tf.add(z, of('bias'));
    h = tf.relu(z);
    if (layer.closes && c.model.kind === 'resnet11' && c.model.skip) h = tf.add(h, carried);
    maps.push(h);
    if (layer.pooled) h = layer.pooled.height === 1 ? tf.reshape(tf.maxPool(h, [h.shape[1], h.shape[2]], 1, 'valid'), [h.shape[0], 1, 1, h.shape[3]]) : tf.maxPool(h, 2, 2, 'valid'); // prettier-ignore
  }
  return { output: tf.matMul(tf.reshape(h, [h.shape[0], h.shape[3]]), weights['readout.weight']), maps };
}

test('eleven convolutions, ten of them probed, as the table says', () => {
  const layers = resnet11Layers(1, [32, 32, 3]);
  expect(layers).toHaveLength(11);
  expect(layers.filter((l) => l.probed).map((l) => l.name)).toEqual(
    Array.from({ length: 10 }, (_, i) => `layer${String(i + 1).padStart(2, '0')}`),
  );
  expect(layers.map((l) => [l.height, l.kernel, l.inputs, l.outputs])).toEqual([
    [32, 3, 3, 64], [32, 3, 64, 64], [32, 3, 64, 64], [16, 3, 64, 128], [16, 3, 128, 128], [16, 3, 128, 128], [8, 3, 128, 256],
    [8, 3, 256, 256], [8, 3, 256, 256], [1, 1, 256, 512], [1, 1, 512, 256],
  ]); // prettier-ignore
  expect(() => resnet11Layers(1, [784])).toThrow('model.kind: expected mlp for this dataset');
  expect(() => resnet11Layers(1, [3, 8, 1])).toThrow('images of at least 4 × 4');
});

describe.each([
  { skip: true, batchNorm: true },
  { skip: false, batchNorm: true },
  { skip: true, batchNorm: false },
])('skip $skip, batch norm $batchNorm', (model) => {
  test('outputs and features are those of the definition, from exported weights', () => {
    for (const convFeatures of ['flatten', 'mean']) {
      const c = config(model, { convFeatures });
      const network = trained(c);
      device.tf.tidy(() => {
        const { tf } = device;
        const weights = Object.fromEntries(weightsNow(network).map((w) => [w.name, tf.tensor(w.data, w.shape)]));
        const x = tf.tensor2d(samples(5), [5, inputs]);
        const { output, maps } = reference(c, weights, tf.reshape(x, [5, 8, 8, 3]));
        const made = network.features(x);
        expect(made.layers.map((t) => t.shape[1])).toEqual(network.widths);
        const near = (a: Tensor, b: Tensor) => {
          const [off, size] = [tf.sub(a, b), b].map((t) => tf.max(tf.abs(t)).dataSync()[0]);
          expect(off / size).toBeLessThan(2e-6); // some ten layers, each rounded
        };
        near(made.output, output);
        near(network.forward(x), output);
        for (const [l, features] of made.layers.entries()) {
          const map = maps[l + 1];
          near(features, tf.reshape(convFeatures === 'mean' ? tf.mean(map, [1, 2]) : map, features.shape));
        }
      });
      network.dispose();
    }
  });

  test('a sample’s features do not depend on the samples beside it', () => {
    const network = trained(config(model));
    const { tf } = device;
    const x = samples(11);
    const all = tf.tidy(() => network.features(tf.tensor2d(x, [11, inputs])).layers.map((t) => t.dataSync()));
    for (const [from, to] of [
      [0, 1],
      [1, 4],
      [4, 11],
    ]) {
      const part = tf.tidy(() =>
        network.features(tf.tensor2d(x.subarray(from * inputs, to * inputs), [to - from, inputs])).layers.map((t) => t.dataSync()),
      );
      for (const [l, N] of network.widths.entries()) {
        const size = Math.max(...all[l].map(Math.abs));
        part[l].forEach((v, i) => expect(Math.abs(v - all[l][from * N + i]) / size).toBeLessThan(2e-6));
      }
    }
    network.dispose();
  });

  test('tangent factors are the per-example gradients of every output in every parameter', () => {
    const c = config(model);
    const network = trained(c);
    const { tf } = device;
    const P = 4;
    const x = samples(P);
    // J [P, C, parameters] by differentiating the definition, one output of one sample at a time
    const names = network.parameters.map((p) => p.name);
    const buffers = network.buffers.map((p) => p.name);
    const fixed = Object.fromEntries(weightsNow(network).map((w) => [w.name, tf.tensor(w.data, w.shape)]));
    const layerOf = (name: string) => name.split('.')[0];
    const J: Record<string, number[]>[][] = Array.from({ length: P }, (_, i) =>
      Array.from({ length: classes }, (_, k) =>
        tf.tidy(() => {
          const f = (...given: Tensor[]) => {
            const weights = {
              ...Object.fromEntries(buffers.map((n) => [n, fixed[n]])),
              ...Object.fromEntries(names.map((n, q) => [n, given[q]])),
            };
            const { output } = reference(c, weights, tf.tensor4d(x.slice(i * inputs, (i + 1) * inputs), [1, 8, 8, 3]));
            return tf.sum(
              tf.mul(
                output,
                tf.tensor2d(
                  Float32Array.from({ length: classes }, (_, q) => Number(q === k)),
                  [1, classes],
                ),
              ),
            );
          };
          const rows: Record<string, number[]> = {};
          tf.grads(f)(names.map((n) => fixed[n])).forEach((g, q) => (rows[layerOf(names[q])] ??= []).push(...g.dataSync()));
          return rows;
        }),
      ),
    );
    const made = tf.tidy(() =>
      network.tangents(tf.tensor2d(x, [P, inputs])).map(({ name, input, scale, bias, delta }) => {
        const A: Tensor2D = tf.add(tf.mul(tf.matMul(input, input, false, true), scale), bias ? 1 : 0);
        return { name, share: (delta ? tf.div(tf.mul(A, tf.matMul(delta, delta, false, true)), classes) : A).dataSync() };
      }),
    );
    expect(made.map((l) => l.name)).toEqual([...resnet11Layers(0.0625, shape).map((l) => l.name), 'readout']);
    for (const { name, share } of made) {
      let [worst, largest] = [0, 0];
      for (let i = 0; i < P; i++)
        for (let j = 0; j < P; j++) {
          let sum = 0;
          for (let k = 0; k < classes; k++) J[i][k][name].forEach((v, q) => (sum += (v * J[j][k][name][q]) / classes));
          largest = Math.max(largest, Math.abs(sum));
          worst = Math.max(worst, Math.abs(sum - share[i * P + j]));
        }
      expect(worst / largest, name).toBeLessThan(2e-5);
    }
    for (const t of Object.values(fixed)) t.dispose();
    network.dispose();
  });

  test('weights and running statistics go out and come back, and nothing is left behind', async () => {
    const before = device.tf.memory().numTensors;
    const network = trained(config(model));
    const other = createNetwork(device, config(model), shape, classes);
    restoreWeights(device, other, await weightsOf(network));
    expect(await weightsOf(other)).toEqual(weightsNow(network));
    expect(network.buffers).toHaveLength(model.batchNorm ? 22 : 0);
    device.tf.tidy(() => {
      const x = device.tf.tensor2d(samples(3), [3, inputs]);
      expect(network.forward(x).dataSync()).toEqual(other.forward(x).dataSync());
    });
    network.dispose();
    other.dispose();
    expect(device.tf.memory().numTensors).toBe(before);
  });
});

test('in training the batch’s own moments normalise, and the running ones take them up', () => {
  const { tf } = device;
  const network = createNetwork(device, config(), shape, classes);
  const x = tf.tensor2d(samples(16), [16, inputs]);
  const stem = network.parameters[0].variable;
  const conv = tf.tidy(() => tf.conv2d(tf.reshape<Rank.R4>(x, [16, 8, 8, 3]), stem as Tensor as Tensor4D, 1, 'same'));
  const { mean, variance } = tf.moments(conv, [0, 1, 2]);
  tf.tidy(() => void network.forwardInTraining(x));
  const [m, v] = network.buffers.map((b) => b.variable.dataSync());
  const n = 16 * 64;
  (mean as Tensor1D).dataSync().forEach((value, k) => expect(m[k]).toBeCloseTo(0.1 * value, 5));
  (variance as Tensor1D).dataSync().forEach((value, k) => expect(v[k]).toBeCloseTo(0.9 + (0.1 * value * n) / (n - 1), 5));
  for (const t of [x, conv, mean, variance]) t.dispose();
  network.dispose();
});
