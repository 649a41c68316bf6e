// The class-traced NTK: against explicit gradients, against what it must satisfy, and its alignments against the naive definitions.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { activations } from '../../../main/contract/config.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { infiniteNtk } from '../../../main/kernels/infinite.ts';
import type { TangentLayer } from '../../../main/kernels/tangents.ts';
import { cka, gram, inner, centre, kta, unflat, type Matrix } from '../../support/numerics.ts';
import { bruteForce, deviation, gradients, kernelOf, make, type Case } from './tangent.ts';

let device: Device;
let plain: Device;
beforeAll(async () => {
  plain = await openDevice('cpu', { native: false });
  device = await openDevice('cpu'); // the last one opened is tfjs's current one
});
const kernel = async (...args: Parameters<typeof kernelOf>): Promise<Float32Array> => {
  const { K } = await kernelOf(...args);
  if (!K) throw new Error('the kernel was asked for');
  return K;
};
const base: Case = { model: { hidden: [7, 6, 5] }, P: 8, D: 4, classes: 3 };

describe('equals per-example gradients', () => {
  const cases = activations.flatMap((activation) =>
    (['standard', 'ntk'] as const).flatMap((parameterisation) => [true, false].map((bias) => ({ activation, parameterisation, bias }))),
  );
  test.each(cases)('%j', async (model) => {
    const made = make(device, { ...base, model: { hidden: [7, 6, 5], ...model } });
    // Products of some ten float32 numbers, each rounded to 6e-8, over a few layers; the issue's own bound is 2e-5.
    expect(deviation(await kernel(device, made, { block: 3 }), bruteForce(gradients(device, made)))).toBeLessThan(2e-6);
  });
  test.each([[[5]], [[4, 9]], [[3, 3, 3, 3, 3]]])('hidden layers %j', async (hidden) => {
    const made = make(device, { ...base, model: { hidden, activation: 'tanh' }, classes: 2 });
    expect(deviation(await kernel(device, made), bruteForce(gradients(device, made)))).toBeLessThan(2e-6);
  });
});

test('does not depend on blocks, on what stays in memory, or on the BLAS', async () => {
  const made = make(device, { ...base, P: 23 });
  const { K: whole, alignment } = await kernelOf(device, made);
  for (const o of [{ block: 1 }, { block: 5 }, { block: 5, budget: 0 }, { block: 22, budget: 2000 }, { block: 100 }]) {
    const { K, alignment: other } = await kernelOf(device, made, o);
    // other sums of the same float32 numbers
    expect(deviation(K as Float32Array, unflat(whole as Float32Array, 23))).toBeLessThan(1e-6);
    expect(Math.abs(other.ntkTarget - alignment.ntkTarget)).toBeLessThan(1e-6);
    expect(Math.abs(other.gradientTarget - alignment.gradientTarget)).toBeLessThan(1e-6);
    expect(Math.abs(other.nullTarget - alignment.nullTarget)).toBeLessThan(1e-6);
    for (let i = 0; i < 23; i++) for (let j = 0; j < i; j++) expect((K as Float32Array)[i * 23 + j]).toBe((K as Float32Array)[j * 23 + i]);
  }
  const { K: none, alignment: same } = await kernelOf(device, made, { keep: false, block: 100 });
  expect(none).toBeNull();
  expect(same).toEqual(alignment);
});

test('its alignments are those of its matrices, and the split is exact', async () => {
  const made = make(device, { ...base, P: 20 });
  const { K: flatK, alignment: a } = await kernelOf(device, made, { block: 7 });
  const K = unflat(flatK as Float32Array, 20);
  const [Ky, Kf] = [gram(unflat(made.y, 3)), gram(unflat(made.outputs, 3))];
  const features = device.tf.tidy(() =>
    Array.from(
      made.network
        .features(device.tf.tensor2d(made.x, [20, 4]))
        .layers.at(-1)
        ?.dataSync() ?? [],
    ),
  );
  const KL = gram(unflat(features, 5)).map((row) => row.map((v) => v + 1)); // with the readout's bias
  const gradient: Matrix = K.map((row, i) => row.map((v, j) => v - KL[i][j]));
  const norm = (M: Matrix) => Math.sqrt(inner(centre(M), centre(M)));
  const want = {
    ntkTarget: cka(K, Ky),
    ntkNetwork: cka(K, Kf),
    networkTarget: cka(Kf, Ky),
    penultimateTarget: cka(KL, Ky),
    gradientTarget: cka(gradient, Ky),
    penultimateShare: norm(KL) / norm(K),
    gradientShare: norm(gradient) / norm(K),
  };
  // K is kept in float32, so its centred norms are known to some 1e-7 of the uncentred ones
  for (const [key, value] of Object.entries(want)) expect(Math.abs(a[key as keyof typeof want] - value), key).toBeLessThan(2e-6);
  expect(Math.abs(a.kta.ntkTarget - kta(K, Ky))).toBeLessThan(1e-6);
  expect(Math.abs(a.kta.ntkNetwork - kta(K, Kf))).toBeLessThan(1e-6);
  expect(Math.abs(a.kta.gradientTarget - kta(gradient, Ky))).toBeLessThan(1e-6);
  expect(a.parts.map((p) => p.layer)).toEqual(['layer1', 'layer2', 'layer3', 'readout']);
  // an identity of the moments, so only float64 rounding is left
  expect(Math.abs(a.parts.reduce((s, p) => s + p.share * p.ckaTarget, 0) - a.ntkTarget)).toBeLessThan(2e-7);
  expect(Math.abs(a.penultimateShare * a.penultimateTarget + a.gradientShare * a.gradientTarget - a.ntkTarget)).toBeLessThan(2e-7);
});

test('⟨W_ℓ, ∂f_i/∂W_ℓ⟩ = f_i in a bias-free ReLU net, so K is what explicit gradients and outputs say', () => {
  const made = make(device, { ...base, model: { hidden: [6, 5], bias: false, activation: 'relu' } });
  const J = gradients(device, made);
  let from = 0;
  for (const { variable } of made.network.parameters) {
    const W = Array.from(variable.dataSync());
    for (const [i, sample] of J.entries())
      for (const [c, g] of sample.entries()) {
        const product = W.reduce((s, w, k) => s + w * g[from + k], 0);
        expect(Math.abs(product - made.outputs[i * 3 + c])).toBeLessThan(1e-5); // float32 outputs of size 1
      }
    from += W.length;
  }
});

test('one small gradient step moves the outputs by −ηK(f − y), to second order', async () => {
  // With one output the class-traced kernel is the whole kernel.
  const made = make(device, { model: { hidden: [12, 12], activation: 'tanh', parameterisation: 'standard' }, P: 6, D: 3, classes: 1 });
  const { tf } = device;
  const K = unflat(await kernel(device, { ...made, y: Float32Array.from([1, 0, 0, 1, 0, 1]) }), 6);
  const y = [1, 0, 0, 1, 0, 1];
  const residual = y.map((v, i) => made.outputs[i] - v);
  const variables = made.network.parameters.map((p) => p.variable);
  const start = variables.map((v) => Float32Array.from(v.dataSync()));
  const J = gradients(device, made);
  const g = J[0][0].map((_, k) => residual.reduce((s, r, i) => s + r * J[i][0][k], 0));
  const errorAt = (eta: number): number => {
    let from = 0;
    for (const [v, variable] of variables.entries()) {
      const moved = start[v].map((w, k) => w - eta * g[from + k]);
      from += moved.length;
      tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
    }
    const after = tf.tidy(() => made.network.forward(tf.tensor2d(made.x, [6, 3])).dataSync());
    return Math.max(...K.map((row, i) => Math.abs(after[i] - made.outputs[i] + eta * row.reduce((s, k, j) => s + k * residual[j], 0))));
  };
  // Steps large enough that float32 (1e-7) does not show: a quarter of the error at half the step, give or take the third order.
  const [whole, half] = [errorAt(0.02), errorAt(0.01)];
  expect(whole).toBeGreaterThan(2e-5);
  expect(whole / half).toBeGreaterThan(3.4);
  expect(whole / half).toBeLessThan(4.6);
});

test('a linear net of one hidden layer: (XW)(XW)ᵀ + (‖V‖²/C) X Xᵀ', async () => {
  const made = make(device, { model: { hidden: [5], activation: 'linear', bias: false }, P: 6, D: 4, classes: 2 });
  const [W, V] = made.network.parameters.map((p) => unflat(p.variable.dataSync(), p.variable.shape[1] as number));
  const X = unflat(made.x, 4);
  const H = X.map((row) => W[0].map((_, n) => row.reduce((s, v, d) => s + v * W[d][n], 0)));
  const v2 = V.flat().reduce((s, v) => s + v * v, 0) / 2;
  const [KH, KX] = [gram(H), gram(X)];
  expect(
    deviation(
      await kernel(device, made),
      KH.map((row, i) => row.map((v, j) => v + v2 * KX[i][j])),
    ),
  ).toBeLessThan(1e-6);
});

test('approaches the infinite width’s kernel as N^−½', async () => {
  const [P, D] = [5, 16];
  const rms = async (width: number) => {
    let sum = 0;
    const seeds = 6;
    for (let seed = 0; seed < seeds; seed++) {
      const made = make(device, { model: { hidden: [width, width], parameterisation: 'ntk', bias: false }, P, D, classes: 4, seed });
      const K = unflat(await kernel(device, made), P);
      const G = gram(unflat(made.x, D)).map((row) => row.map((v) => v / D));
      for (let i = 0; i < P; i++)
        for (let j = 0; j < P; j++) {
          const { theta } = infiniteNtk(G[i][j], { hidden: 2, variance: 1, xx: G[i][i], yy: G[j][j] });
          sum += (K[i][j] / theta - 1) ** 2 / (seeds * P * P);
        }
    }
    return Math.sqrt(sum);
  };
  const [narrow, wide] = [await rms(64), await rms(1024)];
  // √16 = 4; six draws of each leave it uncertain by a third
  expect(narrow / wide).toBeGreaterThan(2.5);
  expect(narrow / wide).toBeLessThan(6.5);
  expect(wide).toBeLessThan(0.1);
});

test('leaves no tensor behind, also when it is stopped or refuses', async () => {
  const made = make(device, { ...base, P: 20 });
  await kernelOf(device, made, { block: 6 });
  const before = device.memory();
  await kernelOf(device, made, { block: 6 });
  expect(device.memory()).toEqual(before);
  const stop = new AbortController();
  const seen: number[] = [];
  const stopped = kernelOf(device, made, {
    block: 6,
    signal: stop.signal,
    onProgress: (share) => {
      seen.push(share);
      if (share > 0.3) stop.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  expect(seen.length).toBeGreaterThan(1);
  expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  expect(seen.at(-1)).toBeLessThan(1);
  await expect(kernelOf(device, { ...made, y: made.y.slice(1) })).rejects.toThrow('target: expected 20 × 3 = 60 values, got 59');
  expect(device.memory()).toEqual(before);
});

describe('refuses by name', () => {
  test('what is not a number', async () => {
    const made = make(device, base);
    const x = made.x.slice();
    x[5] = NaN;
    await expect(kernelOf(device, { ...made, x })).rejects.toThrow('input: sample 1, feature 1 is NaN');
    const tangents = (t: Tensor2D): TangentLayer[] =>
      made.network.tangents(t).map((l) => (l.name === 'layer2' ? { ...l, input: device.tf.div<Tensor2D>(l.input, 0) } : l));
    await expect(kernelOf(device, made, { tangents })).rejects.toThrow('the share of layer2 is not finite');
  });
  test('a layer that says nothing', async () => {
    const made = make(device, { ...base, model: { hidden: [4, 4], activation: 'relu' } });
    // A dead last layer: no activations, so K^(L) is the bias' constant.
    for (const { name, variable } of made.network.parameters)
      if (name === 'layer2.bias') device.tf.tidy(() => variable.assign(device.tf.fill(variable.shape, -1e3)));
    await expect(kernelOf(device, made)).rejects.toThrow(/share of (layer1|layer2|readout) is the same for all samples/);
  });
  test('tangents of no readout', async () => {
    const made = make(device, base);
    const tangents = (t: Tensor2D) => made.network.tangents(t).filter((l) => l.delta !== null);
    await expect(kernelOf(device, made, { tangents })).rejects.toThrow('expected one readout');
  });
});

test('without a BLAS the kernel is the same', async () => {
  void plain;
  const made = make(device, { ...base, P: 70, D: 30 });
  const K = await kernel(device, made);
  await device.tf.setBackend('kernelscope');
  const other = make(plain, { ...base, P: 70, D: 30 });
  expect(deviation(await kernel(plain, other), unflat(K, 70))).toBeLessThan(2e-6);
  await device.tf.setBackend('kernelscope-2');
});
