// CKA, KTA and debiased CKA: the published fixture, the naive definitions, and what they must and must not be blind to.
import { describe, expect, test } from 'vitest';
import { layerAlignment, alignmentReference } from '../../../main/kernels/alignment.ts';
import { cka, flat, gram, matrix, multiply, oneHot, transpose, type Matrix } from '../../support/numerics.ts';
import { aligned, algebra, features, naively, orthogonal } from './support.ts';

const X: Matrix = [[1, 2], [0, 1], [3, 1], [2, 2], [1, 0], [4, 3]]; // prettier-ignore
const Y = oneHot([0, 0, 1, 1, 2, 2]);

describe('fixture', () => {
  test('KTA, CKA, debiased CKA', async () => {
    const a = await aligned(X, Y);
    // the published digits
    expect(a.kta).toBeCloseTo(0.479620993745, 11);
    expect(a.cka).toBeCloseTo(0.274964423409, 11);
    expect(a.debiased).toBeCloseTo(-0.114707866935, 11);
    expect(a.null).toBeCloseTo(0.3368314187, 9);
  });

  test('the null line is the mean of CKA over all 720 permutations', async () => {
    const permutations = (rest: number[]): number[][] =>
      rest.length === 0 ? [[]] : rest.flatMap((v, i) => permutations(rest.toSpliced(i, 1)).map((p) => [v, ...p]));
    const all = permutations([0, 1, 2, 3, 4, 5]);
    const mean = all.reduce((s, p) => s + cka(gram(p.map((i) => X[i])), gram(Y)), 0) / all.length;
    expect(all).toHaveLength(720);
    // an identity: rounding of 720 sums
    expect(Math.abs((await aligned(X, Y)).null - mean)).toBeLessThan(1e-13);
  });
});

describe('equals the definitions', () => {
  test.each([
    [10, 3, 0],
    [10, 10, 0],
    [10, 25, 0],
    [30, 4, 1000],
    [12, 40, 1000],
  ])('P = %i, N = %i, mean %i', async (P, N, mean) => {
    const [Psi, T] = [features(P, N, P + N, mean), features(P, 5, 3)];
    const got = await aligned(Psi, T);
    // Where only centred kernels count, the naive route is given centred features: P×P it would lose the square of the mean.
    const centred = Psi.map((row) => row.map((v, j) => v - Psi.reduce((s, r) => s + r[j], 0) / P));
    const want = { ...naively(centred, T), kta: naively(Psi, T).kta };
    // rounding of the features themselves, mean · 1e-16, and some more from the estimators' differences
    for (const key of ['cka', 'kta', 'debiased', 'null'] as const)
      expect(Math.abs(got[key] - want[key]), key).toBeLessThan(1e-12 * (1 + mean / 10));
  });

  test('float32 features are taken as they are and computed with in float64', async () => {
    const round = (M: Matrix) => M.map((row) => row.map(Math.fround));
    const [Psi, T] = [round(features(20, 6, 4, 30)), round(features(20, 3, 5))];
    const [a, b] = [await aligned(Psi, T, (x) => Float32Array.from(x)), await aligned(Psi, T)];
    expect(a).toEqual(b);
  });
});

describe('identities', () => {
  const [Psi, T] = [features(18, 6, 1), features(18, 4, 2)];
  const same = async (A: Matrix, B: Matrix, keys: ('cka' | 'kta' | 'debiased')[]) => {
    const [a, b] = [await aligned(Psi, T), await aligned(A, B)];
    // a change of coordinates, so rounding alone
    for (const key of keys) expect(Math.abs(a[key] - b[key]), key).toBeLessThan(1e-12);
  };
  const all: ('cka' | 'kta' | 'debiased')[] = ['cka', 'kta', 'debiased'];

  test('1 with itself', async () => {
    const a = await aligned(Psi, Psi);
    for (const key of all) expect(Math.abs(a[key] - 1)).toBeLessThan(1e-13);
    expect(a.cka).toBeLessThanOrEqual(1);
  });
  test('symmetric in its two sides', async () => {
    const [a, b] = [await aligned(Psi, T), await aligned(T, Psi)];
    for (const key of all) expect(Math.abs(a[key] - b[key])).toBeLessThan(1e-13);
  });
  test('blind to orthogonal maps and scale', () =>
    same(
      multiply(Psi, orthogonal(6, 3)).map((r) => r.map((v) => 7 * v)),
      T,
      all,
    ));
  test('CKA and debiased CKA blind to translation, KTA not', async () => {
    const moved = Psi.map((row) => row.map((v, j) => v + j + 1));
    await same(moved, T, ['cka', 'debiased']);
    expect(Math.abs((await aligned(moved, T)).kta - (await aligned(Psi, T)).kta)).toBeGreaterThan(0.01);
  });
  test('blind to a joint permutation of the samples, not to one of a single side', async () => {
    const order = Psi.map((_, i) => (7 * i + 3) % 18);
    const permuted = (M: Matrix) => order.map((i) => M[i]);
    await same(permuted(Psi), permuted(T), all);
    expect(Math.abs((await aligned(permuted(Psi), T)).cka - (await aligned(Psi, T)).cka)).toBeGreaterThan(0.01);
  });
  test('changed by a general linear map', async () => {
    const stretched = Psi.map((row) => row.map((v, j) => v * (j + 1)));
    expect(Math.abs((await aligned(stretched, T)).cka - (await aligned(Psi, T)).cka)).toBeGreaterThan(0.01);
  });

  test('balanced one-hot targets against the identity kernel and a constant one', async () => {
    const [P, C] = [20, 5];
    const labels = Array.from({ length: P }, (_, i) => i % C);
    // The unbiased estimator cannot be had of the identity itself: a millionth of noise stands in for none, and is forgiven below.
    const noise = features(P, P, 8);
    const identity = matrix(P, P, (i, j) => +(i === j) + 1e-6 * noise[i][j]);
    const a = await aligned(identity, oneHot(labels));
    expect(a.kta).toBeCloseTo(Math.sqrt(C / P), 5);
    expect(a.cka).toBeCloseTo(Math.sqrt((C - 1) / (P - 1)), 5);
    // A constant kernel has no CKA; a hair of noise beside the constant shows its KTA.
    const constant = features(P, 3, 9).map((row) => [1, ...row.map((v) => 1e-6 * v)]);
    expect((await aligned(constant, oneHot(labels))).kta).toBeCloseTo(1 / Math.sqrt(C), 10);
  });

  test('simplex features, as after neural collapse: CKA 1, KTA √((C−1)/C)', async () => {
    const C = 4;
    const labels = Array.from({ length: 24 }, (_, i) => i % C);
    const simplex = oneHot(labels).map((row) => row.map((v) => v - 1 / C));
    const a = await aligned(simplex, oneHot(labels));
    expect(a.cka).toBeCloseTo(1, 13);
    expect(a.kta).toBeCloseTo(Math.sqrt((C - 1) / C), 13);
  });

  test('independent Gaussians: biased CKA near p/(P + p), debiased near 0', async () => {
    const [P, p, draws] = [60, 20, 40];
    let [biased, debiased] = [0, 0];
    for (let s = 0; s < draws; s++) {
      const a = await aligned(features(P, p, 100 + s), features(P, p, 500 + s));
      biased += a.cka / draws;
      debiased += a.debiased / draws;
    }
    // One draw scatters by some 0.01 (measured), so the mean of 40 by 0.002; the formula holds to 1/P.
    expect(Math.abs(biased - p / (P + p))).toBeLessThan(0.01);
    expect(Math.abs(debiased)).toBeLessThan(0.01);
  });

  test('the mean of small batches’ biased CKA is not the CKA of the whole', async () => {
    const [whole, batch] = [200, 8];
    const A = features(whole, 16, 11);
    const B = transpose(transpose(A).slice(0, 4)).map((row, i) => [...row, ...features(whole, 12, 12)[i]]);
    const all = (await aligned(A, B)).cka;
    let mean = 0;
    for (let i = 0; i < whole; i += batch) mean += ((await aligned(A.slice(i, i + batch), B.slice(i, i + batch))).cka * batch) / whole;
    expect(mean - all).toBeGreaterThan(0.3);
  });
});

describe('refuses by name', () => {
  const reference = (P: number) =>
    alignmentReference({ algebra, P, y: flat(features(P, 2, 1)), classes: 2, x: flat(features(P, 3, 2)), inputs: 3 });
  const layer = async (change: Partial<Parameters<typeof layerAlignment>[0]>) =>
    layerAlignment({ algebra, reference: await reference(6), layer: 'layer3', features: flat(features(6, 2, 3)), P: 6, N: 2, ...change });
  test.each([
    [{ features: Float64Array.of(1, NaN, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) }, 'layer3: sample 0, feature 1 is NaN'],
    [{ features: Float32Array.of(1, 0, 2, 3, 4, 5, 6, -Infinity, 8, 9, 10, 11) }, 'layer3: sample 3, feature 1 is -Infinity'],
    [{ features: new Float64Array(12).fill(0.1) }, 'layer3: its features are the same for all 6 samples'],
    [{ features: new Float64Array(11) }, 'layer3: expected 6 × 2 = 12 features, got 11'],
    [{ P: 4, features: new Float64Array(8) }, 'layer3: expected 6 samples (as the target), got 4'],
  ])('%#', (change, message) => expect(layer(change)).rejects.toThrow(message));
  test('fewer than four samples', () => expect(reference(3)).rejects.toThrow('target: alignments need at least 4 samples, got 3'));
});
