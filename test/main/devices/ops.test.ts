// The fused operations against their plain compositions on tfjs's own backend, finite differences, and formulas in float64.
import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activations } from '../../../main/contract/config.ts';
import { distance, half, numbers, openTestDevice, type TestDevice } from './support.ts';

describe.each([true, false])('native BLAS: %s', (native) => {
  let d: TestDevice;
  beforeAll(async () => {
    d = await openTestDevice(native);
  });
  afterAll(() => d.close());
  const matrix = (rows: number, cols: number, seed: number): Tensor2D => d.tf.tensor2d(numbers(rows * cols, seed), [rows, cols]);
  const flat = (run: () => void) => {
    const before = [d.tf.memory().numTensors, d.backend.shared.used];
    run();
    expect([d.tf.memory().numTensors, d.backend.shared.used]).toEqual(before);
  };

  const layers = [[1, 1, 1], [5, 3, 7], [1, 9, 4], [130, 5, 1], [17, 8, 16], [67, 33, 21]]; // prettier-ignore
  describe.each(activations)('dense, %s', (activation) => {
    test.each(layers)('[%i, %i] × [.., %i]: value and gradients in x, w, b', (B, I, O) => {
      for (const biased of [true, false]) {
        const options = { scale: 0.7, activation };
        const run = () =>
          d.tf.tidy(() => {
            const r = matrix(B, O, 4);
            const f = (x: Tensor, w: Tensor, b?: Tensor) =>
              d.tf.sum(d.tf.mul(d.ops.dense(x as Tensor2D, w as Tensor2D, (b ?? null) as Tensor1D | null, options), r));
            const inputs: Tensor[] = [matrix(B, I, 1), matrix(I, O, 2), ...(biased ? [d.tf.tensor1d(numbers(O, 3))] : [])];
            const h = d.ops.dense(inputs[0] as Tensor2D, inputs[1] as Tensor2D, (inputs[2] ?? null) as Tensor1D | null, options);
            return [h, ...d.tf.grads(f)(inputs)].map((t) => t.dataSync());
          });
        flat(() => {
          const got = run();
          const want = d.theirs(run);
          // sums of at most 130 products of numbers under 1; tfjs's erf is only good to 1.5e-7
          got.forEach((values, i) => expect(distance(values, want[i])).toBeLessThan(activation === 'erf' ? 2e-5 : 6e-6));
        });
      }
    });

    test('gradient against central differences', () => {
      const [B, I, O] = [4, 5, 3];
      const [x, w, b, r] = [numbers(B * I, 11), numbers(I * O, 12), numbers(O, 13), numbers(B * O, 14)];
      const loss = (W: Float32Array): number =>
        d.tf.tidy(() => {
          const h = d.ops.dense(d.tf.tensor2d(x, [B, I]), d.tf.tensor2d(W, [I, O]), d.tf.tensor1d(b), { scale: 0.7, activation });
          return [...h.dataSync()].reduce((s, v, i) => s + v * r[i], 0);
        });
      const grad = d.tf.tidy(() =>
        d.tf
          .grad((W) =>
            d.tf.sum(
              d.tf.mul(
                d.ops.dense(d.tf.tensor2d(x, [B, I]), W as Tensor2D, d.tf.tensor1d(b), { scale: 0.7, activation }),
                d.tf.tensor2d(r, [B, O]),
              ),
            ),
          )(d.tf.tensor2d(w, [I, O]))
          .dataSync(),
      );
      const e = 2 ** -7;
      for (let i = 0; i < w.length; i++) {
        const [up, down] = [w.slice(), w.slice()];
        up[i] += e;
        down[i] -= e;
        // rounding 1e-6/e, curvature e² — and none of these inputs lies within e of relu's kink
        expect(Math.abs((loss(up) - loss(down)) / (2 * e) - grad[i])).toBeLessThan(6e-4);
      }
    });

    test('activate and derivative agree with tfjs and with differences', () => {
      const run = () =>
        d.tf.tidy(() => {
          const z = matrix(9, 7, 5);
          const h = d.ops.activate(z, activation);
          return [
            h,
            d.ops.derivative(activation === 'erf' ? z : h, activation),
            d.tf.grad((t) => d.tf.sum(d.ops.activate(t as Tensor2D, activation)))(z),
          ].map((t) => t.dataSync());
        });
      flat(() => {
        const got = run();
        const want = d.theirs(run);
        got.forEach((values, i) => expect(distance(values, want[i])).toBeLessThan(4e-7));
        expect(distance(got[1], got[2])).toBeLessThan(1e-7);
      });
    });

    test('NaN in one sample stays in that sample, in value and gradient', () => {
      const x = numbers(12, 1);
      x[4] = NaN;
      d.tf.tidy(() => {
        const [X, W] = [d.tf.tensor2d(x, [3, 4]), matrix(4, 5, 2)];
        const b = d.tf.tensor1d(numbers(5, 3));
        const h = d.ops.dense(X, W, b, { scale: 1, activation });
        expect([...h.dataSync().keys()].filter((i) => Number.isNaN(h.dataSync()[i]))).toEqual([5, 6, 7, 8, 9]);
        const g = d.tf
          .grad((t) => d.tf.sum(d.ops.dense(X, t as Tensor2D, b, { scale: 1, activation })))(W)
          .dataSync();
        // a linear layer's gradient in w is xᵀ1: only the input that is NaN shows
        expect([...g].filter(Number.isNaN).length).toBe(activation === 'linear' ? 5 : 20);
      });
    });
  });

  test('no gradient is formed for an input that needs none', async () => {
    const [x, w] = [matrix(4, 6, 2), matrix(6, 5, 1)];
    const gradient = d.tf.grad((t) => d.tf.sum(d.ops.dense(x, t as Tensor2D, null, { scale: 1, activation: 'relu' })));
    const { kernels } = await d.tf.profile(() => gradient(w));
    expect(kernels.filter(({ name }) => name === 'KernelscopeProduct')).toHaveLength(1);
    d.tf.dispose([x, w]);
  });

  test('dense refuses shapes that do not fit', () => {
    const refused = () => d.tf.tidy(() => d.ops.dense(matrix(2, 3, 1), matrix(4, 2, 1), null, { scale: 1, activation: 'relu' }));
    expect(refused).toThrow(/do not fit/);
  });

  test('K + (s·A + t) ∘ B, from nothing, in place, and copied where something else holds K', () => {
    // terms of at most 2.3, sums of at most 7, each rounded three times a step
    const [m, n] = [9, 7];
    const [a, b] = [numbers(m * n, 1), numbers(m * n, 2)];
    const term = a.map((v, i) => (0.3 * v + 2) * b[i]);
    flat(() => {
      const [A, B] = [d.tf.tensor2d(a, [m, n]), d.tf.tensor2d(b, [m, n])];
      const first = d.ops.accumulateProduct(null, A, 0.3, 2, B);
      expect(distance(first.dataSync(), term)).toBeLessThan(16 * half);
      const used = d.backend.shared.used;
      const second = d.ops.accumulateProduct(first, A, 0.3, 2, B);
      expect(first.isDisposed).toBe(true);
      expect(d.backend.shared.used).toBe(used);
      expect(
        distance(
          second.dataSync(),
          term.map((v) => 2 * v),
        ),
      ).toBeLessThan(32 * half);
      const held = d.tf.clone(second);
      const third = d.ops.accumulateProduct(second, A, 0.3, 2, B);
      expect(
        distance(
          held.dataSync(),
          term.map((v) => 2 * v),
        ),
      ).toBeLessThan(16 * half);
      expect(
        distance(
          third.dataSync(),
          term.map((v) => 3 * v),
        ),
      ).toBeLessThan(32 * half);
      const plain = d.theirs(() => d.ops.accumulateProduct(d.tf.clone(held), A, 0.3, 2, B));
      expect(distance(plain.dataSync(), third.dataSync())).toBeLessThan(32 * half);
      for (const t of [A, B, held, third, plain]) t.dispose();
    });
  });

  describe.each([1, 4, 19, 1000])('updates of %i parameters', (n) => {
    const start = numbers(n, 1);
    const variable = (values: Float32Array): Variable => d.tf.tidy(() => d.tf.variable(d.tf.tensor1d(values)));
    const gradients = [2, 3, 4].map((seed) => numbers(n, seed));
    /** p after three steps of `update` */
    function steps(update: (p: Variable, g: Tensor, a: Variable, b: Variable, step: number) => void): Float32Array {
      const [p, a, b] = [start, new Float32Array(n), new Float32Array(n)].map(variable);
      gradients.forEach((g, i) => d.tf.tidy(() => update(p, d.tf.tensor1d(g), a, b, i + 1)));
      const values = p.dataSync() as Float32Array;
      for (const v of [p, a, b]) v.dispose();
      return values;
    }
    function check(update: Parameters<typeof steps>[0], formula: (p: number, g: number, s: number[], step: number) => number): void {
      const want = start.map((p, i) => {
        const state = [0, 0];
        return gradients.reduce((q, g, step) => formula(q, g[i], state, step + 1), p);
      });
      flat(() => {
        expect(distance(steps(update), want)).toBeLessThan(8 * half);
        expect(
          distance(
            d.theirs(() => steps(update)),
            want,
          ),
        ).toBeLessThan(8 * half);
      });
    }
    test('sgd', () => check((p, g) => d.ops.sgd(p, g, { rate: 0.1 }), (p, g) => p - 0.1 * g)); // prettier-ignore
    test('momentum', () =>
      check((p, g, v) => d.ops.momentum(p, g, v, { rate: 0.1, momentum: 0.9 }), (p, g, s) => p - 0.1 * (s[0] = 0.9 * s[0] + g))); // prettier-ignore
    test('adam', () =>
      check(
        (p, g, m, v, step) => d.ops.adam(p, g, m, v, { rate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step }),
        (p, g, s, step) => {
          s[0] = 0.9 * s[0] + 0.1 * g;
          s[1] = 0.999 * s[1] + 0.001 * g * g;
          return p - (0.02 * (s[0] / (1 - 0.9 ** step))) / (Math.sqrt(s[1] / (1 - 0.999 ** step)) + 1e-8);
        },
      ));
  });

  test('an update leaves clones of the variable, and the tensor it was made from, as they were', () => {
    flat(() => {
      const from = d.tf.tensor1d([1, 2, 3]);
      const p = d.tf.variable(from);
      const g = d.tf.tensor1d([1, 1, 1]);
      d.ops.sgd(p, g, { rate: 1 });
      const clone = d.tf.clone(p);
      d.ops.sgd(p, g, { rate: 1 });
      expect([from, clone, p].map((t) => [...t.dataSync()])).toEqual([[1, 2, 3], [0, 1, 2], [-1, 0, 1]]); // prettier-ignore
      for (const t of [from, p, g, clone]) t.dispose();
    });
  });

  test('an update refuses a gradient of another shape', () => {
    d.tf.tidy(() => {
      const p = d.tf.variable(d.tf.zeros([3]));
      expect(() => d.ops.sgd(p, d.tf.zeros([4]), { rate: 1 })).toThrow(/shapes differ/);
      p.dispose();
    });
  });

  test('thirty steps of training: the loss falls, memory stays flat', () => {
    const sizes = [13, 9, 9, 4];
    const make = () =>
      d.tf.tidy<Variable[]>(() =>
        sizes.slice(1).flatMap((n, l) => [d.tf.variable(d.tf.div(matrix(sizes[l], n, l + 1), 2)), d.tf.variable(d.tf.zeros([n]))]),
      );
    const variables = make();
    const [m, v] = [0, 1].map(() => d.tf.tidy(() => variables.map((p) => d.tf.variable(d.tf.zerosLike(p)))));
    const [x, y] = [matrix(31, 13, 8), matrix(31, 4, 9)];
    const loss = (): Scalar => {
      let h = x;
      for (let l = 0; l < 3; l++)
        h = d.ops.dense(h, variables[2 * l] as unknown as Tensor2D, variables[2 * l + 1] as unknown as Tensor1D, {
          scale: 1,
          activation: l < 2 ? 'tanh' : 'linear',
        });
      return d.tf.mean<Scalar>(d.tf.sum(d.tf.square(d.tf.sub(h, y)), 1));
    };
    const step = (t: number): number =>
      d.tf.tidy(() => {
        const { value, grads } = d.tf.variableGrads(loss);
        variables.forEach((p, i) =>
          d.ops.adam(p, grads[p.name], m[i], v[i], { rate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: t }),
        );
        return value.dataSync()[0];
      });
    const first = step(1);
    step(2);
    let last = 0;
    flat(() => {
      for (let t = 3; t <= 30; t++) last = step(t);
    });
    expect(last).toBeLessThan(0.6 * first);
    for (const t of [...variables, ...m, ...v, x, y]) t.dispose();
  });
});
