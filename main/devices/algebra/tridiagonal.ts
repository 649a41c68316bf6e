// The last two steps of every spectrum: band → tridiagonal → eigenvalues, with the C columns of QᵀY carried along, in slices of some
// 10 ms between which the event loop runs. wasm/src/band.ts and wasm/src/tridiagonal.ts hold the loops.
import { KernelscopeError } from '../../contract/errors.ts';
import { breathe } from './checks.ts';
import { createScratch, type Modules } from './scratch.ts';

interface TridiagonalKernel {
  ql(n: number, d: number, f: number, U: number, C: number, state: number, budget: number): number;
}
interface BandKernel {
  chase(n: number, b: number, A: number, U: number, C: number, work: number, from: number, to: number): void;
}

/** T = ZΛZᵀ: eigenvalues in no order, and ZᵀU, row i beside value i. */
export interface Modes {
  values: Float64Array;
  /** [n, columns] row-major; columns ≥ C, the rest 0 */
  rows: Float64Array;
  columns: number;
}

/** U [n, C] with an even number of columns, as the kernels take it. */
export const evenColumns = (C: number): number => C + (C % 2);
const sliceNanoseconds = 1e7;

/** The power of two that brings the largest element to [½, 1): exact, and squares neither overflow nor vanish. */
export function scaleOf(...arrays: Float64Array[]): number {
  let most = 0;
  for (const array of arrays) for (let i = 0; i < array.length; i++) most = Math.max(most, Math.abs(array[i]));
  if (!(most < Infinity)) throw new KernelscopeError('failed', 'eigenvalues: numbers overflowed; scale the features down');
  return most === 0 ? 1 : 2 ** -Math.max(-1000, Math.min(1000, Math.ceil(Math.log2(most))));
}

/** Eigenvalues of the tridiagonal matrix with diagonal d [n] and off-diagonal e [≥ n − 1], and ZᵀU for U [n, C] row-major. */
export async function solveTridiagonal(modules: Modules, d: Float64Array, e: Float64Array, U: Float64Array, C: number): Promise<Modes> {
  const n = d.length;
  const columns = evenColumns(C);
  const { memory, blocks } = createScratch(n, n, n * columns, 1);
  const [diagonal, squares, rows, state] = blocks;
  const scale = scaleOf(d, e.subarray(0, n - 1));
  // QL converges fastest with the large elements at the end, and LAPACK's reductions leave them at the beginning.
  const flip = leans(d);
  let sign = 1; // the kernel takes squares: the signs of e go into U
  for (let i = 0; i < n; i++) {
    const from = flip ? n - 1 - i : i;
    diagonal.view[i] = d[from] * scale;
    for (let c = 0; c < C; c++) rows.view[i * columns + c] = sign * U[from * C + c];
    if (i === n - 1) break;
    const beside = e[flip ? n - 2 - i : i] * scale;
    squares.view[i] = beside * beside;
    if (beside < 0) sign = -sign;
  }
  const kernel = modules<TridiagonalKernel>('tridiagonal', memory);
  const budget = Math.ceil(sliceNanoseconds / (10 + 0.6 * columns)); // rotations, by what one costs
  for (;;) {
    const done = kernel.ql(n, diagonal.at, squares.at, rows.at, columns, state.at, budget);
    if (done === 1) break;
    if (done < 0) throw new KernelscopeError('failed', `eigenvalues: QL did not converge (order ${n})`);
    await breathe();
  }
  return { values: diagonal.view.map((v) => v / scale), rows: rows.view, columns };
}

/** Eigenvalues of a symmetric band matrix with b sub-diagonals, element (j + r, j) at band[(b + 1)·j + r], and QᵀU for U [n, C]. */
export async function solveBand(modules: Modules, n: number, b: number, band: Float64Array, U: Float64Array, C: number): Promise<Modes> {
  const columns = evenColumns(C);
  const { memory, blocks } = createScratch(2 * b * n, n * columns, 3 * b + columns);
  const [A, rows, work] = blocks;
  const scale = scaleOf(band);
  for (let j = 0; j < n; j++) for (let r = 0; r <= b && j + r < n; r++) A.view[2 * b * j + r] = band[(b + 1) * j + r] * scale;
  for (let i = 0; i < n; i++) for (let c = 0; c < C; c++) rows.view[i * columns + c] = U[i * C + c];
  const kernel = modules<BandKernel>('band', memory);
  for (let j = 0; j < n - 2;) {
    const cost = (n - j) * (3 * b + 1.5 * columns); // nanoseconds of one column
    const to = j + Math.ceil(sliceNanoseconds / cost);
    kernel.chase(n, b, A.at, rows.at, columns, work.at, j, to);
    j = to;
    await breathe();
  }
  const d = Float64Array.from({ length: n }, (_, i) => A.view[2 * b * i] / scale);
  const e = Float64Array.from({ length: n - 1 }, (_, i) => A.view[2 * b * i + 1] / scale);
  return solveTridiagonal(modules, d, e, rows.view, columns);
}

/** Whether the first half of d outweighs the second. */
function leans(d: Float64Array): boolean {
  const half = d.length >> 1;
  let sum = 0;
  for (let i = 0; i < half; i++) sum += Math.abs(d[i]) - Math.abs(d[d.length - 1 - i]);
  return sum > 0;
}
