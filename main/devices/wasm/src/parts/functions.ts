// Functions of four float32 at once, within about one unit in the last place. NaN in, NaN out.
import { madd } from './simd';

// @ts-ignore: decorator
@inline
function c(x: f32): v128 {
  return f32x4.splat(x);
}

/** max(x, 0); pmax(x, 0) is x unless x < 0, so NaN passes (pmax(0, x) would hide it). */
// @ts-ignore: decorator
@inline
export function relu4(x: v128): v128 {
  return f32x4.pmax(x, c(0));
}

/** eˣ: 2ⁿ·e^r with |r| ≤ ln 2 / 2 (Cephes expf); 0 under −103.97, ∞ over 88.72. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  // Clamped so that NaN stays: pmin and pmax return their first operand when it is NaN.
  const y = f32x4.pmin(f32x4.pmax(x, c(-104)), c(89));
  const n = f32x4.nearest(f32x4.mul(y, c(1.44269504)));
  // ln 2 in two parts, the first exact in few bits; separate roundings matter more than speed here
  let r = f32x4.sub(y, f32x4.mul(n, c(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, c(-2.12194440e-4)));
  let p = madd(c(1.9875691500e-4), r, c(1.3981999507e-3));
  p = madd(p, r, c(8.3334519073e-3));
  p = madd(p, r, c(4.1665795894e-2));
  p = madd(p, r, c(1.6666665459e-1));
  p = madd(p, r, c(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), c(1));
  // 2ⁿ in two factors, so that results down to the subnormal ones and n = 128 come out right
  const i = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(i, 1);
  const a = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const b = i32x4.shl(i32x4.add(i32x4.sub(i, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(p, a), b);
}

/** x with the sign bit of s */
// @ts-ignore: decorator
@inline
function withSign(x: v128, s: v128): v128 {
  return v128.or(x, v128.and(s, i32x4.splat(<i32>0x80000000)));
}

/** tanh x: an odd polynomial under 0.625 (Cephes tanhf), 1 − 2/(e^(2|x|) + 1) above. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const t = f32x4.abs(x);
  const s = f32x4.mul(x, x);
  let p = madd(c(-5.70498872745e-3), s, c(2.06390887954e-2));
  p = madd(p, s, c(-5.37397155531e-2));
  p = madd(p, s, c(1.33314422036e-1));
  p = madd(p, s, c(-3.33332819422e-1));
  const small = madd(f32x4.mul(p, s), x, x);
  const large = f32x4.sub(c(1), f32x4.div(c(2), f32x4.add(exp4(f32x4.add(t, t)), c(1))));
  return v128.bitselect(small, withSign(large, x), f32x4.lt(t, c(0.625)));
}

/** erf x: two polynomials of N. Juffa's erff (njuffa, 1 ulp), in |x| ≤ 0.927734375 and 1 − e^r above. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const t = f32x4.abs(x);
  const s = f32x4.mul(x, x);
  let p = madd(c(-5.96761703e-4), s, c(4.99119423e-3));
  p = madd(p, s, c(-2.67681349e-2));
  p = madd(p, s, c(1.12819925e-1));
  p = madd(p, s, c(-3.76125336e-1));
  p = madd(p, s, c(1.28379166e-1));
  const small = madd(p, x, x);
  // From 4 on erf is 1 in float32; the clamp keeps r from overflowing and NaN as it is.
  const u = f32x4.pmin(t, c(4));
  const q = f32x4.mul(u, u);
  let r = madd(c(-1.72853470e-5), u, c(3.83197126e-4));
  r = madd(r, q, madd(c(-3.88396438e-3), u, c(2.42546219e-2)));
  r = madd(r, u, c(-1.06777877e-1));
  r = madd(r, u, c(-6.34846687e-1));
  r = madd(r, u, c(-1.28717512e-1));
  r = f32x4.sub(f32x4.mul(r, u), u);
  const large = f32x4.sub(c(1), exp4(r));
  return v128.bitselect(small, withSign(large, x), f32x4.le(t, c(0.927734375)));
}

/** The activations by number; ops.ts has the same numbers. */
export const LINEAR: i32 = 0;
export const RELU: i32 = 1;
export const TANH: i32 = 2;
export const ERF: i32 = 3;

/** φ(z) */
// @ts-ignore: decorator
@inline
export function activate4(kind: i32, z: v128): v128 {
  if (kind == RELU) return relu4(z);
  if (kind == TANH) return tanh4(z);
  if (kind == ERF) return erf4(z);
  return z;
}

/** g·φ′, with φ′ from the output h for linear, relu and tanh, and from z for erf. */
// @ts-ignore: decorator
@inline
export function chain4(kind: i32, g: v128, h: v128): v128 {
  if (kind == RELU) {
    // 0 at and under 0; where h is NaN, all bits set: NaN
    return v128.or(v128.and(g, f32x4.gt(h, c(0))), f32x4.ne(h, h));
  }
  if (kind == TANH) return f32x4.mul(g, f32x4.sub(c(1), f32x4.mul(h, h)));
  if (kind == ERF) return f32x4.mul(g, f32x4.mul(c(1.1283791671), exp4(f32x4.neg(f32x4.mul(h, h)))));
  return g;
}
