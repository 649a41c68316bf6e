// Rows of an image batch laid out as columns of a matrix (im2col) and back. Layout of images: [B, H, W, C].
import { bytes } from './simd';

// @ts-ignore: decorator
@inline
export function copy(to: usize, from: usize, n: i32): void {
  const body = bytes(n & ~3), end = bytes(n);
  let i: usize = 0;
  for (; i < body; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < end; i += 4) store<f32>(to + i, load<f32>(from + i));
}

// @ts-ignore: decorator
@inline
export function zero(to: usize, n: i32): void {
  memory.fill(to, 0, bytes(n));
}

// @ts-ignore: decorator
@inline
function addTo(to: usize, from: usize, n: i32): void {
  const body = bytes(n & ~3), end = bytes(n);
  let i: usize = 0;
  for (; i < body; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  for (; i < end; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
}

/** n floats between an image and its columns: there, zeros where the image ends, or, `back`, added where they came from. */
// @ts-ignore: decorator
@inline
function move(back: bool, inside: bool, image: usize, column: usize, n: i32): void {
  if (back) {
    if (inside) addTo(image, column, n);
  } else if (inside) copy(column, image, n);
  else zero(column, n);
}

// @ts-ignore: decorator
@inline
function walk(
  back: bool, x: usize, o: usize, r0: i32, rows: i32, H: i32, W: i32, C: i32, OH: i32, OW: i32, KH: i32, KW: i32, S: i32, top: i32, left: i32,
): void {
  const pixel = bytes(C), tap = bytes(KW * C), column = bytes(KH * KW * C);
  for (let r = r0; r < r0 + rows; r++) {
    const b = r / OH, i = r - b * OH;
    for (let kh = 0; kh < KH; kh++) {
      const ii = i * S + kh - top;
      let d = o + <usize>kh * tap;
      if (ii < 0 || ii >= H) {
        if (!back) for (let j = 0; j < OW; j++, d += column) zero(d, KW * C);
        continue;
      }
      const row = x + <usize>((b * H + ii) * W) * pixel;
      for (let j = 0; j < OW; j++, d += column) {
        const jj = j * S - left;
        if (jj >= 0 && jj + KW <= W) move(back, true, row + <usize>jj * pixel, d, KW * C);
        else
          for (let kw = 0; kw < KW; kw++) {
            const at = jj + kw;
            move(back, at >= 0 && at < W, row + <usize>at * pixel, d + <usize>kw * pixel, C);
          }
      }
    }
    o += <usize>OW * column;
  }
}

/** What the filters see at output rows r0 … r0+rows−1 (counted over the batch): o [rows·OW, KH·KW·C], zeros outside the image. */
export function toColumns(
  x: usize, o: usize, r0: i32, rows: i32, H: i32, W: i32, C: i32, OH: i32, OW: i32, KH: i32, KW: i32, S: i32, top: i32, left: i32,
): void {
  walk(false, x, o, r0, rows, H, W, C, OH, OW, KH, KW, S, top, left);
}

/** The transposed map: adds columns o [rows·OW, KH·KW·C] to the image x where they came from. */
export function fromColumns(
  x: usize, o: usize, r0: i32, rows: i32, H: i32, W: i32, C: i32, OH: i32, OW: i32, KH: i32, KW: i32, S: i32, top: i32, left: i32,
): void {
  walk(true, x, o, r0, rows, H, W, C, OH, OW, KH, KW, S, top, left);
}
