// Passes over [rows, C] with one number a channel: batch norm's sums, its map with the nonlinearity and the skip connection, and its gradient.
import { bytes, madd } from './simd';

/** Rows summed in float32 before they go to float64. */
const BLOCK: i32 = 64;

// @ts-ignore: decorator
@inline
function read(narrow: bool, at: usize): v128 {
  return narrow ? v128.load32_zero(at) : v128.load(at);
}
// @ts-ignore: decorator
@inline
function write(narrow: bool, at: usize, v: v128): void {
  if (narrow) v128.store_lane<f32>(at, v, 0);
  else v128.store(at, v);
}
/** Adds four (or one) float32 sums to float64 ones. */
// @ts-ignore: decorator
@inline
function add64(narrow: bool, at: usize, v: v128): void {
  if (narrow) store<f64>(at, load<f64>(at) + f64(f32x4.extract_lane(v, 0)));
  else {
    v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(v)));
    v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1))), 16);
  }
}

// @ts-ignore: decorator
@inline
function sumStrip(narrow: bool, x: usize, rows: i32, width: usize, s: usize, q: usize): void {
  let a = f32x4.splat(0), b = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    const v = read(narrow, x);
    a = f32x4.add(a, v);
    b = madd(v, v, b);
    x += width;
  }
  add64(narrow, s, a);
  add64(narrow, q, b);
}

/** sums [2, C] float64 += Σ x, Σ x²; x [rows, C] */
export function sums(x: usize, rows: i32, C: i32, out: usize): void {
  const width = bytes(C), body = bytes(C & ~3), q = out + (<usize>C << 3);
  for (let r = 0; r < rows; r += BLOCK) {
    const n = min(BLOCK, rows - r);
    let i: usize = 0;
    for (; i < body; i += 16) sumStrip(false, x + i, n, width, out + (i << 1), q + (i << 1));
    for (; i < width; i += 4) sumStrip(true, x + i, n, width, out + (i << 1), q + (i << 1));
    x += width * BLOCK;
  }
}

// @ts-ignore: decorator
@inline
function apply1(narrow: bool, add: bool, y: usize, scale: usize, shift: usize, o: usize, skip: usize): void {
  // pmax(x, 0) keeps NaN, which pmax(0, x) would hide
  let z = f32x4.pmax(madd(read(narrow, y), read(narrow, scale), read(narrow, shift)), f32x4.splat(0));
  if (add) z = f32x4.add(z, read(narrow, skip));
  write(narrow, o, z);
}

/** o = relu(scale·y + shift) [+ skip]; y, o, skip [rows, C]; skip 0: none */
export function apply(y: usize, scale: usize, shift: usize, o: usize, skip: usize, rows: i32, C: i32): void {
  const width = bytes(C), body = bytes(C & ~3);
  for (let r = 0; r < rows; r++) {
    let i: usize = 0;
    if (skip) {
      for (; i < body; i += 16) apply1(false, true, y + i, scale + i, shift + i, o + i, skip + i);
      for (; i < width; i += 4) apply1(true, true, y + i, scale + i, shift + i, o + i, skip + i);
      skip += width;
    } else {
      for (; i < body; i += 16) apply1(false, false, y + i, scale + i, shift + i, o + i, 0);
      for (; i < width; i += 4) apply1(true, false, y + i, scale + i, shift + i, o + i, 0);
    }
    y += width;
    o += width;
  }
}

/** dz = dy where scale·y + shift > 0 */
// @ts-ignore: decorator
@inline
function masked(narrow: bool, y: v128, dy: usize, scale: v128, shift: v128): v128 {
  return v128.and(read(narrow, dy), f32x4.gt(madd(y, scale, shift), f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function slopeStrip(narrow: bool, y: usize, dy: usize, scale: usize, shift: usize, rows: i32, width: usize, s: usize, q: usize): void {
  const S = read(narrow, scale), H = read(narrow, shift);
  let a = f32x4.splat(0), b = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    const v = read(narrow, y), d = masked(narrow, v, dy, S, H);
    a = f32x4.add(a, d);
    b = madd(d, v, b);
    y += width;
    dy += width;
  }
  add64(narrow, s, a);
  add64(narrow, q, b);
}

/** out [2, C] float64 += Σ dz, Σ dz·y, where dz = dy ∘ relu′(scale·y + shift) */
export function slopeSums(y: usize, dy: usize, scale: usize, shift: usize, rows: i32, C: i32, out: usize): void {
  const width = bytes(C), body = bytes(C & ~3), q = out + (<usize>C << 3);
  for (let r = 0; r < rows; r += BLOCK) {
    const n = min(BLOCK, rows - r);
    let i: usize = 0;
    for (; i < body; i += 16) slopeStrip(false, y + i, dy + i, scale + i, shift + i, n, width, out + (i << 1), q + (i << 1));
    for (; i < width; i += 4) slopeStrip(true, y + i, dy + i, scale + i, shift + i, n, width, out + (i << 1), q + (i << 1));
    y += width * BLOCK;
    dy += width * BLOCK;
  }
}

// @ts-ignore: decorator
@inline
function chain1(narrow: bool, y: usize, dy: usize, scale: usize, shift: usize, a: usize, b: usize, c: usize, o: usize): void {
  const v = read(narrow, y), d = masked(narrow, v, dy, read(narrow, scale), read(narrow, shift));
  write(narrow, o, madd(read(narrow, a), d, madd(read(narrow, b), v, read(narrow, c))));
}

/** o = a·dz + b·y + c with one a, b, c a channel: the gradient with respect to y of the map and, where it is normalised, of its moments */
export function chain(
  y: usize, dy: usize, scale: usize, shift: usize, a: usize, b: usize, c: usize, o: usize, rows: i32, C: i32,
): void {
  const width = bytes(C), body = bytes(C & ~3);
  for (let r = 0; r < rows; r++) {
    let i: usize = 0;
    for (; i < body; i += 16) chain1(false, y + i, dy + i, scale + i, shift + i, a + i, b + i, c + i, o + i);
    for (; i < width; i += 4) chain1(true, y + i, dy + i, scale + i, shift + i, a + i, b + i, c + i, o + i);
    y += width;
    dy += width;
    o += width;
  }
}
