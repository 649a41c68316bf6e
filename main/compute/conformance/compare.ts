// Numbers beside numbers, for every check of a device.
import type { Check } from '../../contract/results.ts';

/** Test values in [−1, 1] without a generator: the fractional parts of multiples of an irrational number. */
export const values = (n: number, salt: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => 2 * (((i + 1) * (Math.SQRT2 + salt)) % 1) - 1);

/** The largest deviation of `got` from `want`; NaN and a wrong length are infinitely far. */
export function check(name: string, got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): Check {
  let deviation = got.length === want.length ? 0 : Infinity;
  for (let i = 0; i < Math.min(got.length, want.length); i++) {
    const off = Math.abs(got[i] - want[i]);
    deviation = Math.max(deviation, Number.isNaN(off) ? Infinity : off);
  }
  return { name, passed: deviation <= tolerance, deviation, tolerance };
}

const largest = (v: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < v.length; i++) most = Math.max(most, Math.abs(v[i]));
  return most;
};

/** The same in units of the largest number of `want`. */
export function checkRelative(name: string, got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): Check {
  const { deviation } = check(name, got, want, 0);
  const size = largest(want);
  // A `want` of zeros, or none, would let anything pass.
  const relative = size > 0 ? deviation / size : Infinity;
  return { name, passed: relative <= tolerance, deviation: relative, tolerance };
}
