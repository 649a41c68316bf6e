// A symmetric band matrix B to a tridiagonal one, T = QᵀBQ, by Householder bulge chasing, and U ← QᵀU for the C columns asked for.
// LAPACK's second stage (dsytrd_sb2st) cannot carry columns along.
import { at, bytes, put } from './parts/simd64';
import { axpy, axpy2, axpyDot, clear, dot, reflectRows, reflector } from './parts/vector64';

/** S [n, n] ← HSH with H = I − τvvᵀ; S is the lower triangle, column c from S + c·skew on, its diagonal first. */
function twoSided(tau: f64, v: usize, S: usize, skew: usize, n: i32, w: usize): void {
  clear(w, n);
  for (let c = 0; c < n; c++) {
    const column = S + <usize>c * skew, vc = at(v, c);
    const below = axpyDot(vc, column + 8, w + bytes(c + 1), v + bytes(c + 1), n - c - 1);
    put(w, c, at(w, c) + at(column, 0) * vc + below);
  }
  const half = -0.5 * tau * tau * dot(w, v, n);
  for (let i = 0; i < n; i++) put(w, i, tau * at(w, i) + half * at(v, i));
  for (let c = 0; c < n; c++) axpy2(-at(w, c), v + bytes(c), -at(v, c), w + bytes(c), S + <usize>c * skew, n - c);
}

/** Brings columns from … to − 1 of the band into tridiagonal form (0 … n − 3 in all). b ≥ 1: the number of sub-diagonals.
 *  A: 2b numbers a column, element (j + r, j) at A[2b·j + r], beyond the band 0; U [n, C], C even; work: 3b + C numbers. */
export function chase(n: i32, b: i32, A: usize, U: usize, C: i32, work: usize, from: i32, to: i32): void {
  const column = bytes(2 * b), C8 = bytes(C);
  let v = work, next = work + bytes(b);
  const w = work + bytes(2 * b), g = work + bytes(3 * b);
  for (let j = from; j < min(to, n - 2); j++) {
    let length = min(b, n - 1 - j), i = j + 1;
    let tau = reflector(A + <usize>j * column + 8, v, length);
    while (true) {
      const D = A + <usize>i * column;
      if (tau != 0) {
        twoSided(tau, v, D, column, length, w);
        reflectRows(tau, v, U + <usize>i * C8, length, C, g);
      }
      // The block below, rows i + length …, columns i … i + length − 1: from the right by this reflector, then its first column is cleared
      // by the next. Column c of the block starts at D + c·column + (length − c).
      const below = i + length, rows = min(b, n - below);
      if (rows <= 0) break;
      if (tau != 0) {
        clear(w, rows);
        for (let c = 0; c < length; c++) axpy(at(v, c), D + <usize>c * column + bytes(length - c), w, rows);
        for (let c = 0; c < length; c++) axpy(-tau * at(v, c), w, D + <usize>c * column + bytes(length - c), rows);
      }
      tau = reflector(D + bytes(length), next, rows);
      if (tau != 0)
        for (let c = 1; c < length; c++) {
          const x = D + <usize>c * column + bytes(length - c);
          axpy(-tau * dot(next, x, rows), next, x, rows);
        }
      i = below;
      length = rows;
      const swap = v;
      v = next;
      next = swap;
    }
  }
}
