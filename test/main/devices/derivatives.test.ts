// Gradients of tfjs's operations, each against central differences in float64 of the same function.
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numbers, openTestDevice, type TestDevice } from './support.ts';

let d: TestDevice;
beforeAll(async () => {
  d = await openTestDevice(false);
});
afterAll(() => d.close());

type F = (tf: TestDevice['tf'], ...x: Tensor[]) => Tensor;
const cases: [name: string, shapes: number[][], f: F][] = [
  ['add', [[3, 4], [3, 4]], (tf, a, b) => tf.add(a, b)],
  ['add, spread', [[3, 4], [4]], (tf, a, b) => tf.add(a, b)],
  ['sub, spread', [[4], [3, 4]], (tf, a, b) => tf.sub(a, b)],
  ['mul, spread', [[3, 4], [3, 1]], (tf, a, b) => tf.mul(a, b)],
  ['div, spread', [[3, 4], []], (tf, a, b) => tf.div(a, tf.add(b, 2))],
  ['div', [[5], [5]], (tf, a, b) => tf.div(a, tf.add(b, 2))],
  ['squaredDifference', [[3, 4], [4]], (tf, a, b) => tf.squaredDifference(a, b)],
  ['square', [[7]], (tf, x) => tf.square(x)],
  ['log', [[7]], (tf, x) => tf.log(tf.add(x, 2))],
  ['abs', [[7]], (tf, x) => tf.abs(x)],
  ['neg', [[7]], (tf, x) => tf.neg(x)],
  ['erf', [[7]], (tf, x) => tf.erf(x)],
  ['exp', [[7]], (tf, x) => tf.exp(x)],
  ['sqrt', [[7]], (tf, x) => tf.sqrt(tf.add(x, 2))],
  ['tanh', [[7]], (tf, x) => tf.tanh(x)],
  ['relu', [[7]], (tf, x) => tf.relu(x)],
  ['step', [[7]], (tf, x) => tf.add(tf.step(x), x)],
  ['clone and cast', [[7]], (tf, x) => tf.cast(tf.clone(x), 'float32')],
  ['zerosLike and onesLike', [[7]], (tf, x) => tf.add(tf.mul(tf.onesLike(x), x), tf.zerosLike(x))],
  ['reshape', [[3, 4]], (tf, x) => tf.square(tf.reshape(x, [2, 6]))],
  ['expandDims', [[3, 4]], (tf, x) => tf.square(tf.expandDims(x, 1))],
  ['transpose', [[3, 4]], (tf, x) => tf.square(tf.transpose(x))],
  ['transpose of three axes', [[2, 3, 4]], (tf, x) => tf.mul(tf.transpose(x, [2, 0, 1]), tf.reshape(tf.range(0, 24), [4, 2, 3]))],
  ['sum over rows', [[3, 4]], (tf, x) => tf.square(tf.sum(x, 0))],
  ['sum, axes kept', [[3, 4]], (tf, x) => tf.square(tf.sum(x, 1, true))],
  ['sum of all', [[3, 4]], (tf, x) => tf.square(tf.sum(x))],
  ['mean over columns', [[3, 4]], (tf, x) => tf.square(tf.mean(x, 1))],
  ['mean of all', [[3, 4]], (tf, x) => tf.square(tf.mean(x))],
  ['matMul', [[3, 4], [4, 5]], (tf, a, b) => tf.square(tf.matMul(a, b))],
  ['matMul Aᵀ', [[4, 3], [4, 5]], (tf, a, b) => tf.square(tf.matMul(a, b, true))],
  ['matMul Bᵀ', [[3, 4], [5, 4]], (tf, a, b) => tf.square(tf.matMul(a, b, false, true))],
  ['matMul AᵀBᵀ', [[4, 3], [5, 4]], (tf, a, b) => tf.square(tf.matMul(a, b, true, true))],
  ['matMul, one matrix for all batches', [[2, 3, 4], [1, 4, 5]], (tf, a, b) => tf.square(tf.matMul(a, b))],
  ['the same tensor twice', [[3, 3]], (tf, x) => tf.mul(tf.matMul(x, x, false, true), x)],
]; // prettier-ignore

test.each(cases)('%s', (_name, shapes, f) => {
  const { tf } = d;
  const values = shapes.map((shape, i) =>
    numbers(
      shape.reduce((a, b) => a * b, 1),
      21 + i,
    ),
  );
  const inputs = (changed: Float32Array[]) => changed.map((v, i) => tf.tensor(v, shapes[i]));
  const weights = (n: number) => numbers(n, 99);
  const loss = (changed: Float32Array[]): number =>
    tf.tidy(() => {
      const y = [...f(tf, ...inputs(changed)).dataSync()];
      const r = weights(y.length);
      return y.reduce((s, v, i) => s + v * r[i], 0);
    });
  const before = tf.memory().numTensors;
  const got = tf.tidy(() =>
    tf
      .grads((...x: Tensor[]) => {
        const y = f(tf, ...x);
        return tf.sum(tf.mul(y, tf.tensor(weights(y.size), y.shape)));
      })(inputs(values))
      .map((g) => g.dataSync()),
  );
  expect(tf.memory().numTensors).toBe(before);
  const e = 2 ** -8;
  values.forEach((_, i) =>
    values[i].forEach((_v, j) => {
      const moved = (by: number) => values.map((v, k) => (k === i ? v.map((u, l) => (l === j ? u + by : u)) : v));
      const slope = (loss(moved(e)) - loss(moved(-e))) / (2 * e);
      // the loss is rounded to about 1e-6 of its size, and e² of its third derivative is left out
      expect(Math.abs(slope - got[i][j])).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
    }),
  );
});

test('an operation without a gradient says so', () => {
  expect(() => d.tf.tidy(() => d.tf.grad((x) => d.tf.sum(d.tf.floor(x)))(d.tf.tensor1d([1.5])))).toThrow(
    /gradient function not found for Floor/,
  );
});
