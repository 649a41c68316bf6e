// Two float64 lanes: a fused multiply-add where the build has it, and addresses of float64 elements.

/** a·b + c in two lanes; rounded once with relaxed SIMD, twice without. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** c − a·b in two lanes. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_nmadd(a, b, c);
  return f64x2.sub(c, f64x2.mul(a, b));
}

/** Bytes of n float64. */
// @ts-ignore: decorator
@inline
export function bytes(n: i32): usize {
  return <usize>n << 3;
}

/** x[i] */
// @ts-ignore: decorator
@inline
export function at(x: usize, i: i32): f64 {
  return load<f64>(x + bytes(i));
}

/** x[i] ← v */
// @ts-ignore: decorator
@inline
export function put(x: usize, i: i32, v: f64): void {
  store<f64>(x + bytes(i), v);
}
