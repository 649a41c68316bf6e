// CKA and debiased CKA of two layers (Kornblith et al. 2019, arXiv:1905.00414, Eq. 2; Song et al. 2012, JMLR 13, Eq. 5), from kernels
// K = A Aᵀ, L = B Bᵀ of centred features:
//   CKA        ⟨K, L⟩ / (‖K‖ ‖L‖)
//   debiased   the same ratio of unbiased HSIC estimates; may be negative
// A layer wider than the samples is kept as its kernel, so that many can be compared with many: the products below are then O(P²).
import type { Algebra } from '../../devices/algebra.ts';
import { unbiasedHsic, side } from '../alignment.ts';
import { centredRows, type Features } from '../features.ts';
import { centredProducts } from '../product.ts';
import { centredKernel } from './basis.ts';
import type { Measure } from './measure.ts';

interface Operand {
  /** its numbers are let go where the kernel is kept */
  features: Features;
  /** K_c [P, P] where N ≥ P, else null */
  K: Float64Array | null;
  /** ‖K_c‖² */
  square: number;
  /** its unbiased HSIC with itself */
  debiased: number;
}

/** ⟨K_a, K_b⟩ of centred kernels */
async function product(algebra: Algebra, a: Pick<Operand, 'features' | 'K'>, b: Pick<Operand, 'features' | 'K'>): Promise<number> {
  if (a.K && b.K) return dot(a.K, b.K);
  if (a.K) return kernelWith(algebra, a.K, b.features);
  if (b.K) return kernelWith(algebra, b.K, a.features);
  return (await centredProducts(algebra, a.features, [b.features]))[0];
}

/** ⟨K, A Aᵀ⟩ = ⟨A, K A⟩. K: [P, P] */
async function kernelWith(algebra: Algebra, K: Float64Array, F: Features): Promise<number> {
  const { P, N } = F;
  const A = await centredRows(F, 0, P);
  const KA = new Float64Array(P * N);
  await algebra.gemm({ m: P, n: N, k: P, a: K, b: A, c: KA });
  return dot(A, KA);
}

function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let k = 0; k < a.length; k++) s += a[k] * b[k];
  return s;
}

const released = () => {
  throw new Error('the rows of a layer that is kept as its kernel were asked for');
};

async function operand(algebra: Algebra, features: Features, own: (square: number) => number): Promise<Operand> {
  const { P, N } = features;
  const K = N >= P ? await centredKernel(algebra, features) : null;
  // Rows may be made on demand by a network that is gone by the time of a comparison.
  const all = K ? null : await features.rows(0, P);
  const kept = { ...features, rows: all ? (from: number, to: number) => all.subarray(from * N, to * N) : released };
  const square = await product(algebra, { features: kept, K }, { features: kept, K });
  return { features: kept, K, square, debiased: own(square) };
}

const bytes = (P: number, N: number) => P * (N < P ? 4 * N : 8 * P);

/** Linear CKA, in [0, 1]. */
export const cka: Measure<Operand> = {
  symmetric: true,
  options: {},
  bytes,
  prepare: (algebra, features) => operand(algebra, features, () => NaN),
  // By Cauchy–Schwarz under 1; the minimum takes off rounding only.
  compare: async (algebra, a, b) => Math.min(1, (await product(algebra, a, b)) / Math.sqrt(a.square * b.square)),
};

/** Debiased linear CKA, never clamped. @throws `bad-input` naming a layer on whose samples it is undefined */
export const debiasedCka: Measure<Operand> = {
  symmetric: true,
  options: {},
  bytes,
  prepare: (algebra, features) => operand(algebra, features, (square) => side(features, square).debiased),
  compare: async (algebra, a, b) => unbiasedHsic(a.features, b.features, await product(algebra, a, b)) / Math.sqrt(a.debiased * b.debiased),
};
