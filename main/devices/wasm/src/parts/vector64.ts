// Float64 vectors: products, sums and reflectors, the parts of the band reduction and of the QR factorisation.
import { at, bytes, madd, put } from './simd64';

/** xᵀy */
export function dot(x: usize, y: usize, n: i32): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    a = madd(v128.load(x), v128.load(y), a);
    b = madd(v128.load(x, 16), v128.load(y, 16), b);
    x += 32;
    y += 32;
  }
  a = f64x2.add(a, b);
  let s = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; i < n; i++) {
    s += load<f64>(x) * load<f64>(y);
    x += 8;
    y += 8;
  }
  return s;
}

/** y ← y + a·x */
export function axpy(a: f64, x: usize, y: usize, n: i32): void {
  const A = f64x2.splat(a);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(y, madd(A, v128.load(x), v128.load(y)));
    v128.store(y, madd(A, v128.load(x, 16), v128.load(y, 16)), 16);
    x += 32;
    y += 32;
  }
  for (; i < n; i++) {
    store<f64>(y, load<f64>(y) + a * load<f64>(x));
    x += 8;
    y += 8;
  }
}

/** y ← y + a·x; answers xᵀz: a symmetric matrix times a vector reads each element once */
export function axpyDot(a: f64, x: usize, y: usize, z: usize, n: i32): f64 {
  const A = f64x2.splat(a);
  let p = f64x2.splat(0), q = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const u = v128.load(x), w = v128.load(x, 16);
    v128.store(y, madd(A, u, v128.load(y)));
    v128.store(y, madd(A, w, v128.load(y, 16)), 16);
    p = madd(u, v128.load(z), p);
    q = madd(w, v128.load(z, 16), q);
    x += 32;
    y += 32;
    z += 32;
  }
  p = f64x2.add(p, q);
  let s = f64x2.extract_lane(p, 0) + f64x2.extract_lane(p, 1);
  for (; i < n; i++) {
    store<f64>(y, load<f64>(y) + a * load<f64>(x));
    s += load<f64>(x) * load<f64>(z);
    x += 8;
    y += 8;
    z += 8;
  }
  return s;
}

/** y ← y + a·x + b·z */
export function axpy2(a: f64, x: usize, b: f64, z: usize, y: usize, n: i32): void {
  const A = f64x2.splat(a), B = f64x2.splat(b);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    v128.store(y, madd(A, v128.load(x), madd(B, v128.load(z), v128.load(y))));
    x += 16;
    y += 16;
    z += 16;
  }
  if (i < n) store<f64>(y, load<f64>(y) + a * load<f64>(x) + b * load<f64>(z));
}

/** x [n] ← 0 */
export function clear(x: usize, n: i32): void {
  memory.fill(x, 0, bytes(n));
}

/** The reflector I − τvvᵀ, v₀ = 1, that maps x [n] to (β, 0, …): v is written, x becomes (β, 0, …); answers τ (0: nothing to do).
 *  Elements must be far from over- and underflow in squares; callers scale. */
export function reflector(x: usize, v: usize, n: i32): f64 {
  put(v, 0, 1);
  const alpha = load<f64>(x);
  const rest = n > 1 ? dot(x + 8, x + 8, n - 1) : 0;
  if (rest == 0) {
    // What was too small for its square to count is dropped.
    if (n > 1) clear(v + 8, n - 1);
    if (n > 1) clear(x + 8, n - 1);
    return 0;
  }
  let beta = -sqrt(alpha * alpha + rest);
  if (alpha < 0) beta = -beta;
  const inverse = 1 / (alpha - beta);
  for (let i = 1; i < n; i++) {
    put(v, i, at(x, i) * inverse);
    put(x, i, 0);
  }
  store<f64>(x, beta);
  return (beta - alpha) / beta;
}

/** U [rows, C] (C even) ← (I − τvvᵀ)U; g: C numbers of working space */
export function reflectRows(tau: f64, v: usize, U: usize, rows: i32, C: i32, g: usize): void {
  const C8 = bytes(C);
  clear(g, C);
  let q = U;
  for (let r = 0; r < rows; r++) {
    const x = f64x2.splat(at(v, r));
    for (let i: usize = 0; i < C8; i += 16) v128.store(g + i, madd(x, v128.load(q + i), v128.load(g + i)));
    q += C8;
  }
  q = U;
  for (let r = 0; r < rows; r++) {
    const x = f64x2.splat(-tau * at(v, r));
    for (let i: usize = 0; i < C8; i += 16) v128.store(q + i, madd(x, v128.load(g + i), v128.load(q + i)));
    q += C8;
  }
}
