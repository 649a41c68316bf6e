// Correlations of Table I against their definition done naively, and a worked interval.
import { expect, test } from 'vitest';
import { table1Columns, table1Rows } from '../../../main/contract/sweeps.ts';
import { correlations, type Outcome } from '../../../main/sweeps/index.ts';
import { correlated, fisherInterval, pearson } from '../../../main/contract/correlation.ts';
import { paperTable1 } from '../../../main/sweeps/table1.ts';

/** A generator of numbers in [0, 1) that needs no library. */
function* numbers(seed: number): Generator<number, never> {
  for (let s = seed; ;) yield (s = (s * 16807) % 2147483647) / 2147483647;
}

const draw = numbers(7);
const next = () => draw.next().value;
const runs: Outcome[] = Array.from({ length: 48 }, (_, i) => ({
  skip: i % 2,
  augment: (i >> 1) % 2,
  batchSize: [512, 2048, 4096][i % 3],
  learningRate: [0.1, 0.01][(i >> 2) % 2],
  momentum: (i >> 3) % 2,
  loss: next(),
  accuracy: 0.5 + next() / 2,
  ckaTest: next(),
  ckaTrain: next(),
  meanCkaTest: next(),
  meanCkaTrain: next(),
}));

/** r as (n Σxy − Σx Σy) / √((n Σx² − (Σx)²)(n Σy² − (Σy)²)) */
function naive(x: number[], y: number[]): number {
  const n = x.length;
  const sum = (f: (i: number) => number) => x.reduce((s, _, i) => s + f(i), 0);
  const [sx, sy] = [sum((i) => x[i]), sum((i) => y[i])];
  const top = n * sum((i) => x[i] * y[i]) - sx * sy;
  return top / Math.sqrt((n * sum((i) => x[i] ** 2) - sx ** 2) * (n * sum((i) => y[i] ** 2) - sy ** 2));
}

test('every entry is the correlation of its row’s and its column’s numbers', () => {
  const keys = Object.keys(runs[0]) as (keyof Outcome)[];
  const columns = ['loss', 'accuracy', 'ckaTest', 'ckaTrain'] as const;
  const found = correlations(runs);
  expect(found.map((c) => [c.row, c.column])).toEqual(table1Rows.flatMap((row) => table1Columns.map((column) => [row, column])));
  found.forEach((c, i) => {
    const [x, y] = [keys[i >> 2], columns[i % 4]].map((key) => runs.map((run) => run[key] as number));
    // The naive sums cancel some three digits of sixteen.
    expect(c.r).toBeCloseTo(naive(x, y), 12);
    expect(c.n).toBe(48);
    expect(c.low! <= c.r! && c.r! <= c.high!).toBe(true);
    expect(c.signAgrees).toBe(c.r! * c.paper > 0);
  });
});

test('a worked example: x = 1 … 5, y = 2, 1, 4, 3, 5', () => {
  // Σ(x − 3)(y − 3) = 2 + 2 + 0 + 0 + 4 = 8 and both sums of squares are 10.
  expect(pearson([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])).toBeCloseTo(0.8, 14);
});

test('a worked interval: r = 0.8, n = 28', () => {
  // artanh 0.8 = ln(1.8/0.2)/2 = ln 3; half the width is 1.959963984540054/5; tanh z = (e^2z − 1)/(e^2z + 1)
  const { low, high } = fisherInterval(0.8, 28);
  const [below, above] = [-1, 1].map((sign) => 9 * Math.exp((sign * 2 * 1.959963984540054) / 5));
  expect(low).toBeCloseTo((below - 1) / (below + 1), 14);
  expect(high).toBeCloseTo((above - 1) / (above + 1), 14);
  // 9·e^±0.783986 = 4.10936 and 19.71112, so (3.10936/5.10936, 18.71112/20.71112)
  expect(low).toBeCloseTo(0.6086, 4);
  expect(high).toBeCloseTo(0.9034, 4);
});

test('of a square’s corners 0; pairs that lack a number do not count, and fewer than four are none', () => {
  expect(pearson([0, 0, 1, 1], [0, 1, 0, 1])).toBe(0);
  expect(pearson([1, 1, 1, 1], [1, 2, 3, 4])).toBeNull();
  expect(correlated([1, 2, NaN, 3, 4], [1, 2, 9, 3, null])).toEqual({ n: 3, r: null, low: null, high: null });
  const { n, r, low, high } = correlated([1, null, 2, 3, 4, 5], [2, 8, 1, 4, 3, 5]);
  expect([n, r]).toEqual([5, expect.closeTo(0.8, 14)]);
  expect({ low, high }).toEqual(fisherInterval(r as number, 5));
});

test('perfect correlations keep their interval within 1', () => {
  const x = [0.1, 0.2, 0.7, 0.3, 0.4];
  expect(pearson(x, x)).toBeCloseTo(1, 15);
  expect(
    pearson(
      x,
      x.map((v) => -v),
    ),
  ).toBeCloseTo(-1, 15);
  expect(fisherInterval(1, 5)).toEqual({ low: 1, high: 1 });
  expect(fisherInterval(-1, 5)).toEqual({ low: -1, high: -1 });
});

test('fewer than four runs, or a column that does not vary: no correlation', () => {
  expect(correlations(runs.slice(0, 3)).every((c) => c.r === null && c.low === null && c.high === null && c.signAgrees === null)).toBe(
    true,
  );
  const sgd = correlations(runs.map((run) => ({ ...run, momentum: 0 })));
  expect(sgd.filter((c) => c.r === null).map((c) => c.row)).toEqual(Array(4).fill('Momentum'));
});

test('a number that a run does not have leaves out the run there alone', () => {
  const some = runs.map((run, i) => ({ ...run, skip: i < 10 ? null : run.skip }));
  const found = correlations(some);
  expect(found.filter((c) => c.n === 38).map((c) => c.row)).toEqual(Array(4).fill('Skip'));
  expect(found[0].r).toBeCloseTo(
    naive(
      runs.slice(10).map((r) => r.skip as number),
      runs.slice(10).map((r) => r.loss as number),
    ),
    12,
  );
});

test('the paper’s table is symmetric where it has both entries', () => {
  const square = ['Loss', 'Acc.', 'CKA (Test)', 'CKA (Train)'] as const;
  square.forEach((a, i) => square.forEach((b, j) => expect(paperTable1[a][j]).toBe(paperTable1[b][i])));
});
