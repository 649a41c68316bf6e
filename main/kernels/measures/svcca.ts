// SVCCA (Raghu et al. 2017, arXiv:1706.05806): of each centred feature set the leading singular directions that hold 99 % of its variance
// Σ s², then the mean of the canonical correlations of the two subspaces:
//   SVCCA(A, B) = (1/min(k_A, k_B)) Σ_i ρ_i,   ρ = singular values of U_Aᵀ U_B   (Björck & Golub 1973: principal angles)
// With all directions kept it is the mean CCA correlation, which no invertible linear map of either side changes.
import type { Algebra } from '../../devices/algebra.ts';
import { principalDirections, singularValues, type Basis } from './basis.ts';
import type { Measure } from './measure.ts';

export interface Subspace extends Basis {
  /** directions kept, the leading ones of `rank` */
  k: number;
}

/** How many leading directions hold `share` of Σ s²; all of them for 1. */
export function directionsFor(s: Float64Array, share: number): number {
  if (share >= 1) return s.length;
  const total = s.reduce((sum, v) => sum + v * v, 0);
  let sum = 0;
  for (let k = 0; k < s.length; k++) {
    sum += s[k] * s[k];
    if (sum >= share * total) return k + 1;
  }
  return s.length;
}

/** U_Aᵀ U_B [k_A, k_B] of the kept directions */
export async function overlaps(algebra: Algebra, a: Subspace, b: Subspace): Promise<Float64Array> {
  const M = new Float64Array(a.k * b.k);
  await algebra.gemm({ transA: true, m: a.k, n: b.k, k: a.P, a: a.U, lda: a.rank, b: b.U, ldb: b.rank, c: M });
  return M;
}

/** Canonical correlations ρ [min(k_A, k_B)], descending, in [0, 1] but for rounding. */
export async function canonicalCorrelations(algebra: Algebra, a: Subspace, b: Subspace): Promise<Float64Array> {
  return singularValues(algebra, await overlaps(algebra, a, b), a.k, b.k);
}

/** SVCCA keeping `variance` of each side's variance, in (0, 1]. */
export const svccaKeeping = (variance: number): Measure<Subspace> => ({
  symmetric: true,
  options: { variance },
  bytes: (P, N) => 8 * P * Math.min(P, N),
  async prepare(algebra, features) {
    const basis = await principalDirections(algebra, features);
    return { ...basis, k: directionsFor(basis.s, variance) };
  },
  async compare(algebra, a, b) {
    const rho = await canonicalCorrelations(algebra, a, b);
    return Math.min(1, rho.reduce((sum, r) => sum + r, 0) / rho.length);
  },
});
