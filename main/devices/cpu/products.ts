// Matrix products on the shared memory: the machine's BLAS in place, or our own SIMD product where there is none.
import type { SharedMemory } from '../memory.ts';
import { cblas, type Float32Blas, type NativeLibrary } from '../native.ts';
import type { Kernels } from './kernels.ts';

export interface Product {
  m: number;
  n: number;
  k: number;
  alpha: number;
  /** offsets; a holds A [m, k], or where transA Aᵀ [k, m]; likewise b; c [m, n] */
  a: number;
  transA: boolean;
  b: number;
  transB: boolean;
  c: number;
  /** adds to C instead of replacing it */
  add: boolean;
}

export interface Products {
  readonly detail: string;
  /** C ← α op(A) op(B), + C where `add` */
  gemm(p: Product): void;
  /** C ← α A Aᵀ (A [n, k]) or, trans, α AᵀA (A [k, n]); the full symmetric C [n, n] */
  gram(n: number, k: number, alpha: number, a: number, trans: boolean, c: number): void;
}

/** A product with an empty side or an empty sum, which BLAS need not be asked for. True when done. */
function empty(shared: SharedMemory, p: Product): boolean {
  if (p.m === 0 || p.n === 0) return true;
  if (p.k > 0) return false;
  if (!p.add) shared.floats(p.c, p.m * p.n).fill(0);
  return true;
}

function nativeProducts(shared: SharedMemory, kernels: Kernels, library: NativeLibrary, blas: Float32Blas): Products {
  // Shared memory never moves, so one look is enough.
  const base = library.address(new Uint8Array(shared.memory.buffer, 0, 1));
  const op = (trans: boolean) => (trans ? cblas.trans : cblas.noTrans);
  const gemm = (p: Product): void => {
    if (empty(shared, p)) return;
    const lda = p.transA ? p.m : p.k;
    const ldb = p.transB ? p.k : p.n;
    const beta = p.add ? 1 : 0;
    blas.sgemm(cblas.rowMajor, op(p.transA), op(p.transB), p.m, p.n, p.k, p.alpha, base + p.a, lda, base + p.b, ldb, beta, base + p.c, p.n);
  };
  return {
    detail: library.detail,
    gemm,
    gram(n, k, alpha, a, trans, c) {
      const ssyrk = blas.ssyrk;
      // Half the work; under some 64 rows the mirror costs more than is saved.
      if (!ssyrk || n < 64 || k === 0) return gemm({ m: n, n, k, alpha, a, transA: trans, b: a, transB: !trans, c, add: false });
      ssyrk(cblas.rowMajor, cblas.lower, op(trans), n, k, alpha, base + a, trans ? n : k, 0, base + c, n);
      kernels.layout.mirror(c, n);
    },
  };
}

function ownProducts(shared: SharedMemory, kernels: Kernels): Products {
  const work = shared.allocate(kernels.product.workspace());
  const gemm = (p: Product): void => {
    if (empty(shared, p)) return;
    const [ai, ap] = p.transA ? [1, p.m] : [p.k, 1];
    const [bp, bj] = p.transB ? [1, p.k] : [p.n, 1];
    kernels.product.gemm(p.m, p.n, p.k, p.alpha, p.a, ai, ap, p.b, bp, bj, p.c, p.n, p.add ? 1 : 0, work);
  };
  return {
    detail: `own ${kernels.build} SIMD product, 1 thread`,
    gemm,
    gram: (n, k, alpha, a, trans, c) => gemm({ m: n, n, k, alpha, a, transA: trans, b: a, transB: !trans, c, add: false }),
  };
}

export const createProducts = (
  shared: SharedMemory,
  kernels: Kernels,
  native: { library: NativeLibrary; blas: Float32Blas } | null,
): Products => (native ? nativeProducts(shared, kernels, native.library, native.blas) : ownProducts(shared, kernels));
