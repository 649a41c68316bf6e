/** The largest difference of `got` from `want`, over the largest number of `want`; a wrong length, or none, is infinitely far. */
export function off(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length || want.length === 0) return Infinity;
  let [most, scale] = [0, 1e-6]; // what is zero but for rounding has no largest to be compared with
  for (let i = 0; i < want.length; i++) {
    most = Math.max(most, Math.abs(got[i] - want[i])); // a NaN stays one, and is less than nothing
    scale = Math.max(scale, Math.abs(want[i]));
  }
  return most / scale;
}
