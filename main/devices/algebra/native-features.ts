// Spectrum and power of ΨΨᵀ on LAPACK, from the singular values of Ψ [P, N], N ≤ P: [Ψ | Y] = Q [R | QᵀY], R = U B Vᵀ bidiagonal, and the
// bidiagonal QR carries UᵀQᵀY. Singular values are right to 1e-15 of the largest, where eigenvalues of ΨᵀΨ would lose all below 1e-8.
import type { Lapack } from '../lapack.ts';
import { breathe } from './checks.ts';
import { spectrumOf, toColumns, toRows, type Spectrum } from './modes.ts';

/** P/N from which the detour over QR saves work: then 2PN² + 2N³ is less than 4PN². */
const tall = 1.2;
const panel = 64;

/** [Ψ | Y] by columns of P numbers, in tiles, so that both sides stay in cache. */
async function joined(Psi: Float64Array, P: number, N: number, Y: Float64Array, C: number): Promise<Float64Array> {
  const A = new Float64Array(P * (N + C));
  const tile = 32;
  for (let i = 0; i < P; i += tile) {
    if ((i / tile) % Math.ceil(100_000 / N) === 0) await breathe();
    const end = Math.min(P, i + tile);
    for (let j = 0; j < N; j += tile)
      for (let q = j; q < Math.min(N, j + tile); q++) for (let r = i; r < end; r++) A[q * P + r] = Psi[r * N + q];
  }
  toColumns(Y, P, C, A.subarray(P * N));
  return A;
}

/** Psi [P, N] row-major, N ≤ P, Y [P, C]. Takes P·(N + C) + N·(N + C) numbers beside them. */
export async function nativeFeatures(
  lapack: Lapack,
  Psi: Float64Array,
  P: number,
  N: number,
  Y: Float64Array,
  C: number,
): Promise<Spectrum> {
  let A = await joined(Psi, P, N, Y, C);
  let height = P;
  if (P >= tall * N) {
    await factorise(lapack, A, P, N + C);
    A = topOf(A, P, N, C);
    height = N;
  }
  const [d, e, tauQ, tauP] = [0, 1, 2, 3].map(() => new Float64Array(N));
  const z = A.subarray(height * N);
  await lapack.call('dgebrd', height, N, A, height, d, e, tauQ, tauP);
  await lapack.call('dormbr', 'Q', 'L', 'T', height, C, N, A, height, tauQ, z, height);
  const rows = toRows(z, N, C, height); // row i is column i of U for dbdsqr
  const none = new Float64Array(1);
  await lapack.call('dbdsqr', 'U', N, 0, C, 0, d, e, none, 1, rows, C, none, 1, new Float64Array(4 * N));
  return spectrumOf({ values: d.map((s) => s * s), rows, columns: C });
}

/** A [P, M] by columns ← R above the diagonal. Reflectors past the N-th change nothing in the top N rows. */
async function factorise(lapack: Lapack, A: Float64Array, P: number, M: number): Promise<void> {
  const most = Math.min(P, M);
  const nb = Math.min(panel, most);
  // The newer routine factorises its panels by recursion, a third faster on tall matrices.
  if (lapack.has('dgeqrt')) await lapack.call('dgeqrt', P, M, nb, A, P, new Float64Array(nb * most), nb, new Float64Array(nb * M));
  else await lapack.call('dgeqrf', P, M, A, P, new Float64Array(most));
}

/** [R | QᵀY], N rows, by columns; below R's diagonal 0. */
function topOf(A: Float64Array, P: number, N: number, C: number): Float64Array {
  const top = new Float64Array(N * (N + C));
  for (let j = 0; j < N; j++) top.set(A.subarray(j * P, j * P + j + 1), j * N);
  for (let j = N; j < N + C; j++) top.set(A.subarray(j * P, j * P + N), j * N);
  return top;
}
