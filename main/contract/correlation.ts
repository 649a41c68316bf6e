// Pearson's correlation and its interval: one implementation for Table I, figures and pages.

/** Fewer have no interval, and are no correlation. */
export const leastPairs = 4;
const mean = (v: readonly number[]) => v.reduce((s, x) => s + x, 0) / v.length;
const varies = (v: readonly number[]) => v.some((x) => x !== v[0]);

/** r = Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² · Σ (y − ȳ)²); null where n < 4 or one of them does not vary */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
  if (x.length < leastPairs || !varies(x) || !varies(y)) return null;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((a, i) => {
    xy += (a - mx) * (y[i] - my);
    xx += (a - mx) ** 2;
    yy += (y[i] - my) ** 2;
  });
  return Math.min(1, Math.max(-1, xy / (Math.sqrt(xx) * Math.sqrt(yy)))); // rounding must not lead out of atanh's domain
}

const normalQuantile = 1.959963984540054; // of the standard normal distribution at 0.975

/** Fisher's 95 % interval tanh(artanh r ± 1.96 / √(n − 3)), n ≥ 4 */
export function fisherInterval(r: number, n: number): { low: number; high: number } {
  const [z, half] = [Math.atanh(r), normalQuantile / Math.sqrt(n - 3)];
  return { low: Math.tanh(z - half), high: Math.tanh(z + half) };
}

export interface Correlated {
  /** pairs in which both are numbers */
  n: number;
  /** null, as are the bounds: n < 4, or one of the two does not vary */
  r: number | null;
  low: number | null;
  high: number | null;
}

/** r and its 95 % interval over the pairs in which both are numbers. */
export function correlated(x: readonly (number | null)[], y: readonly (number | null)[]): Correlated {
  const there = (v: number | null): v is number => v !== null && Number.isFinite(v);
  const pairs = x.flatMap((a, i) => (there(a) && there(y[i]) ? [[a, y[i]]] : []));
  const n = pairs.length;
  const r = pearson(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
  );
  return { n, r, ...(r === null ? { low: null, high: null } : fisherInterval(r, n)) };
}
