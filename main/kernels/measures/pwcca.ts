// PWCCA (Morcos et al. 2018, arXiv:1806.05759, Section 2.2): canonical correlations weighted by how much of A each canonical direction holds.
//   h_i [P]   canonical variables of A, orthonormal, i = 1 … min(r_A, r_B);  z_j [P] the columns (neurons) of centred A
//   α_i ∝ Σ_j |⟨h_i, z_j⟩|,  Σ α_i = 1;   PWCCA(A, B) = Σ_i α_i ρ_i
// Asymmetric: the weights are those of A, the first set (the row of a matrix of layers). No invertible map of B changes it; of A only
// translation, scaling and permutation of neurons do not, since Σ_j |·| depends on the axes. Where correlations are equal the h_i are not
// unique, and the weight of such a group depends on the choice: Morcos et al. leave that open too.
import type { Algebra } from '../../devices/algebra.ts';
import { centredRows, type Features } from '../features.ts';
import { principalDirections, rowsAtOnce } from './basis.ts';
import { overlaps, type Subspace } from './svcca.ts';
import type { Measure } from './measure.ts';

interface Side extends Subspace {
  N: number;
  /** UᵀA [r, N]: neurons in the principal directions */
  Z: Float64Array;
}

/** Canonical directions of A as rows in its principal directions [k, r_A], and their correlations [k], k = min(r_A, r_B). */
async function canonical(algebra: Algebra, a: Subspace, b: Subspace): Promise<{ rows: Float64Array; rho: Float64Array }> {
  const k = Math.min(a.k, b.k);
  const M = await overlaps(algebra, a, b);
  const MM = new Float64Array(a.k * a.k);
  await algebra.syrk({ n: a.k, k: b.k, a: M, c: MM });
  const { vectors } = await algebra.symmetricEigen(MM, a.k);
  // ρ_i = ‖Mᵀu_i‖, not the root of an eigenvalue: errors of the vectors enter squared.
  const image = new Float64Array(k * b.k);
  await algebra.gemm({ m: k, n: b.k, k: a.k, a: vectors, b: M, c: image });
  const rho = new Float64Array(k);
  for (let i = 0; i < k; i++) rho[i] = norm(image.subarray(i * b.k, (i + 1) * b.k));
  return { rows: vectors.subarray(0, k * a.k), rho };
}

const norm = (v: Float64Array) => Math.sqrt(v.reduce((s, x) => s + x * x, 0));

/** UᵀA [r, N], a block of samples at a time */
async function neurons(algebra: Algebra, F: Features, { U, rank, P }: Subspace): Promise<Float64Array> {
  const { N } = F;
  const Z = new Float64Array(rank * N);
  const step = rowsAtOnce(P, N);
  for (let from = 0; from < P; from += step) {
    const k = Math.min(step, P - from);
    const u = U.subarray(from * rank, (from + k) * rank);
    await algebra.gemm({ transA: true, m: rank, n: N, k, a: u, b: await centredRows(F, from, from + k), beta: from > 0 ? 1 : 0, c: Z });
  }
  return Z;
}

/** PWCCA of all directions, weighted by the first set, in [0, 1]. */
export const pwcca: Measure<Side> = {
  symmetric: false,
  options: {},
  bytes: (P, N) => 8 * Math.min(P, N) * (P + N),
  async prepare(algebra, features) {
    const basis = await principalDirections(algebra, features);
    const all = { ...basis, k: basis.rank };
    return { ...all, N: features.N, Z: await neurons(algebra, features, all) };
  },
  async compare(algebra, a, b) {
    const { rows, rho } = await canonical(algebra, a, b);
    const projections = new Float64Array(rho.length * a.N);
    await algebra.gemm({ m: rho.length, n: a.N, k: a.rank, a: rows, b: a.Z, c: projections });
    let [weighted, total] = [0, 0];
    for (let i = 0, q = 0; i < rho.length; i++) {
      let alpha = 0;
      for (let j = 0; j < a.N; j++, q++) alpha += Math.abs(projections[q]);
      weighted += alpha * rho[i];
      total += alpha;
    }
    return Math.min(1, weighted / total);
  },
};
