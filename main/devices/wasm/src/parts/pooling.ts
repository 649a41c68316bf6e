// Max pooling of [B, H, W, C] and its gradient, which goes to the first of equal maxima.
import { zero } from './columns';
import { bytes } from './simd';

// @ts-ignore: decorator
@inline
function read(narrow: bool, at: usize): v128 {
  return narrow ? v128.load32_zero(at) : v128.load(at);
}

/** The largest of a window, four channels or one: rows i0 … i1−1, columns j0 … j1−1 of the image at x; NaN stays NaN. */
// @ts-ignore: decorator
@inline
function largest(narrow: bool, x: usize, i0: i32, i1: i32, j0: i32, j1: i32, row: usize, pixel: usize): v128 {
  let m = f32x4.splat(-Infinity);
  for (let i = i0; i < i1; i++) for (let j = j0; j < j1; j++) m = f32x4.max(m, read(narrow, x + <usize>i * row + <usize>j * pixel));
  return m;
}

// @ts-ignore: decorator
@inline
function spread(narrow: bool, x: usize, dx: usize, i0: i32, i1: i32, j0: i32, j1: i32, row: usize, pixel: usize, d: v128): void {
  const m = largest(narrow, x, i0, i1, j0, j1, row, pixel);
  let free = i32x4.splat(-1);
  for (let i = i0; i < i1; i++)
    for (let j = j0; j < j1; j++) {
      const at = <usize>i * row + <usize>j * pixel;
      const here = v128.and(f32x4.eq(read(narrow, x + at), m), free);
      free = v128.andnot(free, here);
      const sum = f32x4.add(read(narrow, dx + at), v128.and(d, here));
      if (narrow) v128.store_lane<f32>(dx + at, sum, 0);
      else v128.store(dx + at, sum);
    }
}

/** o [OH, OW, C] of each of the images b0 … b1−1 */
export function pool(
  x: usize, o: usize, b0: i32, b1: i32, H: i32, W: i32, C: i32, OH: i32, OW: i32, KH: i32, KW: i32, S: i32, top: i32, left: i32,
): void {
  const pixel = bytes(C), row = <usize>W * pixel, body = bytes(C & ~3);
  o += <usize>(b0 * OH * OW) * pixel;
  for (let b = b0; b < b1; b++) {
    const image = x + <usize>(b * H) * row;
    for (let i = 0; i < OH; i++)
      for (let j = 0; j < OW; j++, o += pixel) {
        const i0 = max(0, i * S - top), i1 = min(H, i * S - top + KH), j0 = max(0, j * S - left), j1 = min(W, j * S - left + KW);
        let c: usize = 0;
        for (; c < body; c += 16) v128.store(o + c, largest(false, image + c, i0, i1, j0, j1, row, pixel));
        for (; c < pixel; c += 4) v128.store_lane<f32>(o + c, largest(true, image + c, i0, i1, j0, j1, row, pixel), 0);
      }
  }
}

/** dx from dy [OH, OW, C]; windows may overlap */
export function poolGradient(
  x: usize, dy: usize, dx: usize, b0: i32, b1: i32,
  H: i32, W: i32, C: i32, OH: i32, OW: i32, KH: i32, KW: i32, S: i32, top: i32, left: i32,
): void {
  const pixel = bytes(C), row = <usize>W * pixel, body = bytes(C & ~3);
  dy += <usize>(b0 * OH * OW) * pixel;
  for (let b = b0; b < b1; b++) {
    const from = <usize>(b * H) * row;
    zero(dx + from, H * W * C);
    for (let i = 0; i < OH; i++)
      for (let j = 0; j < OW; j++, dy += pixel) {
        const i0 = max(0, i * S - top), i1 = min(H, i * S - top + KH), j0 = max(0, j * S - left), j1 = min(W, j * S - left + KW);
        let c: usize = 0;
        for (; c < body; c += 16) spread(false, x + from + c, dx + from + c, i0, i1, j0, j1, row, pixel, v128.load(dy + c));
        for (; c < pixel; c += 4) spread(true, x + from + c, dx + from + c, i0, i1, j0, j1, row, pixel, v128.load32_zero(dy + c));
      }
  }
}
