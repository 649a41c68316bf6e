// Matrix products on the shared memory: the machine's BLAS in place, or our own SIMD product where there is none.
import type { SharedMemory } from '../memory.ts';
import { cblas, type Float32Blas, type NativeLibrary } from '../native.ts';
import type { Kernels } from './kernels.ts';
import { createPool, defaultThreads } from './pool.ts';

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
  /** stops the threads */
  dispose(): void;
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
    dispose: () => undefined,
  };
}

/** How wasm/src/product.ts cuts C. */
const shares = { rows: 0, columns: 1, lower: 2 } as const;
/** Multiplications under which sharing costs more than it saves. */
const alone = 500_000;

/** `parts` parts of a side, in whole blocks. */
const cut = (side: number, parts: number, block: number): number => Math.max(block, Math.ceil(side / parts / block) * block);

/** Our own product, its chunks shared among `threads` threads. */
function ownProducts(shared: SharedMemory, kernels: Kernels, threads: number): Products {
  const { product, layout } = kernels;
  const work = shared.allocate(product.workspace());
  const pool = createPool(shared, kernels.build, threads);
  function multiply(p: Product, step: number, share: number): void {
    const [lda, ldb] = [p.transA ? p.m : p.k, p.transB ? p.k : p.n];
    const [ta, tb, add] = [p.transA, p.transB, p.add].map(Number);
    product.multiply(pool.slot, work, p.m, p.n, p.k, p.alpha, p.a, ta, lda, p.b, tb, ldb, p.c, p.n, add, step, share);
  }
  function gemm(p: Product): void {
    if (empty(shared, p)) return;
    const parts = pool.threads === 1 || p.m * p.n * p.k < alone ? 1 : 2 * pool.threads;
    if (p.n > p.m) multiply(p, cut(p.n, parts, 8), shares.columns);
    else multiply(p, cut(p.m, parts, 6), shares.rows);
  }
  return {
    detail: `own SIMD product, ${pool.threads} thread${pool.threads === 1 ? '' : 's'}`,
    gemm,
    gram(n, k, alpha, a, trans, c) {
      const p: Product = { m: n, n, k, alpha, a, transA: trans, b: a, transB: !trans, c, add: false };
      if (n < 64 || k === 0) return gemm(p);
      multiply(p, cut(n, 8 * pool.threads, 6), shares.lower);
      layout.mirror(c, n);
    },
    dispose: () => pool.stop(),
  };
}

/** Products on `shared` by the machine's BLAS, or where `native` is null by our own kernels on `threads` threads. */
export const createProducts = (
  shared: SharedMemory,
  kernels: Kernels,
  native: { library: NativeLibrary; blas: Float32Blas } | null,
  threads = defaultThreads(),
): Products => (native ? nativeProducts(shared, kernels, native.library, native.blas) : ownProducts(shared, kernels, threads));
