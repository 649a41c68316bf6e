// Sums, and the gradient of an activation with its column sums in one pass.
import { chain4, LINEAR, RELU, TANH } from './parts/functions';
import { bytes } from './parts/simd';

/** Rows whose column sums stay in registers before they go to memory: the error grows with BLOCK + rows/BLOCK, not with rows. */
const BLOCK: i32 = 64;

/** Σ x, accumulated in float64 */
export function total(x: usize, n: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  const body = bytes(n & ~3);
  const end = bytes(n);
  let i: usize = 0;
  for (; i < body; i += 16) {
    const v = v128.load(x + i);
    a = f64x2.add(a, f64x2.promote_low_f32x4(v));
    b = f64x2.add(b, f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)));
  }
  a = f64x2.add(a, b);
  let s = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; i < end; i += 4) s += f64(load<f32>(x + i));
  return s;
}

/** o = x·1, x [rows, cols] → [rows] */
export function rowSums(x: usize, o: usize, rows: i32, cols: i32): void {
  for (let r = 0; r < rows; r++) store<f32>(o + bytes(r), f32(total(x + <usize>r * bytes(cols), cols)));
}

/** One vector (or, narrow, one column) of the delta and of its sum over rows r0 … r1. */
// @ts-ignore: decorator
@inline
function strip(kind: i32, narrow: bool, g: usize, h: usize, o: usize, sum: usize, rows: i32, width: usize): void {
  let s = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    const d = narrow
      ? chain4(kind, v128.load32_zero(g), kind == LINEAR ? f32x4.splat(0) : v128.load32_zero(h))
      : chain4(kind, v128.load(g), kind == LINEAR ? f32x4.splat(0) : v128.load(h));
    if (kind != LINEAR) {
      if (narrow) v128.store_lane<f32>(o, d, 0);
      else v128.store(o, d);
    }
    s = f32x4.add(s, d);
    g += width;
    h += width;
    o += width;
  }
  if (narrow) v128.store_lane<f32>(sum, f32x4.add(v128.load32_zero(sum), s), 0);
  else v128.store(sum, f32x4.add(v128.load(sum), s));
}

/** Four vectors of a row: a whole cache line at a time, its sums in registers. */
// @ts-ignore: decorator
@inline
function wide(kind: i32, g: usize, h: usize, o: usize, sum: usize, rows: i32, width: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let r = 0; r < rows; r++) {
    let d0 = v128.load(g), d1 = v128.load(g, 16), d2 = v128.load(g, 32), d3 = v128.load(g, 48);
    if (kind != LINEAR) {
      d0 = chain4(kind, d0, v128.load(h));
      d1 = chain4(kind, d1, v128.load(h, 16));
      d2 = chain4(kind, d2, v128.load(h, 32));
      d3 = chain4(kind, d3, v128.load(h, 48));
      v128.store(o, d0);
      v128.store(o, d1, 16);
      v128.store(o, d2, 32);
      v128.store(o, d3, 48);
    }
    s0 = f32x4.add(s0, d0);
    s1 = f32x4.add(s1, d1);
    s2 = f32x4.add(s2, d2);
    s3 = f32x4.add(s3, d3);
    g += width;
    h += width;
    o += width;
  }
  v128.store(sum, f32x4.add(v128.load(sum), s0));
  v128.store(sum, f32x4.add(v128.load(sum, 16), s1), 16);
  v128.store(sum, f32x4.add(v128.load(sum, 32), s2), 32);
  v128.store(sum, f32x4.add(v128.load(sum, 48), s3), 48);
}

// @ts-ignore: decorator
@inline
function strips(kind: i32, g: usize, h: usize, o: usize, sum: usize, rows: i32, cols: i32): void {
  const width = bytes(cols);
  const body = bytes(cols & ~3);
  for (let i: usize = 0; i < width; i += 4) store<f32>(sum + i, 0);
  for (let r = 0; r < rows; r += BLOCK) {
    const n = min(BLOCK, rows - r);
    let i: usize = 0;
    for (; i + 64 <= body; i += 64) wide(kind, g + i, h + i, o + i, sum + i, n, width);
    for (; i < body; i += 16) strip(kind, false, g + i, h + i, o + i, sum + i, n, width);
    for (; i < width; i += 4) strip(kind, true, g + i, h + i, o + i, sum + i, n, width);
    g += width * BLOCK;
    h += width * BLOCK;
    o += width * BLOCK;
  }
}

/** sum = 1ᵀx, x [rows, cols] → [cols] */
export function columnSums(x: usize, sum: usize, rows: i32, cols: i32): void {
  strips(LINEAR, x, x, x, sum, rows, cols);
}

/** o = g·φ′(h), sum = 1ᵀo; kind is relu or tanh, h their output, all [rows, cols] but sum [cols]; o may be g */
export function chainSums(kind: i32, g: usize, h: usize, o: usize, sum: usize, rows: i32, cols: i32): void {
  if (kind == RELU) strips(RELU, g, h, o, sum, rows, cols);
  else strips(TANH, g, h, o, sum, rows, cols);
}
