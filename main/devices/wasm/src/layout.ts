// Kernels that only move values.
import { bytes } from './parts/simd';

/** One 4 × 4 block: o[j][i] = x[i][j], rows of `from` and `to` bytes. */
// @ts-ignore: decorator
@inline
function block(x: usize, from: usize, o: usize, to: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + from);
  const c = v128.load(x + 2 * from);
  const d = v128.load(x + 3 * from);
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const AB = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(o, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(o + to, i64x2.shuffle(ab, cd, 1, 3));
  v128.store(o + 2 * to, i64x2.shuffle(AB, CD, 0, 2));
  v128.store(o + 3 * to, i64x2.shuffle(AB, CD, 1, 3));
}

/** o = xᵀ for the part [i0, i1) × [j0, j1) of x, rows of x `from`, of o `to` bytes */
function part(x: usize, from: usize, o: usize, to: usize, i0: i32, i1: i32, j0: i32, j1: i32): void {
  let i = i0;
  for (; i + 4 <= i1; i += 4) {
    let j = j0;
    for (; j + 4 <= j1; j += 4) block(x + <usize>i * from + bytes(j), from, o + <usize>j * to + bytes(i), to);
    for (; j < j1; j++) for (let k = i; k < i + 4; k++) store<f32>(o + <usize>j * to + bytes(k), load<f32>(x + <usize>k * from + bytes(j)));
  }
  for (; i < i1; i++) for (let j = j0; j < j1; j++) store<f32>(o + <usize>j * to + bytes(i), load<f32>(x + <usize>i * from + bytes(j)));
}

/** o = xᵀ, x [rows, cols] → [cols, rows], in tiles that stay in cache */
export function transpose(x: usize, o: usize, rows: i32, cols: i32): void {
  const TILE = 64;
  for (let i = 0; i < rows; i += TILE)
    for (let j = 0; j < cols; j += TILE) part(x, bytes(cols), o, bytes(rows), i, min(i + TILE, rows), j, min(j + TILE, cols));
}

/** The upper triangle of x [n, n] from its lower one */
export function mirror(x: usize, n: i32): void {
  const TILE = 64;
  for (let i = 0; i < n; i += TILE) {
    const end = min(i + TILE, n);
    for (let j = 0; j < i; j += TILE) part(x, bytes(n), x, bytes(n), i, end, j, min(j + TILE, n));
    for (let r = i; r < end; r++) for (let s = i; s < r; s++) store<f32>(x + bytes(s) * n + bytes(r), load<f32>(x + bytes(r) * n + bytes(s)));
  }
}
