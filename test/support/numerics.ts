// Definitions done naively in float64, P×P and with explicit loops: the second route of every kernel test.
import type { Algebra } from '../../main/devices/algebra.ts';

export type Matrix = number[][];

/** Seeded normal numbers (mulberry32 and Box–Muller): test data only, apart from the program's own generator. */
export function gaussians(seed: number): () => number {
  let s = seed >>> 0;
  const uniform = () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export const matrix = (rows: number, columns: number, f: (i: number, j: number) => number): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => f(i, j)));
export const flat = (A: Matrix): Float64Array => Float64Array.from(A.flat());
export const unflat = (a: ArrayLike<number>, columns: number): Matrix => matrix(a.length / columns, columns, (i, j) => a[i * columns + j]);
export const transpose = (A: Matrix): Matrix => matrix(A[0].length, A.length, (i, j) => A[j][i]);
export const multiply = (A: Matrix, B: Matrix): Matrix => {
  const T = transpose(B);
  return A.map((row) => T.map((column) => row.reduce((s, v, k) => s + v * column[k], 0)));
};
export const gram = (A: Matrix): Matrix => multiply(A, transpose(A));
/** ⟨A, B⟩ */
export const inner = (A: Matrix, B: Matrix): number => A.reduce((s, row, i) => s + row.reduce((t, v, j) => t + v * B[i][j], 0), 0);
export const kta = (K: Matrix, L: Matrix): number => inner(K, L) / Math.sqrt(inner(K, K) * inner(L, L));
/** HKH by two products with H */
export const centre = (K: Matrix): Matrix => {
  const H = matrix(K.length, K.length, (i, j) => (i === j ? 1 : 0) - 1 / K.length);
  return multiply(multiply(H, K), H);
};
export const cka = (K: Matrix, L: Matrix): number => kta(centre(K), centre(L));
export const trace = (K: Matrix): number => K.reduce((s, row, i) => s + row[i], 0);
export const oneHot = (labels: readonly number[], C = Math.max(...labels) + 1): Matrix =>
  matrix(labels.length, C, (i, c) => (labels[i] === c ? 1 : 0));

/** Unbiased HSIC of Song et al. (2012), Eq. 5, from kernels with emptied diagonals, up to 1/(P(P−3)) */
export function unbiasedHsic(K: Matrix, L: Matrix): number {
  const P = K.length;
  const hollow = (A: Matrix) => matrix(P, P, (i, j) => (i === j ? 0 : A[i][j]));
  const ones = matrix(P, 1, () => 1);
  const [k, l] = [hollow(K), hollow(L)];
  const sum = (A: Matrix) => A.flat().reduce((s, v) => s + v, 0);
  return trace(multiply(k, l)) + (sum(k) * sum(l)) / ((P - 1) * (P - 2)) - (2 / (P - 2)) * inner(multiply(k, ones), multiply(l, ones));
}
export const debiasedCka = (K: Matrix, L: Matrix): number => unbiasedHsic(K, L) / Math.sqrt(unbiasedHsic(K, K) * unbiasedHsic(L, L));

/** Eigenvalues, descending, and eigenvectors as rows, of a symmetric matrix by cyclic Jacobi rotations */
export function eigen(K: Matrix): { values: number[]; vectors: Matrix } {
  const n = K.length;
  const A = K.map((row) => Float64Array.from(row));
  const V = K.map((_, i) => Float64Array.from(K, (_, j) => (i === j ? 1 : 0)));
  const size = Math.sqrt(inner(K, K));
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) off += 2 * A[i][j] ** 2;
    if (Math.sqrt(off) <= 1e-15 * size) break;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(A[p][q]) <= 1e-300) continue;
        const theta = (A[q][q] - A[p][p]) / (2 * A[p][q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) [A[k][p], A[k][q]] = [c * A[k][p] - s * A[k][q], s * A[k][p] + c * A[k][q]];
        for (let k = 0; k < n; k++) [A[p][k], A[q][k]] = [c * A[p][k] - s * A[q][k], s * A[p][k] + c * A[q][k]];
        for (let k = 0; k < n; k++) [V[p][k], V[q][k]] = [c * V[p][k] - s * V[q][k], s * V[p][k] + c * V[q][k]];
      }
  }
  const order = A.map((_, i) => i).sort((a, b) => A[b][b] - A[a][a]);
  return { values: order.map((i) => A[i][i]), vectors: order.map((i) => [...V[i]]) };
}

/** Eigenvalues and p_ρ = ‖u_ρᵀY‖² by the definition */
export function spectrumOf(K: Matrix, Y: Matrix): { values: number[]; power: number[] } {
  const { values, vectors } = eigen(K);
  return { values, power: multiply(vectors, Y).map((row) => row.reduce((s, v) => s + v * v, 0)) };
}

/** The Algebra of the devices folder, naively. */
/** A⁻¹B by Gauss and Jordan, without pivots: for positive A. */
export function solve(A: Matrix, B: Matrix): Matrix {
  const M = A.map((row, i) => [...row, ...B[i]]);
  for (let k = 0; k < M.length; k++)
    for (let i = 0; i < M.length; i++) {
      if (i === k) continue;
      const f = M[i][k] / M[k][k];
      for (let j = k; j < M[i].length; j++) M[i][j] -= f * M[k][j];
    }
  return M.map((row, i) => row.slice(M.length).map((v) => v / row[i]));
}

export const naiveAlgebra: Algebra = {
  native: false,
  description: 'naive loops',
  lapack: { found: false, detail: 'naive loops' },
  async gemm({ transA, transB, m, n, k, alpha = 1, a, b, beta = 0, c, ...ld }) {
    const { lda = transA ? m : k, ldb = transB ? k : n, ldc = n } = ld;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let s = 0;
        for (let q = 0; q < k; q++) s += (transA ? a[q * lda + i] : a[i * lda + q]) * (transB ? b[j * ldb + q] : b[q * ldb + j]);
        c[i * ldc + j] = alpha * s + (beta === 0 ? 0 : beta * c[i * ldc + j]);
      }
  },
  async syrk({ trans, n, k, alpha = 1, a, c }) {
    await naiveAlgebra.gemm({ transA: trans, transB: !trans, m: n, n, k, alpha, a, b: a, c });
  },
  async symmetricPower(K, n, Y, C) {
    const { values, power } = spectrumOf(unflat(K, n), unflat(Y, C));
    return { values: Float64Array.from(values), power: Float64Array.from(power) };
  },
  async symmetricEigen(K, n) {
    const { values, vectors } = eigen(unflat(K, n));
    return { values: Float64Array.from(values), vectors: Float64Array.from(vectors.flat()) };
  },
  async featurePower(Psi, P, N, Y, C) {
    const { values, power } = spectrumOf(gram(unflat(Psi, N)), unflat(Y.slice(0, P * C), C));
    return { values: Float64Array.from(values.slice(0, N)), power: Float64Array.from(power.slice(0, N)) };
  },
  async solvePositive(A, n, B, C) {
    B.set(solve(unflat(A.slice(0, n * n), n), unflat(B.slice(0, n * C), C)).flat());
  },
};
