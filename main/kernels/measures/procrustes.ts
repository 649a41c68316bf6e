// Orthogonal Procrustes (Williams et al. 2021, arXiv:2110.14739, and Ding et al. 2021, arXiv:2108.01661): how well one feature set can be
// rotated onto the other. Both are centred and divided by their Frobenius norm, then
//   similarity s = max_Q ⟨A Q, B⟩ = ‖AᵀB‖_*   (nuclear norm, in [0, 1]),   distance² d² = min_Q ‖A Q − B‖² = 2 − 2s
// over orthogonal Q; the narrower set counts as padded with zero columns, which changes no singular value of AᵀB.
import { centredRows } from '../features.ts';
import { principalDirections, singularValues } from './basis.ts';
import type { Measure } from './measure.ts';

interface Shape {
  P: number;
  /** columns */
  n: number;
  /** A R / ‖A‖ [P, n]: of a layer wider than the samples its rotation R into the principal directions, since ‖AᵀB‖_* sees no rotation */
  A: Float64Array;
}

/** s = ‖AᵀB‖_* */
export const procrustes: Measure<Shape> = {
  symmetric: true,
  options: {},
  bytes: (P, N) => 8 * P * Math.min(P, N),
  async prepare(algebra, features) {
    const { P, N } = features;
    const norm = Math.sqrt(features.trace);
    if (N <= P) return { P, n: N, A: (await centredRows(features, 0, P)).map((v) => v / norm) };
    const { U, s, rank } = await principalDirections(algebra, features);
    return { P, n: rank, A: U.map((u, q) => (u * s[q % rank]) / norm) };
  },
  async compare(algebra, a, b) {
    const M = new Float64Array(a.n * b.n);
    await algebra.gemm({ transA: true, m: a.n, n: b.n, k: a.P, a: a.A, b: b.A, c: M });
    const sigma = await singularValues(algebra, M, a.n, b.n);
    return Math.min(
      1,
      sigma.reduce((sum, v) => sum + v, 0),
    );
  },
};

/** d = √(2 − 2s), in [0, √2] */
export const procrustesDistance = (s: number): number => Math.sqrt(Math.max(0, 2 - 2 * s));
