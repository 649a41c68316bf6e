import { expect, test } from 'vitest';
import { createGenerator, generatorFrom } from '../../../main/devices/random.ts';

/** xoshiro128** by its definition, in BigInt: the second route. */
function* reference(s: [bigint, bigint, bigint, bigint]) {
  const mask = 0xffff_ffffn;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  for (;;) {
    yield Number((rotl((s[1] * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11n);
  }
}

test('words are those of xoshiro128**', () => {
  const ours = generatorFrom([1, 2, 3, 4]);
  const theirs = reference([1n, 2n, 3n, 4n]);
  const words = Array.from({ length: 1000 }, () => ours.word());
  expect(words.slice(0, 3)).toEqual([11520, 0, 5927040]); // by hand from the definition
  expect(words).toEqual(Array.from({ length: 1000 }, () => theirs.next().value));
});

test('moments of uniform and normal numbers', () => {
  const g = createGenerator(7, 'moments');
  const n = 200_000;
  const u = Array.from({ length: n }, () => g.next());
  const z = Array.from({ length: n }, () => g.normal());
  const mean = (a: number[]) => a.reduce((s, v) => s + v, 0) / a.length;
  // five standard errors of each moment: √(1/12n), √(1/n), √(2/n), √(15/n), √(96/n)
  expect(Math.abs(mean(u) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
  expect(Math.abs(mean(z))).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(mean(z.map((v) => v * v)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  expect(Math.abs(mean(z.map((v) => v ** 3)))).toBeLessThan(5 * Math.sqrt(15 / n));
  expect(Math.abs(mean(z.map((v) => v ** 4)) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  expect(u.every((v) => v >= 0 && v < 1)).toBe(true);
});

test('streams of one seed, and neighbouring seeds, are uncorrelated', () => {
  const n = 50_000;
  const draw = (seed: number, stream: string) => {
    const g = createGenerator(seed, stream);
    return Array.from({ length: n }, () => g.next() - 0.5);
  };
  const pairs = [
    [draw(0, 'weights'), draw(0, 'shuffle')],
    [draw(0, 'weights'), draw(1, 'weights')],
    [draw(1, 'a'), draw(2, 'a')],
  ];
  for (const [a, b] of pairs) {
    const r = (12 * a.reduce((s, v, i) => s + v * b[i], 0)) / n;
    expect(Math.abs(r)).toBeLessThan(5 / Math.sqrt(n)); // five standard errors of a correlation of independent samples
  }
});

test('the state restores the sequence, with a normal number half drawn', () => {
  const g = createGenerator(3, 'state');
  g.normal();
  const state = g.state();
  const after = [g.normal(), g.next(), g.integer(10), ...g.permutation(20)];
  const h = createGenerator(99, 'other');
  h.restore(state);
  expect([h.normal(), h.next(), h.integer(10), ...h.permutation(20)]).toEqual(after);
});

test('a permutation holds each number once, and every place is equally likely', () => {
  const g = createGenerator(5, 'permutation');
  const counts = new Float64Array(36);
  const n = 12_000;
  for (let i = 0; i < n; i++) {
    const p = g.permutation(6);
    expect([...p].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    p.forEach((v, place) => counts[place * 6 + v]++);
  }
  const chi2 = counts.reduce((s, c) => s + (c - n / 6) ** 2 / (n / 6), 0);
  expect(chi2).toBeLessThan(60); // 25 degrees of freedom: 60 is passed once in 10⁴
});
