// Shares of a kernel's tile and their moments, against plain loops in float64; products that spread a row over each group.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findNative } from '../../../main/devices/native.ts';
import { distance, half, numbers, openTestDevice, type TestDevice } from './support.ts';

const { library } = await findNative();
const sizes: [number, number][] = [
  [1, 1],
  [3, 5],
  [8, 8],
  [17, 16],
  [5, 31],
];

describe.each([true, false])('native BLAS: %s', (native) => {
  let d: TestDevice;
  const it = test.runIf(!native || library !== null);
  beforeAll(async () => {
    if (!native || library) d = await openTestDevice(native);
  });
  afterAll(() => d?.close());

  /** T, its sum with S and its moments by the definition */
  function naive(
    m: number,
    n: number,
    S: Float32Array | null,
    a: Float32Array,
    scale: number,
    add: number,
    b: Float32Array | null,
    l: Float32Array,
  ) {
    const T = Float64Array.from(a, (v, k) => (scale * v + add) * (b ? b[k] : 1));
    const dot = (x: ArrayLike<number>) => T.reduce((s, v, k) => s + v * x[k], 0);
    const at = (i: number, j: number) => T[i * n + j];
    return {
      sum: T.map((v, k) => v + (S ? S[k] : 0)),
      square: dot(T),
      product: dot(l),
      trace: Array.from({ length: Math.min(m, n) }, (_, i) => at(i, i)).reduce((s, v) => s + v, 0),
      rows: Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => at(i, j)).reduce((s, v) => s + v, 0)),
      columns: Array.from({ length: n }, (_, j) => Array.from({ length: m }, (_, i) => at(i, j)).reduce((s, v) => s + v, 0)),
    };
  }

  for (const where of ['ours', 'theirs'] as const)
    describe(where === 'ours' ? 'kernels' : 'plain composition', () => {
      it.each(sizes)('shares of [%i, %i], with and without a mask and a sum before', async (m, n) => {
        for (const masked of [true, false])
          for (const more of [true, false]) {
            const [s, a, b, l] = [1, 2, 3, 4].map((seed) => numbers(m * n, seed + m));
            const want = naive(m, n, more ? s : null, a, 0.7, 0.2, masked ? b : null, l);
            const made = d[where](() => {
              const t = (x: Float32Array): Tensor2D => d.tf.tensor2d(x, [m, n]);
              return d.ops.addShare(more ? t(s) : null, { a: t(a), scale: 0.7, add: 0.2, b: masked ? t(b) : null }, t(l));
            });
            const { sum } = made;
            const moments = await made.moments;
            // T is float32: two roundings an element; sums of them add up in float64
            const error = 4 * half;
            expect(
              distance(
                d[where](() => sum.dataSync()),
                want.sum,
              ),
            ).toBeLessThan(2 * error);
            expect(Math.abs(moments.square - want.square)).toBeLessThan(2 * error * m * n);
            expect(Math.abs(moments.product - want.product)).toBeLessThan(error * m * n);
            expect(Math.abs(moments.trace - want.trace)).toBeLessThan(error * Math.min(m, n));
            expect(distance(moments.rows, want.rows)).toBeLessThan(error * n);
            expect(distance(moments.columns, want.columns)).toBeLessThan(error * m);
          }
      });

      it('inner products in float64, and values to look at', async () => {
        const [a, b] = [numbers(7 * 9, 5), numbers(7 * 9, 6)];
        const [A, B] = d[where](() => [d.tf.tensor2d(a, [7, 9]), d.tf.tensor2d(b, [7, 9])]);
        const [product, seen] = d[where](() => [d.ops.innerProduct(A, B), d.ops.peek(A)] as const);
        const want = a.reduce((s, v, k) => s + v * b[k], 0);
        expect(Math.abs((await product) - want)).toBeLessThan(1e-14); // 63 float64 products of size 1
        expect([...(await seen)]).toEqual([...a]);
        d.tf.dispose([A, B]);
      });
    });

  it('refuses shapes that differ', async () => {
    const [a, b] = [d.tf.ones<import('@tensorflow/tfjs-core').Rank.R2>([2, 3]), d.tf.ones<import('@tensorflow/tfjs-core').Rank.R2>([3, 2])];
    expect(() => d.ops.addShare(a, { a: b, scale: 1, add: 0, b: null }, a)).toThrow('shapes differ');
    await expect(d.ops.innerProduct(a, b)).rejects.toThrow('shapes differ');
    d.tf.dispose([a, b]);
  });

  it('a row for each group: [g, m, n] ∘ [g, 1, n] and every way it can be spread', () => {
    const shapes: [number[], number[]][] = [
      [[4, 3, 5], [4, 1, 5]],
      [[1, 3, 5], [4, 1, 5]],
      [[4, 3, 5], [1, 1, 5]],
      [[4, 1, 5], [1, 3, 5]],
      [[4, 1, 5], [4, 3, 5]],
      [[2, 1, 1], [2, 6, 1]],
    ]; // prettier-ignore
    for (const [sa, sb] of shapes)
      for (const op of ['add', 'sub', 'mul', 'div'] as const) {
        const size = (s: number[]) => s.reduce((x, y) => x * y, 1);
        const [a, b] = [numbers(size(sa), 7), numbers(size(sb), 8).map((v) => v + 3)];
        const run = () => d.tf.tidy(() => Array.from(d.tf[op](d.tf.tensor(a, sa), d.tf.tensor(b, sb)).dataSync()));
        // one float32 operation, the same on both
        expect(d.ours(run), `${op} ${sa.join()} ${sb.join()}`).toEqual(d.theirs(run));
      }
  });
});
