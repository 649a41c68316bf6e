// 95 % intervals by which a statement about many runs is judged: of a mean, of a difference of means, of a share, of a correlation, and of the
// difference of two correlations with the same third quantity.
import { fisherInterval, pearson } from '../contract/correlation.ts';

export interface Interval {
  value: number;
  low: number;
  high: number;
}

const z = 1.959963984540054; // of the standard normal distribution at 0.975
/** Under so many numbers there is no interval. */
export const fewest = 4;
const mean = (v: readonly number[]) => v.reduce((s, x) => s + x, 0) / v.length;
/** Σ (x − x̄)² / (n − 1) */
const variance = (v: readonly number[]) => {
  const m = mean(v);
  return v.reduce((s, x) => s + (x - m) ** 2, 0) / (v.length - 1);
};
const around = (value: number, half: number): Interval => ({ value, low: value - half, high: value + half });

/** Student's t at 0.975 with ν ≥ 3 degrees of freedom, which need not be whole: Hill 1970, algorithm 396 of the ACM. */
export function studentT(nu: number): number {
  const P = 0.05; // of both tails
  const a = 1 / (nu - 0.5);
  const b = 48 / a ** 2;
  let c = ((20_700 * (a / b) - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * nu;
  let y = (d * P) ** (2 / nu);
  if (y <= 0.05 + a) {
    y = ((1 / (((nu + 6) / (nu * y) - 0.089 * d - 0.822) * (nu + 2) * 3) + 0.5 / (nu + 4)) * y - 1) * ((nu + 1) / (nu + 2)) + 1 / y;
    return Math.sqrt(nu * y);
  }
  const x = -z;
  if (nu < 5) c += 0.3 * (nu - 4.5) * (x + 0.6);
  c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
  y = x * x;
  y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
  y = Math.expm1(a * y * y);
  return Math.sqrt(nu * y);
}

/** x̄ ± t √(s²/n); null for fewer than four numbers. Paired differences go in here. */
export function meanInterval(v: readonly number[]): Interval | null {
  if (v.length < fewest) return null;
  return around(mean(v), studentT(v.length - 1) * Math.sqrt(variance(v) / v.length));
}

/** ā − b̄ of two groups with variances of their own (Welch 1947); null where one has fewer than four. */
export function differenceInterval(a: readonly number[], b: readonly number[]): Interval | null {
  if (a.length < fewest || b.length < fewest) return null;
  const [u, v] = [variance(a) / a.length, variance(b) / b.length];
  const difference = mean(a) - mean(b);
  if (u + v === 0) return around(difference, 0);
  const nu = (u + v) ** 2 / (u ** 2 / (a.length - 1) + v ** 2 / (b.length - 1));
  return around(difference, studentT(nu) * Math.sqrt(u + v));
}

/** Share of `yes` among `n` (Wilson 1927); null for fewer than four. */
export function shareInterval(yes: number, n: number): Interval | null {
  if (n < fewest) return null;
  const value = yes / n;
  const centre = (value + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((value * (1 - value)) / n + z ** 2 / (4 * n ** 2));
  return { value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Pearson's r with Fisher's interval; null for fewer than four pairs, or where one of the two does not vary. */
export function correlationInterval(x: readonly number[], y: readonly number[]): Interval | null {
  const value = pearson(x, y);
  return value === null ? null : { value, ...fisherInterval(value, x.length) };
}

/** r(a, y) − r(b, y) over the same runs: Zou 2007, which counts in that a and b are themselves correlated. */
export function correlationDifference(a: readonly number[], b: readonly number[], y: readonly number[]): Interval | null {
  const [first, second, both] = [correlationInterval(a, y), correlationInterval(b, y), pearson(a, b)];
  return first && second && both !== null ? overlapping(first, second, both) : null;
}

/** first: r₁₃ with its interval; second: r₂₃; both: r₁₂ */
export function overlapping(first: Interval, second: Interval, both: number): Interval {
  const [p, q, r] = [first.value, second.value, both];
  const spread = (1 - p ** 2) * (1 - q ** 2);
  // Of perfect correlations nothing is left over that could vary together.
  const c = spread === 0 ? 0 : ((r - (p * q) / 2) * (1 - p ** 2 - q ** 2 - r ** 2) + r ** 3) / spread;
  const reach = (u: number, v: number) => Math.sqrt(Math.max(0, u ** 2 + v ** 2 - 2 * c * u * v));
  const value = p - q;
  return { value, low: value - reach(p - first.low, second.high - q), high: value + reach(first.high - p, q - second.low) };
}
