// Convolutions, batch norm and pooling of the cpu device: values and every gradient beside tfjs's own cpu backend and finite differences.
import type { Scalar, Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { distance, half, numbers, openTestDevice, type TestDevice } from './support.ts';

/** Largest deviation, in units of the largest value. Sums of n products of float32 are off by some √n roundings. */
const relative = (got: ArrayLike<number>, want: ArrayLike<number>): number =>
  distance(got, want) / Math.max(1e-3, ...Array.from(want, Math.abs));
const rounding = (products: number): number => 4 * Math.sqrt(products) * half;

describe.each([true, false])('native BLAS: %s', (native) => {
  let d: TestDevice;
  beforeAll(async () => {
    d = await openTestDevice(native);
  });
  afterAll(() => d.close());
  const image = (shape: [number, number, number, number], seed: number): Tensor4D =>
    d.tf.tensor4d(
      numbers(
        shape.reduce((a, b) => a * b),
        seed,
      ),
      shape,
    );
  const flat = (run: () => void) => {
    const before = d.tf.memory().numTensors;
    run();
    expect(d.tf.memory().numTensors).toBe(before);
  };

  // B, H, W, in, out, kernel, stride: odd sizes, fewer channels than a vector, more samples than groups, and one larger than the columns' room
  const shapes = [
    [2, 7, 5, 3, 4, 3, 1], [3, 6, 6, 5, 2, 3, 2], [9, 4, 4, 8, 8, 1, 1], [2, 9, 7, 4, 3, 1, 2], [17, 8, 8, 4, 6, 5, 1],
    [2, 11, 11, 2, 5, 5, 2], [1, 1, 1, 3, 4, 1, 1], [1, 5, 3, 1, 1, 3, 1], [2, 40, 40, 16, 7, 5, 1],
  ] as const; // prettier-ignore
  describe.each(['same', 'valid'] as const)('conv2d, %s', (pad) => {
    test.each(shapes)('[%i, %i, %i, %i] → %i, kernel %i, stride %i', (B, H, W, I, O, k, stride) => {
      if (pad === 'valid' && Math.min(H, W) < k) return;
      const run = () =>
        d.tf.tidy(() => {
          const inputs = [image([B, H, W, I], 1), image([k, k, I, O], 2)];
          const f = (x: Tensor, w: Tensor) => d.tf.conv2d(x as Tensor4D, w as Tensor4D, stride, pad);
          const y = f(inputs[0], inputs[1]);
          const r = image(y.shape, 3);
          const gradients = d.tf.grads((x: Tensor, w: Tensor) => d.tf.sum(d.tf.mul(f(x, w), r)))(inputs);
          return [y, ...gradients].map((t) => t.dataSync());
        });
      flat(() => {
        const want = d.theirs(run);
        run().forEach((values, i) => expect(relative(values, want[i])).toBeLessThan(rounding([k * k * I, k * k * O, B * H * W][i])));
      });
    });
  });

  test.each([
    [3, 6, 6, 5, 2, 2], [2, 7, 5, 4, 2, 2], [2, 8, 8, 3, 8, 8], [9, 5, 5, 6, 3, 2], [1, 4, 4, 1, 2, 1],
  ] as const)('max pooling of [%i, %i, %i, %i], window %i, stride %i', (B, H, W, C, k, stride) => {
    // Few different values, so that windows hold equal maxima; tfjs sends the gradient to the first of them too.
    for (const round of [1, 4])
      for (const pad of ['valid', 'same'] as const) {
        const run = () =>
          d.tf.tidy(() => {
            const x: Tensor4D = d.tf.round(d.tf.mul(image([B, H, W, C], 5), round === 1 ? 1e6 : round));
            const f = (t: Tensor) => d.tf.maxPool(t as Tensor4D, k, stride, pad);
            const o = f(x);
            const r = image(o.shape, 6);
            return [o, d.tf.grad((t: Tensor) => d.tf.sum(d.tf.mul(f(t), r)))(x)].map((t) => t.dataSync());
          });
        flat(() => {
          const want = d.theirs(run);
          run().forEach((values, i) => expect(distance(values, want[i])).toBeLessThan(i === 0 ? 1e-30 : 1e-6));
        });
      }
  }); // prettier-ignore

  describe.each(['batch norm', 'bias'] as const)('a layer in training, %s', (norm) => {
    const cases = [[5, 6, 6, 3, 8, 3], [9, 4, 4, 8, 8, 3], [2, 5, 7, 4, 6, 3], [16, 1, 1, 12, 4, 1], [3, 9, 9, 2, 5, 5], [1, 32, 32, 16, 32, 3]] as const; // prettier-ignore
    test.each(cases)('[%i, %i, %i, %i] → %i, kernel %i: value, gradients and running statistics', (B, H, W, I, O, k) => {
      for (const withSkip of [false, true])
        for (const inputGradient of [true, false]) {
          const run = () =>
            d.tf.tidy(() => {
              const x = image([B, H, W, I], 1);
              const [w, skip] = [image([k, k, I, O], 2), image([B, H, W, O], 7)];
              const [gamma, beta] = [numbers(O, 3).map((v) => 1 + 0.5 * v), numbers(O, 4)].map((v) => d.tf.tensor1d(v));
              const running = { mean: d.tf.variable(d.tf.zeros([O]), false), variable: d.tf.variable(d.tf.ones([O]), false) };
              const layer = (given: Tensor[]) => {
                const rest = given.slice();
                return d.ops.convUnit({
                  w: rest.shift() as Tensor4D,
                  beta: rest.shift() as Tensor1D,
                  gamma: norm === 'bias' ? null : (rest.shift() as Tensor1D),
                  skip: withSkip ? (rest.shift() as Tensor4D) : null,
                  x: inputGradient ? (rest.shift() as Tensor4D) : x,
                  running: { mean: running.mean, variance: running.variable },
                  inputGradient,
                });
              };
              const inputs = [w, beta, ...(norm === 'bias' ? [] : [gamma]), ...(withSkip ? [skip] : []), ...(inputGradient ? [x] : [])];
              const o = layer(inputs);
              const r = image(o.shape, 6);
              const gradients = d.tf.grads((...g: Tensor[]) => d.tf.sum(d.tf.mul(layer(g), r)))(inputs);
              const read = [o, ...gradients, running.mean, running.variable].map((t) => t.dataSync());
              running.mean.dispose();
              running.variable.dispose();
              return read;
            });
          flat(() => {
            const want = d.theirs(run);
            // Batch norm divides by a deviation that is itself a sum over B·H·W; twice that for its square.
            run().forEach((values, i) =>
              expect(relative(values, want[i]), `array ${i}`).toBeLessThan(4 * rounding(Math.max(B * H * W, k * k * Math.max(I, O)))),
            );
          });
        }
    });
  });

  test('gradients of a layer with batch norm agree with central differences', () => {
    const [B, H, W, I, O] = [3, 4, 5, 2, 4];
    const parts = [numbers(9 * I * O, 2), numbers(O, 3).map((v) => 1 + v / 2), numbers(O, 4), numbers(B * H * W * I, 1)];
    const shapes4 = [[3, 3, I, O], [O], [O], [B, H, W, I]];
    const r = numbers(B * H * W * O, 6);
    const loss = (values: readonly Float32Array[]): number =>
      d.tf.tidy(() => {
        const [w, gamma, beta, x] = values.map((v, i) => d.tf.tensor(v, shapes4[i]));
        const o = d.ops.convUnit({ x, w, gamma, beta, skip: null, running: null, inputGradient: true } as Parameters<
          typeof d.ops.convUnit
        >[0]);
        return [...o.dataSync()].reduce((s, v, i) => s + v * r[i], 0);
      });
    const gradients = d.tf.tidy(() =>
      d.tf
        .grads((w, gamma, beta, x) =>
          d.tf.sum(
            d.tf.mul(
              d.ops.convUnit({ x, w, gamma, beta, skip: null, running: null, inputGradient: true } as Parameters<typeof d.ops.convUnit>[0]),
              d.tf.tensor4d(r, [B, H, W, O]),
            ),
          ),
        )(parts.map((v, i) => d.tf.tensor(v, shapes4[i])))
        .map((t) => t.dataSync()),
    );
    const h = 1e-2;
    for (const [p, values] of parts.entries())
      for (const k of [0, 1, values.length - 1]) {
        const moved = (by: number) => parts.map((v, i) => (i === p ? v.map((e, j) => (j === k ? e + by : e)) : v));
        const difference = (loss(moved(h)) - loss(moved(-h))) / (2 * h);
        // a step of 1e-2 crosses kinks of relu now and then: a share of the sum
        expect(Math.abs(difference - gradients[p][k])).toBeLessThan(0.1 + 0.05 * Math.abs(gradients[p][k]));
      }
  });

  test('the affine form is the layer with its batch’s own statistics', () => {
    d.tf.tidy(() => {
      const [x, w, skip] = [image([4, 6, 6, 3], 1), image([3, 3, 3, 8], 2), image([4, 6, 6, 8], 3)];
      const [gamma, beta] = [d.tf.tensor1d(numbers(8, 4)), d.tf.tensor1d(numbers(8, 5))];
      const { mean, variance } = d.theirs(() => d.tf.moments(d.tf.conv2d(x, w, 1, 'same'), [0, 1, 2]));
      const [m, v, g, b] = [mean, variance, gamma, beta].map((t: Tensor) => t.dataSync());
      const scale = Float32Array.from(g, (s, c) => s / Math.sqrt(v[c] + 1e-5));
      const shift = Float32Array.from(b, (s, c) => s - m[c] * scale[c]);
      const want = d.ops.convUnit({ x, w, gamma, beta, skip, running: null, inputGradient: false });
      expect(distance(d.ops.convAffine(x, w, d.tf.tensor1d(scale), d.tf.tensor1d(shift), skip).dataSync(), want.dataSync())).toBeLessThan(
        1e-5,
      );
    });
  });

  test('the same job gives the same bits again, however the threads are scheduled', () => {
    const once = () =>
      d.tf.tidy(() => {
        const w: Variable = d.tf.variable(image([3, 3, 8, 16], 2));
        const { grads } = d.tf.variableGrads(
          () =>
            d.tf.sum<Scalar>(
              d.tf.square(
                d.ops.convUnit({
                  x: image([40, 16, 16, 8], 1),
                  w: w as Tensor as Tensor4D,
                  gamma: d.tf.ones([16]),
                  beta: d.tf.zeros([16]),
                  skip: null,
                  running: null,
                  inputGradient: false,
                }),
              ),
            ),
          [w],
        );
        const read = grads[w.name].dataSync();
        w.dispose();
        return read;
      });
    const first = once();
    for (let i = 0; i < 10; i++) expect(once()).toEqual(first);
  });
});
