// Shares of a kernel's tile and their moments, where the tensors lie in the cpu device's own memory.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Share, ShareMoments } from '../ops.ts';
import type { CpuBackend } from './backend.ts';

/** S ← S + T in place, or S ← T unless `more`, and T's moments. */
export function addShare(
  backend: CpuBackend,
  S: TensorInfo,
  more: boolean,
  { a, scale, add, b }: Share<TensorInfo>,
  L: TensorInfo,
): ShareMoments {
  const [m, n] = S.shape;
  const { shared, kernels } = backend;
  const scratch = shared.allocate(8 * (m + n + 3));
  try {
    const [rows, columns, out] = [scratch, scratch + 8 * m, scratch + 8 * (m + n)];
    const at = (t: TensorInfo) => backend.offset(t);
    kernels.moments.addShare(at(S), Number(more), at(a), scale, add, b ? at(b) : 0, at(L), m, n, rows, columns, out);
    const view = new Float64Array(shared.memory.buffer, scratch, m + n + 3).slice();
    return {
      rows: view.subarray(0, m),
      columns: view.subarray(m, m + n),
      square: view[m + n],
      product: view[m + n + 1],
      trace: view[m + n + 2],
    };
  } finally {
    shared.free(scratch);
  }
}

/** ⟨A, B⟩ of two tensors of one shape, in float64. */
export const innerProduct = (backend: CpuBackend, A: TensorInfo, B: TensorInfo): number =>
  backend.kernels.moments.innerProduct(
    backend.offset(A),
    backend.offset(B),
    A.shape.reduce((x, y) => x * y, 1),
  );
