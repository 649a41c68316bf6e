// Moments of symmetric P×P kernels, gathered in float64 from the tiles of their lower triangle; the kernels themselves need not be kept.
// With row sums r and total s,
//   ⟨HAH, HBH⟩ = ⟨A, B⟩ − (2/P) r_a·r_b + s_a s_b/P².
// A tile under the diagonal stands for its mirror image too.
import type { ShareMoments } from '../devices/index.ts';

/** Where a tile lies: rows i … i+m−1, columns j … j+n−1, j ≤ i; i = j is a tile on the diagonal. */
export interface TilePlace {
  i: number;
  m: number;
  j: number;
  n: number;
}

export interface Moments {
  /** ⟨K, K⟩ */
  square: number;
  /** ⟨K, K_Y⟩ */
  target: number;
  trace: number;
  /** r [P] */
  readonly rows: Float64Array;
}

export const emptyMoments = (P: number): Moments => ({ square: 0, target: 0, trace: 0, rows: new Float64Array(P) });

/** How often a tile stands in the whole kernel. */
export const weightOf = ({ i, j }: TilePlace): 1 | 2 => (i === j ? 1 : 2);

/** Adds the moments of one tile. */
export function addTile(M: Moments, tile: ShareMoments, at: TilePlace): void {
  const weight = weightOf(at);
  M.square += weight * tile.square;
  M.target += weight * tile.product;
  if (weight === 1) M.trace += tile.trace;
  for (let r = 0; r < at.m; r++) M.rows[at.i + r] += tile.rows[r];
  if (weight === 2) for (let c = 0; c < at.n; c++) M.rows[at.j + c] += tile.columns[c];
}

/** Copies the rows of a block [m, n] to K [P, P], its first element to row i, column j. */
export function storeRows(K: Float32Array, P: number, block: Float32Array, { i, m, j, n }: TilePlace): void {
  for (let r = 0; r < m; r++) K.set(block.subarray(r * n, (r + 1) * n), (i + r) * P + j);
}

/** Side of the squares that a block is turned in: their rows stay in cache on both sides. */
const square = 32;

/** Makes a block on the diagonal of K [P, P], m samples from i on, exactly symmetric: rounding may differ on its two sides. */
export function mirrorBlock(K: Float32Array, P: number, i: number, m: number): void {
  for (let top = i; top < i + m; top += square)
    for (let left = i; left <= top; left += square)
      for (let r = top; r < Math.min(top + square, i + m); r++)
        for (let c = left; c < Math.min(left + square, r); c++) K[c * P + r] = K[r * P + c];
}

/** ⟨HAH, HBH⟩ from ⟨A, B⟩ and the row sums [P] of both */
export function centredFrom(product: number, ra: Float64Array, rb: Float64Array): number {
  const P = ra.length;
  let rr = 0;
  let sa = 0;
  let sb = 0;
  for (let i = 0; i < P; i++) {
    rr += ra[i] * rb[i];
    sa += ra[i];
    sb += rb[i];
  }
  return product - (2 / P) * rr + (sa * sb) / (P * P);
}

/** Row sums [P] of K_Y = YYᵀ. Y: [P, C] */
export function gramRowSums(Y: Float32Array | Float64Array, P: number, C: number): Float64Array {
  const total = new Float64Array(C);
  for (let i = 0, k = 0; i < P; i++) for (let c = 0; c < C; c++, k++) total[c] += Y[k];
  const rows = new Float64Array(P);
  for (let i = 0, k = 0; i < P; i++) for (let c = 0; c < C; c++, k++) rows[i] += Y[k] * total[c];
  return rows;
}
