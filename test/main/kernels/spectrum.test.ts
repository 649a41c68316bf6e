// Eigenvalues of K/P and the target's power in their modes: fixtures, the naive decomposition, the identity that ties them to KTA.
import { describe, expect, test } from 'vitest';
import type { Reals } from '../../../main/kernels/features.ts';
import { infiniteKernel } from '../../../main/kernels/infinite.ts';
import { featureSpectrum, kernelSpectrum } from '../../../main/kernels/spectrum.ts';
import { centre, flat, gaussians, gram, inner, kta, matrix, oneHot, spectrumOf, trace, type Matrix } from '../../support/numerics.ts';
import { algebras, features } from './support.ts';

const X: Matrix = [[1, 2], [0, 1], [3, 1], [2, 2], [1, 0], [4, 3]]; // prettier-ignore
const labels = [0, 0, 1, 1, 2, 2];
const norm2 = (M: Matrix) => M.flat().reduce((s, v) => s + v * v, 0);

describe.each(algebras)('%s', (_, algebra) => {
  const ofFeatures = (Psi: Matrix, Y: Matrix, centred = false, as: (x: Float64Array) => Reals = (x) => x) =>
    featureSpectrum({
      algebra,
      layer: 'layer2',
      features: as(flat(Psi)),
      P: Psi.length,
      N: Psi[0].length,
      y: flat(Y),
      classes: Y[0].length,
      centred,
    });
  const ofKernel = (K: Matrix, Y: Matrix, centred = false) =>
    kernelSpectrum({ algebra, layer: 'ntk', K: flat(K), P: K.length, y: flat(Y), classes: Y[0].length, centred });

  test('fixture, uncentred and centred', async () => {
    const plain = await ofFeatures(X, oneHot(labels));
    expect([...plain.eigenvalues].map((v) => 6 * v)).toEqual([expect.closeTo(46.8403296678, 9), expect.closeTo(3.1596703322, 9)]);
    expect([...plain.power]).toEqual([expect.closeTo(0.2634017321, 9), expect.closeTo(0.472972973, 9)]);
    expect(plain.nullPower).toBeCloseTo(1 - 0.472972973, 9);
    const centred = await ofFeatures(X, oneHot(labels), true);
    expect([...centred.eigenvalues].map((v) => 6 * v)).toEqual([expect.closeTo(13.3974516088, 9), expect.closeTo(2.9358817245, 9)]);
    expect([...centred.power]).toEqual([expect.closeTo(0.1502576693, 9), expect.closeTo(0.3728813559, 9)]);
  });

  test('hypercube: multiplicities of the modes, and the power of x₁x₂ in those of k = 2', async () => {
    const d = 8;
    const points = matrix(2 ** d, d, (i, j) => ((i >> j) & 1 ? -1 : 1) / Math.sqrt(d));
    const K = infiniteKernel(flat(gram(points)), 2 ** d, { hidden: 1 });
    const Y = points.map((x) => [d * x[0] * x[1]]);
    const { eigenvalues, power } = await kernelSpectrum({ algebra, layer: 'ntk', K, P: 256, y: flat(Y), classes: 1, centred: false });
    const mu = [0.3825093377, 0.125, 0.0175465075, 0, 0.0014500406, 0, 0.0008562273, 0, 0.0007112438];
    const want = mu.flatMap((v, k) => Array<number>([1, 8, 28, 56, 70, 56, 28, 8, 1][k]).fill(v)).sort((a, b) => b - a);
    eigenvalues.forEach((v, k) => expect(Math.abs(v - want[k])).toBeLessThan(1e-10)); // the published digits
    // inside an eigenspace the modes are arbitrary: only where it ends
    expect(power[8]).toBeLessThan(1e-12);
    expect(power[36]).toBeCloseTo(1, 12);
    const M = matrix(256, 256, (i, j) => K[i * 256 + j]);
    expect(kta(M, gram(Y))).toBeCloseTo(0.0331537294, 9);
  });

  describe('equals the decomposition of the Gram matrix', () => {
    test.each([
      [14, 5, false],
      [14, 5, true],
      [12, 12, false],
      [9, 20, false],
      [9, 20, true],
    ])('P = %i, N = %i, centred: %s', async (P, N, centred) => {
      const [Psi, Y] = [features(P, N, N, 1), features(P, 3, 2)];
      const H = (M: Matrix) => (centred ? M.map((row) => row.map((v, j) => v - M.reduce((s, r) => s + r[j], 0) / P)) : M);
      const { values, power } = spectrumOf(gram(H(Psi)), H(Y));
      const got = await ofFeatures(Psi, Y, centred);
      const direct = await ofKernel(gram(Psi), Y, centred);
      expect(got.eigenvalues).toHaveLength(Math.min(P, N));
      let sum = 0;
      const total = norm2(H(Y));
      for (const [k, eta] of got.eigenvalues.entries()) {
        sum += power[k];
        expect(Math.abs(eta - Math.max(0, values[k]) / P)).toBeLessThan(1e-13 * values[0]);
        expect(Math.abs(direct.eigenvalues[k] - eta)).toBeLessThan(1e-13 * values[0]);
        // an eigenvector to rounding over the gap; a centred 9 × 20 kernel has an eigenvalue of 0 among the nine, with arbitrary power
        if (values[k] > 1e-9 * values[0]) expect(Math.abs(got.power[k] - sum / total)).toBeLessThan(1e-10);
      }
      if (N < P) expect(Math.abs(got.power[N - 1] + got.nullPower - 1)).toBeLessThan(1e-12);
    });
  });

  test('what must hold of any: trace, order, the identity with KTA', async () => {
    const [Psi, Y] = [features(25, 10, 3, 0.5), oneHot(Array.from({ length: 25 }, (_, i) => i % 5))];
    const { eigenvalues, power } = await ofFeatures(Psi, Y);
    const K = gram(Psi);
    expect(eigenvalues.reduce((s, v) => s + v, 0)).toBeCloseTo(trace(K) / 25, 10);
    expect([...eigenvalues].sort((a, b) => b - a)).toEqual([...eigenvalues]);
    expect([...power].sort((a, b) => a - b)).toEqual([...power]);
    // KTA(K, YYᵀ) = Σ λ_ρ p_ρ / (‖K‖ ‖YYᵀ‖)
    let sum = 0;
    power.forEach((c, k) => (sum += 25 * eigenvalues[k] * norm2(Y) * (c - (k > 0 ? power[k - 1] : 0))));
    expect(Math.abs(sum / Math.sqrt(inner(K, K) * inner(gram(Y), gram(Y))) - kta(K, gram(Y)))).toBeLessThan(1e-12);
  });

  test('a target outside the kernel’s span is null power; low rank and scale', async () => {
    const Psi = features(12, 2, 4);
    const [a, b] = [Psi.map((r) => r[0]), Psi.map((r) => r[1])];
    let y = features(12, 1, 5).map((r) => r[0]);
    for (let twice = 0; twice < 2; twice++)
      for (const v of [a, b.map((x, i) => x - (a[i] * a.reduce((s, q, k) => s + q * b[k], 0)) / a.reduce((s, q) => s + q * q, 0))]) {
        const c = v.reduce((s, q, k) => s + q * y[k], 0) / v.reduce((s, q) => s + q * q, 0);
        y = y.map((q, k) => q - c * v[k]);
      }
    const out = await ofFeatures(Psi, y.map((v) => [v])); // prettier-ignore
    expect(out.nullPower).toBeCloseTo(1, 12);
    const whole = await ofKernel(gram(Psi), oneHot(Array.from({ length: 12 }, (_, i) => i % 3)));
    expect(whole.eigenvalues.filter((v) => v > whole.noiseFloor * 10)).toHaveLength(2);
    const scaled = await ofFeatures(Psi.map((r) => r.map((v) => 1e100 * v)), y.map((v) => [v])); // prettier-ignore
    scaled.eigenvalues.forEach((v, k) => expect(Math.abs(v / out.eigenvalues[k] / 1e200 - 1)).toBeLessThan(1e-12));
  });

  test('float32 input: its numbers in float64, a higher floor for a float32 kernel', async () => {
    const Psi = features(10, 4, 6).map((r) => r.map(Math.fround));
    const Y = oneHot(Array.from({ length: 10 }, (_, i) => i % 2));
    const [a, b] = [await ofFeatures(Psi, Y), await ofFeatures(Psi, Y, false, (x) => Float32Array.from(x))];
    expect([...a.eigenvalues]).toEqual([...b.eigenvalues]);
    expect(a.noiseFloor).toBeCloseTo(6e-16 * a.eigenvalues[0], 20);
    const K = Float32Array.from(flat(gram(Psi)));
    const single = await kernelSpectrum({ algebra, layer: 'ntk', K, P: 10, y: flat(Y), classes: 2, centred: false });
    expect(single.noiseFloor).toBeCloseTo(4e-8 * single.eigenvalues[0], 12);
    for (const [k, v] of a.eigenvalues.entries()) expect(Math.abs(single.eigenvalues[k] - v)).toBeLessThan(2e-7 * a.eigenvalues[0]);
  });

  test('refuses by name', async () => {
    const Y = oneHot([0, 1, 0, 1]);
    const Psi = features(4, 2, 7);
    await expect(ofFeatures(Psi.with(2, [NaN, 1]), Y)).rejects.toThrow('layer2: sample 2, feature 0 is NaN');
    await expect(ofFeatures(Psi.map(() => [0, 0]), Y)).rejects.toThrow('layer2: its kernel is 0 on these 4 samples'); // prettier-ignore
    await expect(ofFeatures(Psi.map(() => [1, 2]), Y, true)).rejects.toThrow('layer2: its centred kernel is 0'); // prettier-ignore
    await expect(ofFeatures(Psi, [[0], [0], [0], [0]])).rejects.toThrow('the target is 0');
    await expect(ofFeatures(Psi, [[1], [1], [1], [1]], true)).rejects.toThrow('the target is the same for all samples');
    await expect(
      ofKernel(
        matrix(4, 4, (i, j) => (i === j ? (i === 0 ? -1 : 1) : 0)),
        Y,
      ),
    ).rejects.toThrow(/ntk: eigenvalue 4 is -0\.25.*not a kernel/);
    await expect(
      kernelSpectrum({ algebra, layer: 'ntk', K: new Float64Array(15), P: 4, y: flat(Y), classes: 2, centred: false }),
    ).rejects.toThrow('ntk: expected a kernel of 4 × 4 = 16 values, got 15');
  });

  test('centring a kernel is HKH', async () => {
    const K = gram(features(8, 3, 8, 2));
    const Y = features(8, 2, 9);
    const centredY = Y.map((row) => row.map((v, j) => v - Y.reduce((s, r) => s + r[j], 0) / 8));
    const { values } = spectrumOf(centre(K), centredY);
    const { eigenvalues } = await ofKernel(K, Y, true);
    for (let k = 0; k < 3; k++) expect(Math.abs(8 * eigenvalues[k] - values[k])).toBeLessThan(1e-12 * values[0]);
  });
});

test.each(algebras)('%s: features too many hold no power; what a rank-deficient layer cannot express is null power', async (_, algebra) => {
  const P = 30;
  const next = gaussians(77);
  const [a, b, y] = [0, 1, 2].map(() => Float64Array.from({ length: P }, next));
  // two directions in six columns, one of them dead and one constant times another
  const columns = [a, b, a.map((v, i) => v + b[i]), new Float64Array(P), a.map((v) => -3 * v), b.map((v, i) => 0.5 * v - a[i])];
  const features = Float64Array.from({ length: P * 6 }, (_, k) => columns[k % 6][Math.floor(k / 6)]);
  const dot = (u: Float64Array, v: Float64Array) => u.reduce((s, x, i) => s + x * v[i], 0);
  const rest = b.map((v, i) => v - (dot(a, b) / dot(a, a)) * a[i]);
  const expected = (dot(a, y) ** 2 / dot(a, a) + dot(rest, y) ** 2 / dot(rest, rest)) / dot(y, y);
  const s = await featureSpectrum({ algebra, layer: 'l', features, P, N: 6, y, classes: 1, centred: false });
  for (const C of s.power.subarray(1)) expect(Math.abs(C - expected)).toBeLessThan(1e-13);
  expect(Math.abs(s.nullPower - (1 - expected))).toBeLessThan(1e-13);
  // 40 columns of the same two directions, more than there are samples: through the kernel
  const wide = Float64Array.from({ length: P * 40 }, (_, k) => features[Math.floor(k / 40) * 6 + ((k % 40) % 6)]);
  const w = await featureSpectrum({ algebra, layer: 'l', features: wide, P, N: 40, y, classes: 1, centred: false });
  expect(Math.abs(w.nullPower - (1 - expected))).toBeLessThan(1e-12);
});
