// Matrix product in float64 for machines without a BLAS: packed panels, a 6 × 4 block of C in twelve registers.
import { at, bytes, madd, put } from './simd64';

const ROWS: i32 = 6; // of a block of C
const COLS: i32 = 4;
const KC: i32 = 256; // depth of a panel: a panel of B (8 kB) stays in the first cache
const MC: i32 = 96; // rows of A packed at a time (196 kB, second cache)
const NC: i32 = 512; // columns of B packed at a time (1 MB)

/** Numbers of working space that `gemm` needs. */
export function workspace(): i32 {
  return KC * NC + KC * MC + ROWS * COLS;
}

/** C[6, 4] = A B from packed panels of depth k, or C + A B where `add`; rows of C are ldc bytes. */
function block(a: usize, b: usize, k: i32, c: usize, ldc: usize, add: bool): void {
  let c00 = f64x2.splat(0), c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0), c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0), c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0), c31 = f64x2.splat(0);
  let c40 = f64x2.splat(0), c41 = f64x2.splat(0);
  let c50 = f64x2.splat(0), c51 = f64x2.splat(0);
  for (let p = 0; p < k; p++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load_splat<f64>(a);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load_splat<f64>(a, 8);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load_splat<f64>(a, 16);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load_splat<f64>(a, 24);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load_splat<f64>(a, 32);
    c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load_splat<f64>(a, 40);
    c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    a += 48;
    b += 32;
  }
  row(c, c00, c01, add);
  row(c + ldc, c10, c11, add);
  row(c + 2 * ldc, c20, c21, add);
  row(c + 3 * ldc, c30, c31, add);
  row(c + 4 * ldc, c40, c41, add);
  row(c + 5 * ldc, c50, c51, add);
}

// @ts-ignore: decorator
@inline
function row(c: usize, x: v128, y: v128, add: bool): void {
  if (add) {
    x = f64x2.add(v128.load(c), x);
    y = f64x2.add(v128.load(c, 16), y);
  }
  v128.store(c, x);
  v128.store(c, y, 16);
}

/** Panels of six rows of αA: o[panel][p][6]; A[i, p] lies at a + (i·si + p·sp)·8. Missing rows are 0. */
function packA(a: usize, si: i32, sp: i32, m: i32, k: i32, alpha: f64, o: usize): void {
  for (let i = 0; i < m; i += ROWS) {
    const rows = min(ROWS, m - i);
    for (let p = 0; p < k; p++) {
      let x = a + ((<usize>i * si + <usize>p * sp) << 3);
      for (let r = 0; r < rows; r++) {
        put(o, r, alpha * load<f64>(x));
        x += bytes(si);
      }
      for (let r = rows; r < ROWS; r++) put(o, r, 0);
      o += ROWS * 8;
    }
  }
}

/** Panels of four columns of B: o[panel][p][4]; B[p, j] lies at b + (p·sp + j·sj)·8. Missing columns are 0. */
function packB(b: usize, sp: i32, sj: i32, k: i32, n: i32, o: usize): void {
  for (let j = 0; j < n; j += COLS) {
    const cols = min(COLS, n - j);
    for (let p = 0; p < k; p++) {
      let x = b + ((<usize>p * sp + <usize>j * sj) << 3);
      if (cols == COLS && sj == 1) {
        v128.store(o, v128.load(x));
        v128.store(o, v128.load(x, 16), 16);
      } else {
        for (let c = 0; c < cols; c++) {
          put(o, c, load<f64>(x));
          x += bytes(sj);
        }
        for (let c = cols; c < COLS; c++) put(o, c, 0);
      }
      o += COLS * 8;
    }
  }
}

/** The part of a block that lies in C: rows × cols, from t [6, 4]. */
function edge(t: usize, c: usize, ldc: usize, rows: i32, cols: i32, add: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const v = at(t, j);
      put(c, j, add ? at(c, j) + v : v);
    }
    t += COLS * 8;
    c += ldc;
  }
}

/** C[m, n] = α A B, or C + α A B where `add`; A[i, p] at a + (i·ai + p·ap)·8, B[p, j] at b + (p·bp + j·bj)·8, rows of C ldc apart;
 *  `work` has workspace() numbers. k ≥ 1. */
export function gemm(
  m: i32, n: i32, k: i32, alpha: f64,
  a: usize, ai: i32, ap: i32, b: usize, bp: i32, bj: i32, c: usize, ldc: i32, add: bool, work: usize,
): void {
  const packedA = work + bytes(KC * NC);
  const spare = packedA + bytes(KC * MC);
  const stride = bytes(ldc);
  for (let j = 0; j < n; j += NC) {
    const nc = min(NC, n - j);
    for (let p = 0; p < k; p += KC) {
      const kc = min(KC, k - p);
      const sum = add || p > 0;
      packB(b + ((<usize>p * bp + <usize>j * bj) << 3), bp, bj, kc, nc, work);
      for (let i = 0; i < m; i += MC) {
        const mc = min(MC, m - i);
        packA(a + ((<usize>i * ai + <usize>p * ap) << 3), ai, ap, mc, kc, alpha, packedA);
        for (let jj = 0; jj < nc; jj += COLS) {
          const cols = min(COLS, nc - jj);
          const B = work + bytes(jj * kc);
          for (let ii = 0; ii < mc; ii += ROWS) {
            const rows = min(ROWS, mc - ii);
            const A = packedA + bytes(ii * kc);
            const C = c + <usize>(i + ii) * stride + bytes(j + jj);
            if (rows == ROWS && cols == COLS) block(A, B, kc, C, stride, sum);
            else {
              block(A, B, kc, spare, COLS * 8, false);
              edge(spare, C, stride, rows, cols, sum);
            }
          }
        }
      }
    }
  }
}
