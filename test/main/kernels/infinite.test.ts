// Infinitely wide ReLU networks: published values, the expectations that the kernels are, positivity.
import { expect, test } from 'vitest';
import { infiniteKernel, infiniteNtk, k0, k1 } from '../../../main/kernels/infinite.ts';
import { eigen, flat, gaussians, gram, matrix, unflat } from '../../support/numerics.ts';

test('published values, He scaling', () => {
  const theta = (c: number, hidden: number) => infiniteNtk(c, { hidden }).theta;
  expect([0, 0.5, 1].map((c) => theta(c, 1))).toEqual([
    expect.closeTo(0.3183098862, 10),
    expect.closeTo(0.9423311144, 10),
    expect.closeTo(2, 12),
  ]);
  expect([0, 0.5, 1].map((c) => theta(c, 4))).toEqual([
    expect.closeTo(1.4303904972, 10),
    expect.closeTo(2.1071125384, 10),
    expect.closeTo(5, 12),
  ]);
});

test('with W ~ N(0, 1/N): Θ(1) = (L + 1)/2^L, Σ(1) = 2^−L', () => {
  for (let hidden = 0; hidden < 6; hidden++) {
    const { theta, sigma } = infiniteNtk(1, { hidden, variance: 1 });
    expect(theta).toBeCloseTo((hidden + 1) / 2 ** hidden, 13);
    expect(sigma).toBeCloseTo(2 ** -hidden, 13);
  }
});

test('k₀ and k₁ are 2E[φ′φ′] and 2E[φφ] of correlated Gaussians', () => {
  const next = gaussians(1);
  const n = 200_000;
  for (const c of [-0.6, 0, 0.7]) {
    let [zero, one] = [0, 0];
    for (let i = 0; i < n; i++) {
      const u = next();
      const v = c * u + Math.sqrt(1 - c * c) * next();
      if (u > 0 && v > 0) [zero, one] = [zero + 2 / n, one + (2 * u * v) / n];
    }
    // the mean of n numbers with a deviation of 1 and 2.5: five of its own deviations
    expect(Math.abs(zero - k0(c))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(one - k1(c))).toBeLessThan(12 / Math.sqrt(n));
  }
  expect([k0(1), k1(1), k0(-1), k1(-1)]).toEqual([1, 1, 0, expect.closeTo(0, 15)]);
  expect(k1(1 + 1e-12)).toBe(1); // rounding beyond 1 is 1
});

test('any lengths: Θ scales with both inputs', () => {
  const [a, b] = [2.5, 0.3];
  const unit = infiniteNtk(0.4, { hidden: 3 }).theta;
  const scaled = infiniteNtk(0.4 * a * b, { hidden: 3, xx: a * a, yy: b * b }).theta;
  expect(scaled).toBeCloseTo(a * b * unit, 12);
  expect(infiniteNtk(0, { hidden: 2, xx: 0, yy: 1 }).theta).toBe(0);
});

test('symmetric and positive', () => {
  const next = gaussians(5);
  const X = matrix(12, 4, next);
  const K = unflat(infiniteKernel(flat(gram(X)), 12, { hidden: 3 }), 12);
  for (const [i, row] of K.entries()) for (const [j, v] of row.entries()) expect(v).toBe(K[j][i]);
  const { values } = eigen(K);
  expect(values.at(-1)).toBeGreaterThan(-1e-12 * values[0]);
});
