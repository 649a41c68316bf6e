// Intervals against tables, worked examples from the literature, and how often they cover the truth.
import { expect, test } from 'vitest';
import {
  correlationDifference,
  correlationInterval,
  differenceInterval,
  meanInterval,
  overlapping,
  shareInterval,
  studentT,
} from '../../../main/sweeps/intervals.ts';
import { fisherInterval } from '../../../main/contract/correlation.ts';

/** Uniform in [0, 1), always the same. */
function uniform(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const normal = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

test('Student’s t agrees with tables', () => {
  for (const [nu, t] of [
    [3, 3.182446],
    [4, 2.776445],
    [5, 2.570582],
    [9, 2.262157],
    [35, 2.030108],
    [1000, 1.962339],
  ])
    expect(studentT(nu)).toBeCloseTo(t, 4); // the algorithm's own error is 1e-5 at ν = 3
});

test('a mean: by hand, and its interval covers the truth 95 times of 100', () => {
  // x̄ = 3, s² = 2.5, √(s²/5) = 0.70711, t₄ = 2.77645
  const found = meanInterval([1, 2, 3, 4, 5]);
  expect(found?.value).toBe(3);
  expect(found?.low).toBeCloseTo(3 - 1.963243, 5);
  expect(found?.high).toBeCloseTo(3 + 1.963243, 5);
  expect(meanInterval([1, 2, 3])).toBeNull();
  const random = uniform(1);
  let covered = 0;
  for (let i = 0; i < 4000; i++) {
    const v = Array.from({ length: 6 }, () => 0.3 + normal(random));
    const { low, high } = meanInterval(v) as { low: number; high: number };
    if (low <= 0.3 && 0.3 <= high) covered++;
  }
  expect(covered / 4000).toBeGreaterThan(0.94); // a share of 0.95 has a standard deviation of 0.0034
  expect(covered / 4000).toBeLessThan(0.96);
});

test('a difference of means: Welch’s degrees of freedom, by hand, and its sign', () => {
  // s² = 5/3 and 20/3 of four each: u = 5/12, v = 5/3, ν = (25/12)² / ((5/12)²/3 + (5/3)²/3) = 4.41176
  const found = differenceInterval([1, 2, 3, 4], [2, 4, 6, 8]);
  expect(found?.value).toBe(-2.5);
  const half = studentT(4.411764706) * Math.sqrt(25 / 12);
  expect(found?.high).toBeCloseTo(-2.5 + half, 6);
  expect(half).toBeGreaterThan(studentT(5) * Math.sqrt(25 / 12));
  expect(half).toBeLessThan(studentT(4) * Math.sqrt(25 / 12));
  const turned = differenceInterval([2, 4, 6, 8], [1, 2, 3, 4]);
  expect([turned?.low, turned?.high]).toEqual([-(found?.high as number), -(found?.low as number)]);
  expect(differenceInterval([1, 2, 3], [1, 2, 3, 4])).toBeNull();
  expect(differenceInterval([2, 2, 2, 2], [1, 1, 1, 1])).toEqual({ value: 1, low: 1, high: 1 });
});

test('a share: Wilson’s interval for 8 of 10, and it never leaves [0, 1]', () => {
  const found = shareInterval(8, 10);
  expect(found?.low).toBeCloseTo(0.4902, 4);
  expect(found?.high).toBeCloseTo(0.9433, 4);
  expect(shareInterval(36, 36)?.high).toBe(1);
  expect(shareInterval(36, 36)?.low).toBeCloseTo(1 / (1 + 1.959964 ** 2 / 36), 6);
  expect(shareInterval(0, 36)?.low).toBe(0);
  expect(shareInterval(3, 3)).toBeNull();
});

test('two correlations with the same third: the worked example of Zou 2007, and what follows from symmetry', () => {
  const first = { value: 0.396, ...fisherInterval(0.396, 66) };
  const second = { value: 0.179, ...fisherInterval(0.179, 66) };
  const found = overlapping(first, second, 0.088);
  expect(found.value).toBeCloseTo(0.217, 9);
  expect(found.low).toBeCloseTo(-0.093, 3);
  expect(found.high).toBeCloseTo(0.517, 3);
  const turned = overlapping(second, first, 0.088);
  expect(turned.low).toBeCloseTo(-found.high, 12);
  const random = uniform(7);
  const y = Array.from({ length: 60 }, () => normal(random));
  const near = y.map((v) => v + 0.3 * normal(random));
  const far = y.map((v) => v + 3 * normal(random));
  expect(correlationDifference(near, far, y)?.low).toBeGreaterThan(0);
  expect(correlationDifference(far, near, y)?.high).toBeLessThan(0);
  // Of the same quantity twice nothing but the asymmetry of Fisher's interval is left.
  const same = correlationDifference(near, near, y);
  const { low, high } = fisherInterval(correlationInterval(near, y)?.value as number, 60);
  expect(same?.value).toBe(0);
  expect(same?.high).toBeLessThan((high - low) / 2);
  expect(same?.low).toBeGreaterThan(-(high - low) / 2);
  expect(correlationDifference([1, 1, 1, 1], [1, 2, 3, 4], [4, 2, 3, 1])).toBeNull();
});

test('the difference of two correlations is covered about 95 times of 100', () => {
  const random = uniform(11);
  let covered = 0;
  const runs = 1500;
  // y = a + e with a, b, e standard normal and b = (a + g)/√2: r(a, y) = √½, r(b, y) = ½
  const truth = Math.SQRT1_2 - 0.5;
  for (let i = 0; i < runs; i++) {
    const a = Array.from({ length: 48 }, () => normal(random));
    const b = a.map((v) => (v + normal(random)) / Math.SQRT2);
    const y = a.map((v) => v + normal(random));
    const found = correlationDifference(a, b, y) as { low: number; high: number };
    if (found.low <= truth && truth <= found.high) covered++;
  }
  expect(covered / runs).toBeGreaterThan(0.93); // three standard deviations of 0.0056 and a little for an approximate interval
  expect(covered / runs).toBeLessThan(0.97);
});

test('a correlation without spread has no interval', () => {
  expect(correlationInterval([1, 2, 3], [1, 2, 3])).toBeNull();
  expect(correlationInterval([1, 2, 3, 5], [1, 1, 1, 1])).toBeNull();
  expect(correlationInterval([1, 2, 3, 5], [2, 1, 5, 3])?.value).toBeCloseTo(3.75 / 8.75, 12);
});
