// Every measure against its definition done naively, numbers by NumPy, cases by hand, and what must and must not change it.
import { describe, expect, test } from 'vitest';
import { similarityMeasures, type SimilarityMeasure } from '../../../../main/contract/results.ts';
import type { Algebra } from '../../../../main/devices/algebra.ts';
import { readFeatures } from '../../../../main/kernels/features.ts';
import { centredKernel } from '../../../../main/kernels/measures/basis.ts';
import { comparison, openComparison, type Comparison } from '../../../../main/kernels/measures/index.ts';
import { procrustesDistance } from '../../../../main/kernels/measures/procrustes.ts';
import { rbfCkaWith } from '../../../../main/kernels/measures/rbf-cka.ts';
import { directionsFor, svccaKeeping } from '../../../../main/kernels/measures/svcca.ts';
import { centre, debiasedCka, flat, gram, matrix, multiply, type Matrix } from '../../../support/numerics.ts';
import { algebra, algebras, features, orthogonal } from '../support.ts';
import * as naive from './naive.ts';

const input = (A: Matrix, layer = 'layer') => ({ layer, features: flat(A), P: A.length, N: A[0].length });
async function under(open: Comparison, A: Matrix, B: Matrix): Promise<number> {
  return open.value(await open.add(input(A, 'a')), await open.add(input(B, 'b')));
}
const value = (measure: SimilarityMeasure, A: Matrix, B: Matrix, by: Algebra = algebra) => under(openComparison(by, measure), A, B);

const definitions: Record<SimilarityMeasure, (A: Matrix, B: Matrix) => number> = {
  cka: naive.linearCka,
  'debiased-cka': (A, B) => debiasedCka(gram(A), gram(B)),
  svcca: (A, B) => naive.svcca(A, B),
  pwcca: naive.pwcca,
  procrustes: naive.procrustes,
  'rbf-cka': (A, B) => naive.rbfCka(A, B),
};

// Well-conditioned random features: float64 rounding of some hundred terms, and of a Gram matrix whose condition is under 1e3.
const rounding = 1e-11;

describe.each(algebras)('algebra %s', (_, by) => {
  const P = 20;
  // Two sets that share a part, or CCA of few samples would be near 1 by chance alone.
  const pairOf = (a: number, b: number): [Matrix, Matrix] => {
    const common = features(P, 3, 9, 1);
    const mixed = (N: number, seed: number) => {
      const [own, mix] = [features(P, N, seed, 2), multiply(common, features(3, N, seed + 50))];
      return own.map((row, i) => row.map((v, j) => v + mix[i][j]));
    };
    return [mixed(a, 1), mixed(b, 2)];
  };
  describe.each(similarityMeasures)('%s', (measure) => {
    test.each([
      [5, 7],
      [7, 5],
      [1, 4],
      [6, 6],
      [20, 8],
      [30, 6],
      [6, 30],
      [30, 25],
    ])('N = %i and %i: as defined', async (a, b) => {
      // With P − 1 directions on one side every correlation is 1, and PWCCA's weights are anybody's choice; its value is 1 still.
      const [A, B] = pairOf(a, b);
      expect(Math.abs((await value(measure, A, B, by)) - definitions[measure](A, B))).toBeLessThan(rounding);
    });
    test('a layer with itself, computed', async () => {
      for (const N of [4, 30]) expect(Math.abs((await value(measure, pairOf(N, 2)[0], pairOf(N, 2)[0], by)) - 1)).toBeLessThan(rounding);
    });
  });
});

// numpy.linalg.svd, float64: U of the centred matrices with s > 1e-9 s₁; SVCCA mean(svd(U_AᵀU_B)); PWCCA Σαρ with α ∝ |hᵀA_c| summed over columns;
// Procrustes sum(svd(A_cᵀB_c))/(‖A_c‖‖B_c‖); RBF-CKA with σ = f·median(distances, i < j).
const X = [[1, 2], [0, 1], [3, 1], [2, 2], [1, 0], [4, 3]]; // prettier-ignore
const Y = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]; // prettier-ignore
const Z = [[2, 1, 0, 1], [1, 0, 1, 3], [0, 2, 2, 1], [1, 1, 4, 0], [3, 0, 1, 2], [0, 5, 1, 1]]; // prettier-ignore
describe('numbers by NumPy, to their last digit', () => {
  test.each([
    ['X', 'Y', X, Y, { cka: 0.274964423409, 'debiased-cka': -0.114707866935, svcca: 0.431787769588, pwcca: 0.332850848736, procrustes: 0.404061017821, 'rbf-cka': 0.665093298088 }], // prettier-ignore
    ['X', 'Z', X, Z, { svcca: 0.659341224706, pwcca: 0.779317618418, procrustes: 0.713890454061, 'rbf-cka': 0.89134599678 }],
    ['Z', 'X', Z, X, { svcca: 0.659341224706, pwcca: 0.867228637335, procrustes: 0.713890454061, 'rbf-cka': 0.89134599678 }],
  ] as const)('%s with %s', async (_a, _b, A, B, numbers) => {
    for (const [measure, want] of Object.entries(numbers))
      expect([measure, Math.abs((await value(measure as SimilarityMeasure, A, B)) - want) < 6e-13]).toEqual([measure, true]);
  });
  test('80 % of the variance, and a bandwidth of one median', async () => {
    expect(await under(comparison(algebra, svccaKeeping(0.8)), X, Y)).toBeCloseTo(0.548192793335, 12);
    expect(await under(comparison(algebra, svccaKeeping(0.8)), X, Z)).toBeCloseTo(0.983103982569, 12);
    expect(await under(comparison(algebra, rbfCkaWith(1)), X, Y)).toBeCloseTo(0.471948789516, 12);
    expect(await under(comparison(algebra, rbfCkaWith(1)), X, Z)).toBeCloseTo(0.854112106477, 12);
  });
});

describe('by hand: the three contrasts e of four samples', () => {
  const [e1, e2, e3] = [[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]].map((e) => e.map((v) => v / 2)); // prettier-ignore
  const columns = (...c: number[][]) => matrix(4, c.length, (i, j) => c[j][i] + 3);
  const twice = e1.map((v) => 2 * v);
  const [A, B] = [columns(twice, e2), columns(e1, e3)];
  // ρ = 1, 0 and s_A = 2, 1, s_B = 1, 1: A holds twice as much of e1 as of e2
  test.each([
    ['cka', 4 / Math.sqrt(17 * 2), 4 / Math.sqrt(17 * 2)],
    ['svcca', 1 / 2, 1 / 2],
    ['pwcca', 2 / 3, 1 / 2],
    ['procrustes', 2 / Math.sqrt(5 * 2), 2 / Math.sqrt(5 * 2)],
  ] as const)('%s', async (measure, ab, ba) => {
    expect(await value(measure, A, B)).toBeCloseTo(ab, 13);
    expect(await value(measure, B, A)).toBeCloseTo(ba, 13);
  });
  test('rbf-cka: the contrasts are the eigenvectors of both kernels', async () => {
    // A: samples at distance 1 (e2 differs), 2 (e1), √5: median 2, σ = 1. B: 1 (e3), 1 (e1), √2: median 1, σ = ½.
    const k = (d: number, sigma: number) => Math.exp(-(d * d) / (2 * sigma * sigma));
    const [a1, a2, a3] = [k(2, 1), k(1, 1), k(Math.sqrt(5), 1)]; // partners in which e1 changes sign, e2, both
    const [b1, b3, b13] = [k(1, 0.5), k(1, 0.5), k(Math.SQRT2, 0.5)];
    const eigenA = [1 - a1 + a2 - a3, 1 + a1 - a2 - a3, 1 - a1 - a2 + a3]; // of e1, e2, e3 = 2 e1 e2
    const eigenB = [1 - b1 + b3 - b13, 1 - b1 - b3 + b13, 1 + b1 - b3 - b13]; // of e1, e2 = 2 e1 e3, e3
    const product = (a: number[], b: number[]) => a.reduce((s, v, i) => s + v * b[i], 0);
    const want = product(eigenA, eigenB) / Math.sqrt(product(eigenA, eigenA) * product(eigenB, eigenB));
    expect(await value('rbf-cka', A, B)).toBeCloseTo(want, 13);
  });
  test('nothing in common is 0 for all measures of lines', async () => {
    const [a, b] = [columns(e1), columns(e2)];
    for (const measure of ['cka', 'svcca', 'pwcca', 'procrustes'] as const)
      expect(Math.abs(await value(measure, a, b))).toBeLessThan(1e-15);
    expect(procrustesDistance(0)).toBe(Math.SQRT2);
    expect(procrustesDistance(1)).toBe(0);
  });
});

describe('what changes nothing, and what does', () => {
  const [P, N] = [24, 6];
  const [A, B] = [features(P, N, 3, 1), features(P, 9, 4, 1)].map((M, q) => M.map((row, i) => row.map((v, j) => v + (q + j) * (i % 3))));
  const moved = (M: Matrix) => M.map((row) => row.map((v, j) => -2.5 * v + 7 * j));
  const rotated = (M: Matrix) => multiply(M, orthogonal(M[0].length, 5));
  const order = Array.from({ length: P }, (_, i) => (i * 7) % P);
  const shuffled = (M: Matrix) => order.map((i) => M[i]);
  const skewed = (M: Matrix) => multiply(M, features(M[0].length, M[0].length, 6));
  const rest = similarityMeasures.filter((m) => m !== 'pwcca');

  test.each(similarityMeasures)('%s: scaling, translation, order of samples, padding with constant columns', async (measure) => {
    const want = await value(measure, A, B);
    const padded = (M: Matrix) => M.map((row) => [...row, 3, 0]);
    for (const [a, b] of [
      [moved(A), B],
      [A, moved(B)],
      [shuffled(A), shuffled(B)],
      [padded(A), padded(B)],
    ])
      // prettier-ignore
      expect(Math.abs((await value(measure, a, b)) - want)).toBeLessThan(rounding);
    expect(want).toBeLessThan(0.99);
  });
  test.each(rest)('%s: orthogonal maps of either side; equal to the other way round', async (measure) => {
    const want = await value(measure, A, B);
    for (const [a, b] of [[rotated(A), B], [A, rotated(B)], [B, A]]) expect(Math.abs((await value(measure, a, b)) - want)).toBeLessThan(rounding); // prettier-ignore
    expect(Math.abs((await value(measure, A, rotated(A))) - 1)).toBeLessThan(rounding);
  });
  test('pwcca: any invertible map of the second side; not a rotation of the first, whose neurons give the weights', async () => {
    const want = await value('pwcca', A, B);
    for (const b of [rotated(B), skewed(B)]) expect(Math.abs((await value('pwcca', A, b)) - want)).toBeLessThan(1e-9); // skewed: condition some 1e2
    expect(Math.abs((await value('pwcca', rotated(A), B)) - want)).toBeGreaterThan(1e-4);
    expect(Math.abs((await value('pwcca', A, skewed(A))) - 1)).toBeLessThan(1e-9);
  });
  test('svcca of all directions: any invertible map; of 99 %, and the others, not', async () => {
    const all = () => comparison(algebra, svccaKeeping(1));
    const want = await under(all(), A, B);
    for (const [a, b] of [[skewed(A), B], [A, skewed(B)], [skewed(A), skewed(B)]]) expect(Math.abs((await under(all(), a, b)) - want)).toBeLessThan(1e-9); // prettier-ignore
    const thin = A.map((row) => row.map((v, j) => (j === 0 ? 0.01 * v : v))); // one axis under 1 % of the variance
    for (const measure of rest) expect(Math.abs((await value(measure, thin, B)) - (await value(measure, A, B)))).toBeGreaterThan(1e-4);
  });
  test('rbf-cka of a large bandwidth is linear CKA', async () => {
    const linear = await value('cka', A, B);
    const far = (f: number) => under(comparison(algebra, rbfCkaWith(f)), A, B).then((v) => Math.abs(v - linear));
    // The next term of the exponential is 1/f² of the first.
    expect(await far(100)).toBeLessThan(1e-3);
    expect((await far(100)) / (await far(10))).toBeCloseTo(0.01, 2);
  });
});

test('rank: repeated and constant columns, more features than samples, and a small direction count as what they are', async () => {
  const A = features(16, 4, 11);
  const B = features(16, 3, 12);
  const open = () => comparison(algebra, svccaKeeping(1));
  const want = await under(open(), A, B);
  const doubled = A.map((row) => [...row, ...row, 1, row[0] + row[1]]);
  const wide = multiply(A, features(4, 40, 13)); // rank 4 in 40 features
  const small = A.map((row) => row.map((v, j) => (j === 2 ? 1e-5 * v : v)));
  for (const a of [doubled, wide, small]) expect(Math.abs((await under(open(), a, B)) - want)).toBeLessThan(1e-9);
  const noise = A.map((row, i) => [...row, 1e-8 * Math.sin(i * i)]); // as small as rounding of float32 features
  expect(Math.abs((await under(open(), noise, B)) - want)).toBeLessThan(1e-9);
  // As wide as the samples: any two sets have all of the space in common.
  expect(await under(open(), features(16, 20, 1), B)).toBeCloseTo(1, 12);
});

test('a centred kernel is the same in whatever tiles', async () => {
  const A = features(11, 5, 2, 4);
  const want = flat(centre(gram(A)));
  for (const step of [1, 4, 10, 11]) {
    const K = await centredKernel(algebra, await readFeatures(input(A)), step);
    // the naive one holds means of 16·N beside the centred part
    for (const [k, v] of K.entries()) expect(Math.abs(v - want[k])).toBeLessThan(1e-12);
  }
});

test('directions that hold a share of the variance', () => {
  const s = Float64Array.of(3, 2, 1);
  expect([9 / 14, 0.65, 13 / 14, 0.95, 1].map((share) => directionsFor(s, share))).toEqual([1, 2, 2, 3, 3]);
});

describe('refusals name the layer', () => {
  const good = input(features(8, 3, 1), 'good');
  test.each([
    ['three samples', input(features(3, 2, 1), 'conv1'), 'conv1: alignments need at least 4 samples, got 3'],
    ['other samples', input(features(9, 2, 1), 'conv1'), 'conv1: expected 8 samples (as good), got 9'],
    ['NaN', { ...input(features(8, 2, 1), 'conv1'), features: Float64Array.from({ length: 16 }, (_, i) => (i === 5 ? NaN : i)) }, 'conv1: sample 2, feature 1 is NaN'], // prettier-ignore
    ['no variance', input(matrix(8, 2, (_, j) => j + 0.1), 'conv1'), 'conv1: its features are the same for all 8 samples'], // prettier-ignore
  ])('%s', async (_, bad, message) => {
    for (const measure of similarityMeasures) {
      const open = openComparison(algebra, measure);
      await open.add(good);
      await expect(open.add(bad)).rejects.toThrow(message);
    }
  });
  test('a median distance of 0', async () => {
    const mostlyEqual = matrix(8, 2, (i, j) => (i === 0 ? j + 1 : 0.1));
    await expect(openComparison(algebra, 'rbf-cka').add(input(mostlyEqual, 'conv2'))).rejects.toThrow('conv2: half of all pairs');
  });
});
