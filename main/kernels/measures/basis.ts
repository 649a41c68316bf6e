// Principal directions of centred features A [P, N]: A = U S Vᵀ, thin, in float64, through the smaller of two Gram matrices.
//   N ≤ P   AᵀA = V S² Vᵀ,  U = A V S⁻¹, then U ← U (UᵀU)^−½: a Gram matrix squares the condition, so the first U is orthonormal to
//           ε s₁²/s_r² only; the second pass brings it to rounding (as CholeskyQR2 does: Yamamoto et al. 2015, ETNA 44)
//   N > P   AAᵀ = U S² Uᵀ
// Constant columns, repeated columns and N > P leave directions of no variance: they are dropped.
import type { Algebra } from '../../devices/algebra.ts';
import { centredRows, type Features } from '../features.ts';

/** Singular values under this share of the largest are rounding: of float32 features (6e-8 each), and of a float64 Gram matrix (1e-8). */
export const smallestDirection = 2e-7;

export interface Basis {
  P: number;
  /** r */
  rank: number;
  /** U [P, r], orthonormal columns */
  U: Float64Array;
  /** s [r], descending */
  s: Float64Array;
}

/** How many directions stand out of rounding. values: eigenvalues of a Gram matrix, descending */
function rankOf(values: Float64Array): number {
  const least = smallestDirection ** 2 * values[0];
  const end = values.findIndex((v) => !(v > least));
  return end < 0 ? values.length : end;
}

/** Thin SVD of the centred features without V. @throws `failed` when the eigensolver does not converge */
export async function principalDirections(algebra: Algebra, F: Features): Promise<Basis> {
  return F.N <= F.P ? throughFeatures(algebra, F) : throughKernel(algebra, F);
}

async function throughFeatures(algebra: Algebra, F: Features): Promise<Basis> {
  const { P, N } = F;
  const A = await centredRows(F, 0, P);
  const G = new Float64Array(N * N);
  await algebra.syrk({ trans: true, n: N, k: P, a: A, c: G });
  const { values, vectors } = await algebra.symmetricEigen(G, N);
  const rank = rankOf(values);
  const s = values.slice(0, rank).map(Math.sqrt);
  const W = new Float64Array(P * rank);
  await algebra.gemm({ transB: true, m: P, n: rank, k: N, a: A, b: vectors, c: W });
  for (let i = 0, k = 0; i < P; i++) for (let j = 0; j < rank; j++, k++) W[k] /= s[j];
  return { P, rank, U: await orthonormalised(algebra, W, P, rank), s };
}

/** W (WᵀW)^−½: the orthonormal matrix next to W [P, r] */
async function orthonormalised(algebra: Algebra, W: Float64Array, P: number, r: number): Promise<Float64Array> {
  const G = new Float64Array(r * r);
  await algebra.syrk({ trans: true, n: r, k: P, a: W, c: G });
  const { values, vectors: Q } = await algebra.symmetricEigen(G, r);
  const scaled = Q.slice();
  for (let rho = 0; rho < r; rho++) for (let j = 0; j < r; j++) scaled[rho * r + j] /= Math.sqrt(values[rho]);
  const root = new Float64Array(r * r);
  await algebra.gemm({ transA: true, m: r, n: r, k: r, a: Q, b: scaled, c: root });
  const U = new Float64Array(P * r);
  await algebra.gemm({ m: P, n: r, k: r, a: W, b: root, c: U });
  return U;
}

async function throughKernel(algebra: Algebra, F: Features): Promise<Basis> {
  const { P } = F;
  const { values, vectors } = await algebra.symmetricEigen(await centredKernel(algebra, F), P);
  const rank = rankOf(values);
  const U = new Float64Array(P * rank);
  for (let rho = 0; rho < rank; rho++) for (let i = 0; i < P; i++) U[i * rank + rho] = vectors[rho * P + i];
  return { P, rank, U, s: values.slice(0, rank).map(Math.sqrt) };
}

/** K_c = A Aᵀ [P, P] in symmetric tiles of `step` rows: beside K two blocks of rows in float64 */
export async function centredKernel(algebra: Algebra, F: Features, step = rowsAtOnce(F.P, F.N)): Promise<Float64Array> {
  const { P, N } = F;
  const K = new Float64Array(P * P);
  for (let i = 0; i < P; i += step) {
    const m = Math.min(step, P - i);
    const a = await centredRows(F, i, i + m);
    const diagonal = new Float64Array(m * m);
    await algebra.syrk({ n: m, k: N, a, c: diagonal });
    for (let r = 0; r < m; r++) K.set(diagonal.subarray(r * m, (r + 1) * m), (i + r) * P + i);
    for (let j = 0; j < i; j += step) {
      const n = Math.min(step, i - j);
      await algebra.gemm({ transB: true, m, n, k: N, a, b: await centredRows(F, j, j + n), c: K.subarray(i * P + j), ldc: P });
    }
    for (let r = i; r < i + m; r++) for (let c = 0; c < i; c++) K[c * P + r] = K[r * P + c];
  }
  return K;
}

/** Rows of N float64 numbers that fit 128 MiB */
export const rowsAtOnce = (P: number, N: number): number => Math.max(1, Math.min(P, Math.floor((128 * 2 ** 20) / 8 / N)));

/** Singular values of M [m, n], descending, right to rounding of the largest: also where eigenvalues of MᵀM would lose them. */
export async function singularValues(algebra: Algebra, M: Float64Array, m: number, n: number): Promise<Float64Array> {
  const tall = m >= n ? M.slice(0, m * n) : transposed(M, m, n);
  const [rows, columns] = m >= n ? [m, n] : [n, m];
  const { values } = await algebra.featurePower(tall, rows, columns, new Float64Array(rows), 1);
  return values.slice(0, columns).map((v) => Math.sqrt(Math.max(0, v)));
}

function transposed(M: Float64Array, m: number, n: number): Float64Array {
  const T = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) T[j * m + i] = M[i * n + j];
  return T;
}
