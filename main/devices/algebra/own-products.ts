// Our own float64 product on arrays that lie outside its memory: tiles of A and B are copied in, tiles of C out, and the event loop runs
// between them. Takes 20 MB, whatever the size.
import { breathe } from './checks.ts';
import { scaleRows, type FullProduct, type SymmetricProduct } from './products.ts';
import { createScratch, type Block, type Modules } from './scratch.ts';

export interface ProductKernel {
  /** numbers of working space */
  workspace(): number;
  /** C ← α A B (+ C where add); A[i, p] at a + (i·ai + p·ap)·8, B[p, j] at b + (p·bp + j·bj)·8 */
  gemm(
    ...args: [m: number, n: number, k: number, alpha: number, a: number, ai: number, ap: number, b: number, bp: number, bj: number,
      c: number, ldc: number, add: boolean, work: number] // prettier-ignore
  ): void;
}

const rowsAtOnce = 240;
const depth = 1024;
const columnsAtOnce = 1024;
/** Numbers of the kernel's working space; asked before its memory exists. */
export const productSpace = 256 * 512 + 256 * 96 + 6 * 4;

interface Tiles {
  kernel: ProductKernel;
  A: Block;
  B: Block;
  C: Block;
  work: Block;
}

/** Rows × columns numbers of x from `from` on, rows `ld` apart, densely into a block. */
function copyIn(x: Float64Array, from: number, ld: number, rows: number, columns: number, block: Block): void {
  for (let r = 0; r < rows; r++) block.view.set(x.subarray(from + r * ld, from + r * ld + columns), r * columns);
}

export function createOwnProducts(modules: Modules) {
  let tiles: Tiles | null = null;
  let last: Promise<void> = Promise.resolve();
  /** One product after another: they share the tiles, and the event loop runs in between. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const result = last.then(work);
    last = result.catch(() => undefined); // its caller is told; the next product does not depend on it
    return result;
  }
  function open(): Tiles {
    const { memory, blocks } = createScratch(rowsAtOnce * depth, depth * columnsAtOnce, rowsAtOnce * columnsAtOnce, productSpace);
    const [A, B, C, work] = blocks;
    return { kernel: modules<ProductKernel>('product64', memory), A, B, C, work };
  }

  /** `skips(i, j)`: whether the tile of C with rows from i on and columns up to j is not wanted */
  async function gemm(o: FullProduct, skips: (i: number, j: number) => boolean = () => false): Promise<void> {
    const { transA, transB, m, n, k, alpha, a, lda, b, ldb, c, ldc } = o;
    const { kernel, A, B, C, work } = (tiles ??= open());
    scaleRows(o);
    for (let j = 0; j < n; j += columnsAtOnce) {
      const nc = Math.min(columnsAtOnce, n - j);
      for (let p = 0; p < k; p += depth) {
        const kc = Math.min(depth, k - p);
        if (transB) copyIn(b, j * ldb + p, ldb, nc, kc, B);
        else copyIn(b, p * ldb + j, ldb, kc, nc, B);
        for (let i = 0; i < m; i += rowsAtOnce) {
          const mc = Math.min(rowsAtOnce, m - i);
          if (skips(i, j + nc)) continue;
          if (transA) copyIn(a, p * lda + i, lda, kc, mc, A);
          else copyIn(a, i * lda + p, lda, mc, kc, A);
          const [ai, ap] = transA ? [1, mc] : [kc, 1];
          const [bp, bj] = transB ? [1, kc] : [nc, 1];
          kernel.gemm(mc, nc, kc, alpha, A.at, ai, ap, B.at, bp, bj, C.at, nc, false, work.at);
          for (let r = 0; r < mc; r++) {
            const row = (i + r) * ldc + j;
            for (let s = 0; s < nc; s++) c[row + s] += C.view[r * nc + s];
          }
          await breathe();
        }
      }
    }
  }
  return {
    gemm: (o: FullProduct) => inTurn(() => gemm(o)),
    /** the tiles of α AAᵀ or α AᵀA that reach the upper triangle */
    upper: ({ trans, n, k, alpha, beta, a, c }: Required<SymmetricProduct>) => {
      const ld = trans ? n : k;
      const full = { transA: trans, transB: !trans, m: n, n, k, alpha, a, lda: ld, b: a, ldb: ld, beta, c, ldc: n };
      return inTurn(() => gemm(full, (i, j) => j <= i));
    },
  };
}
