// Moments of a symmetric P×P kernel, gathered in float64 from tiles of its lower triangle while they are at hand; the kernel itself need
// not be kept. With row sums r and total s,
//   ⟨HAH, HBH⟩ = ⟨A, B⟩ − (2/P) r_a·r_b + s_a s_b/P².
// Each element under the diagonal stands for its mirror image too, so that a kernel is symmetric by construction.

/** Where a tile lies: rows i … i+m−1, columns j … j+n−1, j ≤ i; i = j is a tile on the diagonal, of which the lower half is read. */
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

/**
 * Adds the tile scale·T + add of one part to its moments and to the sum of parts. T, target (K_Y): [m, n] float32; sum: [m, n] float64.
 */
export function addPart(
  M: Moments,
  T: Float32Array,
  scale: number,
  add: number,
  target: Float32Array,
  sum: Float64Array,
  at: TilePlace,
): void {
  const { rows } = M;
  const { i, m, j, n } = at;
  const diagonal = i === j;
  let square = 0;
  let withTarget = 0;
  for (let r = 0; r < m; r++) {
    const end = r * n + (diagonal ? r : n);
    let row = 0;
    for (let k = r * n, q = j; k < end; k++, q++) {
      const v = scale * T[k] + add;
      sum[k] += v;
      square += v * v;
      withTarget += v * target[k];
      row += v;
      rows[q] += v; // the mirror image
    }
    if (diagonal) {
      const v = scale * T[end] + add;
      sum[end] += v;
      M.square += v * v;
      M.target += v * target[end];
      M.trace += v;
      row += v;
    }
    rows[i + r] += row;
  }
  M.square += 2 * square;
  M.target += 2 * withTarget;
}

/** ⟨K, K⟩ of a summed tile, and ⟨K, L⟩ with a second kernel's tile L [m, n] where one is given. */
export function tileProducts(sum: Float64Array, L: Float32Array | null, { i, m, j, n }: TilePlace): { square: number; product: number } {
  const diagonal = i === j;
  let square = 0;
  let product = 0;
  for (let r = 0; r < m; r++) {
    const start = r * n;
    const end = start + (diagonal ? r : n);
    if (L)
      for (let k = start; k < end; k++) {
        square += sum[k] * sum[k];
        product += sum[k] * L[k];
      }
    else for (let k = start; k < end; k++) square += sum[k] * sum[k];
    if (diagonal) {
      square += 0.5 * sum[end] * sum[end];
      if (L) product += 0.5 * sum[end] * L[end];
    }
  }
  return { square: 2 * square, product: 2 * product };
}

/** Writes a summed tile and its mirror image into K [P, P], float32. */
export function storeTile(K: Float32Array, P: number, sum: Float64Array, { i, m, j, n }: TilePlace): void {
  const patch = 32; // a patch and its mirror image stay in the first-level cache
  for (let r0 = 0; r0 < m; r0 += patch)
    for (let c0 = 0; c0 < n; c0 += patch)
      for (let r = r0; r < Math.min(m, r0 + patch); r++) {
        const end = Math.min(c0 + patch, i === j ? r + 1 : n);
        for (let c = c0; c < end; c++) {
          const v = sum[r * n + c];
          K[(i + r) * P + j + c] = v;
          K[(j + c) * P + i + r] = v;
        }
      }
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
