// Matrix products in float64, row-major: the machine's BLAS, or our own kernel a tile at a time.
import { cblas } from '../native.ts';
import type { Float64Blas } from '../lapack.ts';
import { checkCount, checkLength } from './checks.ts';
import { createOwnProducts } from './own-products.ts';
import type { Modules } from './scratch.ts';

export interface Product {
  transA?: boolean;
  transB?: boolean;
  m: number;
  n: number;
  k: number;
  /** 1 unless said */
  alpha?: number;
  a: Float64Array;
  /** numbers from one row of A to the next */
  lda?: number;
  b: Float64Array;
  ldb?: number;
  /** 0 unless said: C is overwritten, whatever it held */
  beta?: number;
  c: Float64Array;
  ldc?: number;
}
export interface SymmetricProduct {
  trans?: boolean;
  n: number;
  k: number;
  alpha?: number;
  a: Float64Array;
  /** 0 unless said; otherwise C is symmetric as it comes */
  beta?: number;
  c: Float64Array;
}
export interface Products {
  gemm(o: Product): Promise<void>;
  syrk(o: SymmetricProduct): Promise<void>;
}
/** A product with nothing left open. */
export type FullProduct = Required<Product>;

/** Numbers that a matrix of rows × columns takes when its rows are `ld` apart. */
const span = (rows: number, columns: number, ld: number): number => (rows === 0 ? 0 : (rows - 1) * ld + columns);

/** Defaults filled in and lengths checked. */
function complete(o: Product): FullProduct {
  const { transA = false, transB = false, m, n, k, alpha = 1, beta = 0, a, b, c } = o;
  const { lda = transA ? m : k, ldb = transB ? k : n, ldc = n } = o;
  for (const [name, value] of Object.entries({ m, n, k })) checkCount(name, value, 0);
  const [rowsA, columnsA] = transA ? [k, m] : [m, k];
  const [rowsB, columnsB] = transB ? [n, k] : [k, n];
  checkCount('lda', lda, columnsA);
  checkCount('ldb', ldb, columnsB);
  checkCount('ldc', ldc, n);
  checkLength('a', a, span(rowsA, columnsA, lda));
  checkLength('b', b, span(rowsB, columnsB, ldb));
  checkLength('c', c, span(m, n, ldc));
  return { transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc };
}

/** C ← βC, NaN and all replaced where β = 0. */
export function scaleRows({ m, n, beta, c, ldc }: Pick<FullProduct, 'm' | 'n' | 'beta' | 'c' | 'ldc'>): void {
  if (beta === 1) return;
  for (let i = 0; i < m; i++) {
    const row = c.subarray(i * ldc, i * ldc + n);
    if (beta === 0) row.fill(0);
    else for (let j = 0; j < n; j++) row[j] *= beta;
  }
}

/** The lower triangle of C [n, n] from its upper one, in tiles. */
function mirror(c: Float64Array, n: number): void {
  const tile = 64;
  for (let i = 0; i < n; i += tile)
    for (let j = 0; j <= i; j += tile)
      for (let r = i; r < Math.min(n, i + tile); r++) for (let s = j; s < Math.min(r, j + tile); s++) c[r * n + s] = c[s * n + r];
}

/** Any gemm with checks, and syrk as half of it where the library can. */
function products(gemm: (o: FullProduct) => Promise<void>, upper: (o: Required<SymmetricProduct>) => Promise<void>): Products {
  return {
    async gemm(o) {
      const p = complete(o);
      if (p.m === 0 || p.n === 0) return;
      if (p.k === 0 || p.alpha === 0) return scaleRows(p);
      return gemm(p);
    },
    async syrk({ trans = false, n, k, alpha = 1, beta = 0, a, c }) {
      checkCount('n', n, 0);
      checkCount('k', k, 0);
      checkLength('a', a, n * k);
      checkLength('c', c, n * n);
      if (n === 0) return;
      if (k === 0) return scaleRows({ m: n, n, beta, c, ldc: n });
      await upper({ trans, n, k, alpha, beta, a, c });
      mirror(c, n);
    },
  };
}

export function nativeProducts(blas: Float64Blas): Products {
  const op = (trans: boolean) => (trans ? cblas.trans : cblas.noTrans);
  const gemm = ({ transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc }: FullProduct) =>
    blas.dgemm(cblas.rowMajor, op(transA), op(transB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  return products(gemm, ({ trans, n, k, alpha, beta, a, c }) => {
    const ld = trans ? n : k;
    if (blas.dsyrk) return blas.dsyrk(cblas.rowMajor, cblas.upper, op(trans), n, k, alpha, a, ld, beta, c, n);
    return gemm({ transA: trans, transB: !trans, m: n, n, k, alpha, a, lda: ld, b: a, ldb: ld, beta, c, ldc: n });
  });
}

export function ownProducts(modules: Modules): Products {
  const own = createOwnProducts(modules);
  return products(own.gemm, own.upper);
}
