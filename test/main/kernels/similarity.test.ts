// Layer × layer CKA, and the two forms of the product under it.
import { describe, expect, test } from 'vitest';
import { readFeatures } from '../../../main/kernels/features.ts';
import { centredProducts } from '../../../main/kernels/product.ts';
import { similarity, similarityMatrix } from '../../../main/kernels/similarity.ts';
import { centre, cka, flat, gram, inner } from '../../support/numerics.ts';
import { algebra, features } from './support.ts';

const input = (P: number, N: number, seed: number, mean = 0) => ({
  layer: `layer${seed}`,
  features: flat(features(P, N, seed, mean)),
  P,
  N,
});

test('equals CKA of each pair, symmetric, with a diagonal of exactly 1', async () => {
  const P = 15;
  for (const widths of [
    [3, 7, 2],
    [3, 15, 40], // a layer as wide as the samples, and a wider one
  ]) {
    const sets = widths.map((N, l) => input(P, N, l, l));
    const S = await similarityMatrix(algebra, sets);
    for (const [a, row] of S.entries())
      for (const [b, value] of row.entries()) {
        expect(value).toBe(S[b][a]);
        // both in float64, rounding alone
        expect(Math.abs(value - cka(gram(features(P, widths[a], a, a)), gram(features(P, widths[b], b, b))))).toBeLessThan(1e-12);
      }
    expect(S.map((row, a) => row[a])).toEqual(widths.map(() => 1));
    expect(await similarity(algebra, sets[0], sets[2])).toBeCloseTo(S[0][2], 13);
  }
});

describe('⟨HK₁H, HK₂H⟩', () => {
  test.each([
    [20, 4, 6],
    [20, 30, 5],
    [20, 30, 25],
    [20, 20, 20],
  ])('P = %i, N = %i and %i: the same in whatever blocks', async (P, a, b) => {
    const [A, B] = [await readFeatures(input(P, a, 1, 5)), await readFeatures(input(P, b, 2, 5))];
    const [Ka, Kb] = [centre(gram(features(P, a, 1, 5))), centre(gram(features(P, b, 2, 5)))];
    const want = [inner(Ka, Ka), inner(Ka, Kb)];
    for (const rows of [undefined, 1, 3, 7, 100]) {
      const got = await centredProducts(algebra, A, [A, B], rows);
      // the naive kernels hold a mean of 25·N beside a centred part of N
      for (const [i, v] of got.entries()) expect(Math.abs(v / want[i] - 1)).toBeLessThan(1e-11);
    }
  });
});

test('refuses sets of different samples, and names the layer', async () => {
  await expect(similarityMatrix(algebra, [input(8, 2, 1), input(9, 2, 2)])).rejects.toThrow(
    /layer2 has 9 samples and layer1 8: kernels are compared on the same samples only/,
  );
  await expect(similarityMatrix(algebra, [input(3, 2, 1)])).rejects.toThrow('layer1: alignments need at least 4 samples');
});
