// Regressions that are done: by the definition, centred and not, and beside what the theory says of them.
import { describe, expect, test } from 'vitest';
import { createGenerator } from '../../../main/devices/random.ts';
import { learningCurve } from '../../../main/kernels/regression.ts';
import { measuredCurve, predictionErrors, sampleCounts, type RidgeOptions } from '../../../main/kernels/ridge.ts';
import { kernelSpectrum, layerKernel } from '../../../main/kernels/spectrum.ts';
import { centre, flat, gram, matrix, multiply, oneHot, solve, transpose, unflat, type Matrix } from '../../support/numerics.ts';
import { algebra, algebras, features } from './support.ts';

const classes = 3;
/** Features whose variance falls, and classes that follow the first of them, with some noise. */
function task(P: number, N: number, seed: number) {
  const Psi = features(P, N, seed).map((row) => row.map((v, j) => v * (j + 1) ** -0.8));
  const noise = features(P, classes, seed + 1);
  const labels = Psi.map((row, i) => {
    const scores = Array.from({ length: classes }, (_, c) => row[c] * (c + 1) ** 0.8 + row[c + 3] + 0.1 * noise[i][c]);
    return scores.indexOf(Math.max(...scores));
  });
  return { Psi, Y: oneHot(labels, classes) };
}
const withoutMean = (Y: Matrix) => {
  const mean = Y[0].map((_, c) => Y.reduce((s, row) => s + row[c], 0) / Y.length);
  return { mean, rest: Y.map((row) => row.map((v, c) => v - mean[c])) };
};
const spread = (values: number[]) => {
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1))];
};
const optionsOf = (K: Matrix, Y: Matrix, change: Partial<RidgeOptions> = {}): RidgeOptions => ({
  algebra,
  K: flat(K),
  P: K.length,
  y: flat(Y),
  classes,
  centred: false,
  ridge: 0.3,
  counts: [1, 5, 12],
  draws: 3,
  generator: createGenerator(7, 'ridge test'),
  ...change,
});

describe.each(algebras)('%s', (_, using) => {
  test.each([false, true])('is what the definition gives; centred: %s', async (centred) => {
    const P = 24;
    const { Psi, Y } = task(P, 10, 3);
    const K = centred ? centre(gram(Psi)) : gram(Psi);
    const shares: number[] = [];
    const o = optionsOf(K, Y, { algebra: using, centred, onProgress: (share) => shares.push(share) });
    const got = await measuredCurve(o);
    const { mean, rest } = centred ? withoutMean(Y) : { mean: [0, 0, 0], rest: Y };
    const draws = createGenerator(7, 'ridge test');
    for (const [at, n] of o.counts.entries()) {
      const [all, held, wrong]: number[][] = [[], [], []];
      for (let d = 0; d < o.draws; d++) {
        const drawn = [...draws.permutation(P)].slice(0, n);
        const A = matrix(n, n, (i, j) => K[drawn[i]][drawn[j]] + (i === j ? o.ridge : 0));
        const alpha = solve(A, drawn.map((i) => rest[i])); // prettier-ignore
        const F = multiply(K.map((row) => drawn.map((j) => row[j])), alpha).map((row) => row.map((v, c) => v + mean[c])); // prettier-ignore
        const error = F.map((row, i) => row.reduce((s, v, c) => s + (v - Y[i][c]) ** 2, 0));
        const miss = F.map((row, i) => Number(row.indexOf(Math.max(...row)) !== Y[i].indexOf(1)));
        const others = error.keys().filter((i) => !drawn.includes(i)).toArray(); // prettier-ignore
        all.push(error.reduce((s, v) => s + v, 0) / P);
        held.push(others.reduce((s, i) => s + error[i], 0) / (P - n));
        wrong.push(others.reduce((s, i) => s + miss[i], 0) / (P - n));
      }
      const want = [...spread(all), ...spread(held), ...spread(wrong)];
      const { error, errorSd, heldError, heldErrorSd, heldWrong, heldWrongSd } = got[at];
      for (const [k, v] of [error, errorSd, heldError, heldErrorSd, heldWrong, heldWrongSd].entries()) expect(v).toBeCloseTo(want[k], 11);
      expect(got[at].n).toBe(n);
    }
    expect(shares).toEqual([1 / 3, 2 / 3, 1]);
  });
});

test('few of many samples: the theory of their spectrum says what the error is on average', async () => {
  const [P, N] = [600, 120];
  const { Psi, Y } = task(P, N, 5);
  const K = await layerKernel({ algebra, layer: 'layer1', P, features: flat(Psi), N, centred: false });
  const spectrum = await kernelSpectrum({ algebra, layer: 'layer1', K, P, y: flat(Y), classes, centred: false, features: N });
  const ridge = 0.3 * spectrum.eigenvalues.reduce((s, v) => s + v, 0);
  const counts = [6, 12, 25, 50];
  const measured = await measuredCurve(optionsOf(unflat(K, P), Y, { ridge, counts, draws: 40 }));
  const power = spectrum.power.map((C, k) => C - (k === 0 ? 0 : spectrum.power[k - 1]));
  const theory = learningCurve({ eigenvalues: spectrum.eigenvalues, power, nullPower: spectrum.nullPower, ridge }, counts);
  for (const [i, { error, errorSd, n }] of measured.entries()) {
    // Forty draws leave a sixth of their scatter; the theory is one of many samples, to some 1/n, and of n ≪ P, to some n/P.
    const allowed = (3 * errorSd) / Math.sqrt(40) + (0.3 / n + (0.5 * n) / P) * error;
    expect(Math.abs(error - theory[i].error), `n = ${n}: ${error} and ${theory[i].error}`).toBeLessThan(allowed);
    expect(allowed / error).toBeLessThan(0.15);
  }
  expect(measured[3].error).toBeLessThan(0.85 * measured[0].error); // there was something to learn
});

test('a kernel of features is their Gram matrix, or that without their mean', async () => {
  const Psi = features(9, 5, 2, 1);
  const o = { algebra, layer: 'layer1', P: 9, features: flat(Psi), N: 5 };
  const distance = (a: Float64Array, b: Matrix) => Math.max(...a.map((v, i) => Math.abs(v - flat(b)[i])));
  expect(distance(await layerKernel({ ...o, centred: false }), multiply(Psi, transpose(Psi)))).toBeLessThan(1e-13);
  expect(distance(await layerKernel({ ...o, centred: true }), centre(gram(Psi)))).toBeLessThan(1e-13);
  const bad = flat(Psi);
  bad[7] = NaN;
  await expect(layerKernel({ ...o, features: bad, centred: false })).rejects.toThrow(/^layer1: .*NaN/);
});

test('numbers of samples: from 4 to half of them or 2,000, each once', () => {
  expect(sampleCounts(1000)).toEqual([4, 7, 12, 20, 34, 58, 100, 171, 292, 500]);
  expect(sampleCounts(100_000).at(-1)).toBe(2000);
  expect(sampleCounts(8)).toEqual([4]);
  expect(sampleCounts(4)).toEqual([2]);
});

test('errors: of all samples and of some; of equal outputs the first class is taken', () => {
  const y = Float64Array.of(1, 0, 0, 1, 1, 0);
  const f = Float64Array.of(0.5, 0.5, 0.9, 0.1, 1, 0);
  expect(predictionErrors(f, y, 3, 2)).toEqual({ error: expect.closeTo((0.5 + 1.62 + 0) / 3, 15) as number, wrong: 1 / 3 });
  expect(predictionErrors(f, y, 3, 2, [0, 2])).toEqual({ error: 0.25, wrong: 0 });
});

test('a ridge that rounding swallows is named; what is stopped ends', async () => {
  const K = gram(features(12, 2, 4)); // rank 2: without a ridge no regression on three samples has one solution
  const Y = oneHot(Array.from({ length: 12 }, (_, i) => i % classes), classes); // prettier-ignore
  const one = K.map((row) => row.map(() => 1));
  await expect(measuredCurve(optionsOf(one, Y, { ridge: 1e-18 }))).rejects.toThrow(
    'ridge: 1e-18 is lost in the rounding of a kernel on 5 samples; take a larger one',
  );
  await expect(measuredCurve(optionsOf(K, Y, { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'cancelled' });
});
