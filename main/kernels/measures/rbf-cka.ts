// CKA of Gaussian kernels (Kornblith et al. 2019, arXiv:1905.00414, Section 3): k(x, x′) = exp(−‖x − x′‖²/(2σ²)), σ a fraction of the median
// distance between two different samples (the mean of the two middle ones where their number is even), biased HSIC:
//   ⟨H K H, H L H⟩ / (‖H K H‖ ‖H L H‖)
// A large fraction makes it linear CKA: HKH → A Aᵀ/σ².
import type { Algebra } from '../../devices/algebra.ts';
import { badInput } from '../../contract/errors.ts';
import type { Features } from '../features.ts';
import { centreKernel } from '../spectrum.ts';
import { centredKernel } from './basis.ts';
import type { Measure } from './measure.ts';

interface Gaussian {
  /** HKH [P, P] */
  K: Float64Array;
  norm: number;
}

/** ‖x_i − x_j‖² [P, P] from A Aᵀ of centred features; rounding under 0 is taken off */
async function squaredDistances(algebra: Algebra, F: Features): Promise<Float64Array> {
  const { P } = F;
  const D = await centredKernel(algebra, F);
  const d = Float64Array.from({ length: P }, (_, i) => D[i * P + i]);
  for (let i = 0, k = 0; i < P; i++) for (let j = 0; j < P; j++, k++) D[k] = i === j ? 0 : Math.max(0, d[i] + d[j] - 2 * D[k]);
  return D;
}

/** Median of ‖x_i − x_j‖ over the P(P − 1)/2 pairs i < j. D: squared distances [P, P] */
export function medianDistance(D: Float64Array, P: number): number {
  const all = new Float64Array((P * (P - 1)) / 2);
  for (let i = 0, q = 0; i < P; i++) for (let j = i + 1; j < P; j++, q++) all[q] = D[i * P + j];
  all.sort();
  const half = all.length >> 1;
  return all.length % 2 === 1 ? Math.sqrt(all[half]) : (Math.sqrt(all[half - 1]) + Math.sqrt(all[half])) / 2;
}

/** RBF-CKA with σ = bandwidth · median distance, in [0, 1]. @throws `bad-input` naming a layer where half the pairs of samples coincide */
export const rbfCkaWith = (bandwidth: number): Measure<Gaussian> => ({
  symmetric: true,
  options: { bandwidth },
  bytes: (P) => 8 * P * P,
  async prepare(algebra, features) {
    const { P, layer } = features;
    const K = await squaredDistances(algebra, features);
    const median = medianDistance(K, P);
    // Distances of equal rows come out at some 1e-8 of the spread: the root of rounding.
    if (!(median * median > 1e-14 * features.trace))
      throw badInput(
        `${layer}: half of all pairs of its ${P} samples have the same features, so a median bandwidth is 0; use another measure`,
      );
    const scale = -1 / (2 * (bandwidth * median) ** 2);
    for (let k = 0; k < K.length; k++) K[k] = Math.exp(scale * K[k]);
    centreKernel(K, P);
    return { K, norm: Math.sqrt(dot(K, K)) };
  },
  compare: async (_, a, b) => Math.min(1, dot(a.K, b.K) / (a.norm * b.norm)),
});

function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let k = 0; k < a.length; k++) s += a[k] * b[k];
  return s;
}
