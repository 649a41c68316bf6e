// Cholesky's decomposition A = LLᵀ by blocks of rows, and with it A⁻¹B. Nearly all of it are products.
import { KernelscopeError } from '../../contract/errors.ts';
import { notPositive } from '../lapack.ts';
import { breathe } from './checks.ts';
import type { Products } from './products.ts';

/** Rows of a block: what is not a product takes n·side² operations, and each product that many columns. */
const side = 64;

/** B [n, C] ← A⁻¹B; L replaces the lower triangle of A [n, n]. @throws KernelscopeError `failed` where A is not positive definite */
export async function solvePositive({ gemm }: Products, A: Float64Array, n: number, B: Float64Array, C: number): Promise<void> {
  for (let k = 0; k < n; k += side) {
    const to = Math.min(n, k + side);
    // A[k.., k..to] −= L[k.., ..k] L[k..to, ..k]ᵀ
    const left = A.subarray(k * n);
    await gemm({
      transB: true,
      m: n - k,
      n: to - k,
      k,
      alpha: -1,
      a: left,
      lda: n,
      b: left,
      ldb: n,
      beta: 1,
      c: A.subarray(k * n + k),
      ldc: n,
    });
    factorise(A, n, k, to);
    await breathe();
  }
  // L Z = B, then Lᵀ X = Z, block by block in place
  const rows = (i: number) => B.subarray(i * C);
  for (let k = 0; k < n; k += side) {
    const to = Math.min(n, k + side);
    await gemm({ m: to - k, n: C, k, alpha: -1, a: A.subarray(k * n), lda: n, b: B, beta: 1, c: rows(k) });
    for (let i = k; i < to; i++) {
      for (let j = k; j < i; j++) subtract(B, C, i, j, A[i * n + j]);
      divide(B, C, i, A[i * n + i]);
    }
  }
  for (let k = Math.floor((n - 1) / side) * side; k >= 0; k -= side) {
    const to = Math.min(n, k + side);
    if (to < n)
      await gemm({
        transA: true,
        m: to - k,
        n: C,
        k: n - to,
        alpha: -1,
        a: A.subarray(to * n + k),
        lda: n,
        b: rows(to),
        beta: 1,
        c: rows(k),
      });
    for (let i = to - 1; i >= k; i--) {
      for (let j = i + 1; j < to; j++) subtract(B, C, i, j, A[j * n + i]);
      divide(B, C, i, A[i * n + i]);
    }
  }
}

/** Columns from … to−1 of L, from row `from` down, once what the columns before give has been taken off. */
function factorise(A: Float64Array, n: number, from: number, to: number): void {
  for (let i = from; i < n; i++) {
    const row = i * n;
    for (let j = from; j < Math.min(i + 1, to); j++) {
      let sum = A[row + j];
      for (let q = from; q < j; q++) sum -= A[row + q] * A[j * n + q];
      if (j < i) A[row + j] = sum / A[j * n + j];
      else if (sum > 0) A[row + j] = Math.sqrt(sum);
      else throw new KernelscopeError('failed', notPositive(i + 1));
    }
  }
}

/** Row i −= by · row j */
function subtract(B: Float64Array, C: number, i: number, j: number, by: number): void {
  for (let c = 0; c < C; c++) B[i * C + c] -= by * B[j * C + c];
}
function divide(B: Float64Array, C: number, i: number, by: number): void {
  for (let c = 0; c < C; c++) B[i * C + c] /= by;
}
