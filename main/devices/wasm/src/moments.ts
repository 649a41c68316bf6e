// One share of a symmetric kernel's tile and its moments in float64, in a single pass over the tile: what the alignments of the tangent
// kernel need of each layer, without the share ever being stored.
import { bytes, madd } from './parts/simd';

// @ts-ignore: decorator
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1));
}

// @ts-ignore: decorator
@inline
function both(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

// @ts-ignore: decorator
@inline
function add64(at: usize, v: v128): void {
  v128.store(at, f64x2.add(v128.load(at), v));
}

// @ts-ignore: decorator
@inline
function share(
  more: bool, masked: bool, s: usize, a: usize, scale: f32, shift: f32, b: usize, l: usize, m: i32, n: i32, rows: usize, columns: usize, out: usize,
): void {
  const S = f32x4.splat(scale), H = f32x4.splat(shift);
  const width = bytes(n), body = bytes(n & ~3);
  let square = f64x2.splat(0), product = f64x2.splat(0);
  let squares: f64 = 0, products: f64 = 0, trace: f64 = 0;
  memory.fill(columns, 0, <usize>n << 3);
  for (let r = 0; r < m; r++) {
    let row = f64x2.splat(0);
    let rest: f64 = 0;
    let i: usize = 0;
    for (; i < body; i += 16) {
      let t = madd(S, v128.load(a + i), H);
      if (masked) t = f32x4.mul(t, v128.load(b + i));
      v128.store(s + i, more ? f32x4.add(v128.load(s + i), t) : t);
      const y = v128.load(l + i), t0 = low(t), t1 = high(t), c = columns + (i << 1);
      square = f64x2.add(square, f64x2.add(f64x2.mul(t0, t0), f64x2.mul(t1, t1)));
      product = f64x2.add(product, f64x2.add(f64x2.mul(t0, low(y)), f64x2.mul(t1, high(y))));
      row = f64x2.add(row, f64x2.add(t0, t1));
      add64(c, t0);
      add64(c + 16, t1);
    }
    for (; i < width; i += 4) {
      let t = scale * load<f32>(a + i) + shift;
      if (masked) t *= load<f32>(b + i);
      store<f32>(s + i, more ? load<f32>(s + i) + t : t);
      const v = f64(t), c = columns + (i << 1);
      squares += v * v;
      products += v * f64(load<f32>(l + i));
      rest += v;
      store<f64>(c, load<f64>(c) + v);
    }
    store<f64>(rows + (<usize>r << 3), both(row) + rest);
    if (r < n) {
      let t = scale * load<f32>(a + bytes(r)) + shift;
      if (masked) t *= load<f32>(b + bytes(r));
      trace += f64(t);
    }
    s += width;
    a += width;
    l += width;
    b += width;
  }
  store<f64>(out, both(square) + squares);
  store<f64>(out, both(product) + products, 8);
  store<f64>(out, trace, 16);
}

/** T = (scale·a + shift) ∘ b, or scale·a + shift where b is 0; S ← S + T, or S ← T where `more` is 0. a, b, s, l: [m, n] float32.
 *  out: ⟨T, T⟩, ⟨T, L⟩, Σ_k T_kk; rows [m], columns [n]: sums of T, all float64 and written anew. */
export function addShare(
  s: usize, more: bool, a: usize, scale: f32, shift: f32, b: usize, l: usize, m: i32, n: i32, rows: usize, columns: usize, out: usize,
): void {
  if (b) {
    if (more) share(true, true, s, a, scale, shift, b, l, m, n, rows, columns, out);
    else share(false, true, s, a, scale, shift, b, l, m, n, rows, columns, out);
  } else if (more) share(true, false, s, a, scale, shift, b, l, m, n, rows, columns, out);
  else share(false, false, s, a, scale, shift, b, l, m, n, rows, columns, out);
}

/** ⟨x, y⟩ of [n] float32 in float64 */
export function innerProduct(x: usize, y: usize, n: i32): f64 {
  let p = f64x2.splat(0), q = f64x2.splat(0);
  const body = bytes(n & ~3), end = bytes(n);
  let i: usize = 0;
  for (; i < body; i += 16) {
    const u = v128.load(x + i), v = v128.load(y + i);
    p = f64x2.add(p, f64x2.mul(low(u), low(v)));
    q = f64x2.add(q, f64x2.mul(high(u), high(v)));
  }
  let sum = both(f64x2.add(p, q));
  for (; i < end; i += 4) sum += f64(load<f32>(x + i)) * f64(load<f32>(y + i));
  return sum;
}
