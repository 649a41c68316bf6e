// Spectrum and power of a symmetric matrix on LAPACK, without eigenvectors: K = QTQᵀ, then only QᵀY goes through the tridiagonal solver.
import type { Lapack } from '../lapack.ts';
import { toColumns, toRows } from './modes.ts';
import type { Modules } from './scratch.ts';
import { solveBand, solveTridiagonal, type Modes } from './tridiagonal.ts';

/** From this order on two stages are faster: the first is matrix products, where dsytrd is bound by memory. */
export const twoStageFrom = 2500;
const bandwidth = 32;

/** K [n, n] (destroyed), Y [n, C] → eigenvalues and UᵀY. Beside K: n·(C + 64) numbers, in two stages n·(C + 200).  */
export async function nativeModes(
  lapack: Lapack,
  modules: Modules,
  K: Float64Array,
  n: number,
  Y: Float64Array,
  C: number,
  stages = n >= twoStageFrom && lapack.has('dsytrd_sy2sb') && lapack.has('dormqr') ? 2 : 1,
): Promise<Modes> {
  const y = toColumns(Y, n, C);
  const tau = new Float64Array(n);
  if (stages === 1) {
    const [d, e] = [new Float64Array(n), new Float64Array(n)];
    await lapack.call('dsytrd', 'L', n, K, n, d, e, tau);
    await lapack.call('dormtr', 'L', 'L', 'T', n, C, K, n, tau, y, n);
    return solveTridiagonal(modules, d, e, toRows(y, n, C), C);
  }
  const b = Math.min(bandwidth, n - 1);
  const band = new Float64Array((b + 1) * n);
  await lapack.call('dsytrd_sy2sb', 'L', n, b, K, n, band, b + 1, tau);
  // The first stage leaves the reflectors of panel j below the band, in columns j … j + b − 1; LAPACK has no routine that applies them.
  for (let j = 0; j < n - b; j += b) {
    const rows = n - j - b;
    const panel = K.subarray(j * n + j + b);
    await lapack.call('dormqr', 'L', 'T', rows, C, Math.min(b, rows), panel, n, tau.subarray(j), y.subarray(j + b), n);
  }
  return solveBand(modules, n, b, band, toRows(y, n, C), C);
}
