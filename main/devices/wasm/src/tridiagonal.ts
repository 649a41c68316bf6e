// Eigenvalues of a symmetric tridiagonal matrix T = Z Λ Zᵀ, and U ← ZᵀU for the C columns that are asked for instead of all of Z.
// Implicit QL in the form of Pal, Walker and Kahan (LAPACK's dsterf), whose step from one rotation to the next holds one division and no
// root; the rotations themselves are formed beside that chain, so they cost little more than their application to U.
import { at, bytes, madd, nmadd, put } from './parts/simd64';

/** Square under which an off-diagonal element counts as 0: (2⁻⁵⁴)², where T is scaled to a largest element of 1. */
const NEGLIGIBLE: f64 = 3.0814879110195774e-33;
const EPSILON2: f64 = 4.930380657631324e-32; // (2⁻⁵²)²
/** Sweeps an eigenvalue may take on average, as in LAPACK; two or less is usual. */
const SWEEPS: i32 = 30;
/** A squared pivot under this is treated as 0, before the quotients below could underflow. */
const TINY: f64 = 1e-120;

/** Rows i of U [n, C], i.e. C8 bytes from q on, and the next ← (c·uᵢ − s·uᵢ₊₁, s·uᵢ + c·uᵢ₊₁); C is even. */
// @ts-ignore: decorator
@inline
function rotate(q: usize, C8: usize, c: v128, s: v128): void {
  for (const end = q + C8; q < end; q += 16) {
    const x = v128.load(q), y = v128.load(q + C8);
    v128.store(q, nmadd(s, y, f64x2.mul(c, x)));
    v128.store(q + C8, madd(c, y, f64x2.mul(s, x)));
  }
}

/** Continues where `state` = [l, sweeps] (two i32, at first 0) left off, for about `budget` rotations.
 *  d [n]: diagonal, at the end the eigenvalues in no order; f [n]: SQUARES of the off-diagonal elements, whose signs U has absorbed;
 *  U [n, C], C even. Answers 1: done, 0: call again, −1: no convergence (as with NaN). */
export function ql(n: i32, d: usize, f: usize, U: usize, C: i32, state: usize, budget: i32): i32 {
  const C8 = bytes(C);
  let l = load<i32>(state), sweeps = load<i32>(state, 4);
  put(f, n - 1, 0);
  while (l < n) {
    let m = l;
    for (; m < n - 1; m++) {
      const g = at(f, m);
      if (g <= NEGLIGIBLE || g <= EPSILON2 * abs(at(d, m) * at(d, m + 1))) break;
    }
    put(f, m, 0);
    if (m == l) {
      l++;
      continue;
    }
    if (budget <= 0) break;
    if (++sweeps > SWEEPS * n) return -1;
    budget -= m - l;
    sweep(l, m, d, f, U, C8);
  }
  store<i32>(state, l);
  store<i32>(state, sweeps, 4);
  return l < n ? 0 : 1;
}

/** One QL sweep over rows l … m with Wilkinson's shift.
 *  With x the pivot and e the element beside it: c = x/√(x²+e²), s = e/√(x²+e²), γ = c·x. Carried are p = x² and γ, and with
 *  t = p(α−σ) − e²γ, r = p + e²: γ ← t/r, p ← t²/(r·p). The sign of c is that of x = γ/c, so it follows by products of signs. */
function sweep(l: i32, m: i32, d: usize, f: usize, U: usize, C8: usize): void {
  const e = sqrt(at(f, l));
  const g = (at(d, l + 1) - at(d, l)) / (2 * e);
  const h = sqrt(g * g + 1);
  const sigma = at(d, l) - e / (g + (g >= 0 ? h : -h));
  const high = i64x2.splat(0x8000000000000000);
  let gamma = at(d, m) - sigma;
  let p = gamma * gamma;
  let c2: f64 = 1, s2: f64 = 0;
  let sign = i64x2.splat(0);
  let q = U + <usize>m * C8;
  for (let i = m - 1; i >= l; i--) {
    q -= C8;
    const bb = at(f, i), alpha = at(d, i);
    const r = p + bb;
    if (i < m - 1) put(f, i + 1, s2 * r);
    const R = f64x2.splat(r);
    const before = c2;
    const squares = f64x2.div(f64x2.replace_lane(f64x2.splat(p), 1, bb), R); // c², s²
    const roots = f64x2.sqrt(squares);
    c2 = f64x2.extract_lane(squares, 0);
    s2 = f64x2.extract_lane(squares, 1);
    sign = v128.xor(sign, v128.and(high, f64x2.splat(gamma)));
    let c = v128.or(v128.shuffle<f64>(roots, roots, 0, 0), sign);
    let next: f64;
    if (p > TINY) {
      const t = p * (alpha - sigma) - bb * gamma;
      const quotients = f64x2.div(f64x2.replace_lane(f64x2.splat(t), 1, t * t), f64x2.replace_lane(f64x2.splat(r), 1, r * p));
      next = f64x2.extract_lane(quotients, 0);
      p = f64x2.extract_lane(quotients, 1);
    } else {
      // c = 0, s = 1: the next pivot is −(the last c)·e.
      next = -gamma;
      p = before * bb;
    }
    put(d, i + 1, gamma + (alpha - next));
    gamma = next;
    rotate(q, C8, c, v128.shuffle<f64>(roots, roots, 1, 1));
  }
  put(d, l, sigma + gamma);
  put(f, l, s2 * p);
  // f holds no signs: where e = s·x came out negative, row l of U takes the sign.
  if (i64x2.extract_lane(v128.xor(sign, f64x2.splat(gamma)), 0) < 0)
    for (const end = q + C8; q < end; q += 16) v128.store(q, f64x2.neg(v128.load(q)));
}
