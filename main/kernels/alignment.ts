// Alignment of two kernels on P samples, from features (Section III, Eq. 4; CKA replaces K by HKH, H = I − 11ᵀ/P):
//   KTA  A(K₁,K₂) = ⟨K₁,K₂⟩ / (‖K₁‖ ‖K₂‖)
//   CKA  A(HK₁H, HK₂H), in [0, 1]
//   debiased CKA: the same ratio of unbiased HSIC estimates (Song et al. 2012), may be negative, needs P ≥ 4
//   null line: the mean of CKA over all row permutations, √(PR₁ PR₂)/(P − 1),  PR = (Tr K_c)²/‖K_c‖²
import type { Algebra } from '../devices/algebra.ts';
import { badInput } from '../contract/errors.ts';
import type { LayerAlignment } from '../contract/results.ts';
import { readFeatures, uncentredProduct, type FeatureInput, type Features, type Reals } from './features.ts';
import { centredProducts, fitTogether, productsTogether } from './product.ts';

/** The four alignments of one pair of kernels. */
export interface Alignment {
  cka: number;
  kta: number;
  debiased: number;
  null: number;
}

/** What does not change over layers and snapshots of one probe set. */
export interface AlignmentReference {
  P: number;
  target: Side;
  input: Side | null;
}

/** Features with their own norms². */
export interface Side {
  features: Features;
  centred: number;
  uncentred: number;
  debiased: number;
}

/**
 * P(P−3)·HSIC_u(K, L) of Song et al. from the centred kernels. The estimator does not see row and column shifts of a kernel, so K_c may
 * stand for K; its row sums vanish and ⟨K̃,L̃⟩ + 1ᵀK̃1·1ᵀL̃1/((P−1)(P−2)) − 2/(P−2)·1ᵀK̃L̃1 with emptied diagonals becomes
 *   ⟨K_c,L_c⟩ − P/(P−2) d·e + Tr K_c Tr L_c/((P−1)(P−2)),   d, e the diagonals of K_c, L_c.
 */
export function unbiasedHsic(A: Features, B: Features, centred: number): number {
  const P = A.P;
  let de = 0;
  for (let i = 0; i < P; i++) de += A.diagonal[i] * B.diagonal[i];
  return centred - (P / (P - 2)) * de + (A.trace * B.trace) / ((P - 1) * (P - 2));
}

/** (Tr K_c)²/‖K_c‖² */
export const participation = (trace: number, square: number): number => (trace * trace) / square;

/** Mean of biased CKA over all row permutations of one side */
export const nullAlignment = (PR1: number, PR2: number, P: number): number => Math.sqrt(PR1 * PR2) / (P - 1);

/** Own norms² of a feature set; the debiased one is a squared norm too (of the U-centred kernel), so it is 0 or positive. */
export function side(features: Features, centred: number): Side {
  const debiased = unbiasedHsic(features, features, centred);
  if (!(debiased > 1e-12 * centred))
    throw badInput(
      `${features.layer}: debiased CKA is undefined on these ${features.P} samples (no two differ less than any others); take more samples`,
    );
  return { features, centred, uncentred: uncentredProduct(features, features, centred), debiased };
}

/** All alignments of two sides from ⟨K_c, L_c⟩. */
export function align(a: Side, b: Side, centred: number): Alignment {
  const [A, B] = [a.features, b.features];
  return {
    // By Cauchy–Schwarz both lie under 1; the minimum takes off rounding only.
    cka: Math.min(1, centred / (Math.sqrt(a.centred) * Math.sqrt(b.centred))),
    kta: Math.min(1, uncentredProduct(A, B, centred) / (Math.sqrt(a.uncentred) * Math.sqrt(b.uncentred))),
    debiased: unbiasedHsic(A, B, centred) / (Math.sqrt(a.debiased) * Math.sqrt(b.debiased)),
    null: nullAlignment(participation(A.trace, a.centred), participation(B.trace, b.centred), A.P),
  };
}

/** Reads a feature set for alignments: at least 4 samples, which debiased CKA needs. */
export async function alignable(input: FeatureInput): Promise<Features> {
  if (!(input.P >= 4)) throw badInput(`${input.layer}: alignments need at least 4 samples, got ${input.P}`);
  return readFeatures(input);
}

/** Target Y [P, C] and input X [P, D] (or null) of a probe set with their own norms; compute it once per probe set. */
export async function alignmentReference(o: {
  algebra: Algebra;
  P: number;
  y: Reals;
  classes: number;
  x: Reals | null;
  inputs: number;
}): Promise<AlignmentReference> {
  const own = async (input: FeatureInput): Promise<Side> => {
    const features = await alignable(input);
    const [square] = await centredProducts(o.algebra, features, [features]);
    return side(features, square);
  };
  return {
    P: o.P,
    target: await own({ layer: 'target', features: o.y, P: o.P, N: o.classes }),
    input: o.x ? await own({ layer: 'input', features: o.x, P: o.P, N: o.inputs }) : null,
  };
}

export interface LayerAlignments {
  target: Alignment;
  input: Alignment | null;
}

/** Alignments of one layer's kernel K = ΨΨᵀ with the target kernel and, where there is one, the input kernel. features: [P, N] */
export async function alignLayer(o: FeatureInput & { algebra: Algebra; reference: AlignmentReference }): Promise<LayerAlignments> {
  const [found] = await alignTogether(o.algebra, o.reference, [o]);
  return found;
}

/** The same of several layers; those narrower than their samples in one pass over rows, the others each through its kernel. `done`: called
 *  with how many are done; may throw to stop */
export async function alignTogether(
  algebra: Algebra,
  reference: AlignmentReference,
  inputs: readonly FeatureInput[],
  done: (count: number) => void = () => undefined,
): Promise<LayerAlignments[]> {
  const { target, input } = reference;
  const partners = input ? [target.features, input.features] : [target.features];
  const found: LayerAlignments[] = [];
  let narrow: Features[] = [];
  const put = (A: Features, own: number, [withTarget, withInput]: number[]) => {
    const layer = side(A, own);
    found.push({ target: align(layer, target, withTarget), input: input ? align(layer, input, withInput) : null });
    done(found.length);
  };
  const flush = async () => {
    if (narrow.length === 0) return;
    const { own, cross } = await productsTogether(algebra, narrow, partners);
    for (const [l, A] of narrow.entries()) put(A, own[l], cross[l]);
    narrow = [];
  };
  for (const o of inputs) {
    if (o.P !== reference.P) throw badInput(`${o.layer}: expected ${reference.P} samples (as the target), got ${o.P}`);
    const A = await alignable(o);
    if (!fitTogether([...narrow, A], partners)) await flush();
    if (fitTogether([A], partners)) narrow.push(A);
    else {
      const [own, ...cross] = await centredProducts(algebra, A, [A, ...partners]);
      put(A, own, cross);
    }
  }
  await flush();
  return found;
}

/** The stored form of layers' alignments; the reference needs an input. Errors name the layer: P ≤ 3, NaN, infinities, centred norm 0. */
export async function storedAlignments(
  algebra: Algebra,
  reference: AlignmentReference,
  inputs: readonly FeatureInput[],
  done?: (count: number) => void,
): Promise<LayerAlignment[]> {
  const found = await alignTogether(algebra, reference, inputs, done);
  return found.map((a, l) => stored(inputs[l], a));
}

/** The same of one layer. */
export async function layerAlignment(o: FeatureInput & { algebra: Algebra; reference: AlignmentReference }): Promise<LayerAlignment> {
  const [found] = await storedAlignments(o.algebra, o.reference, [o]);
  return found;
}

function stored({ layer, N }: FeatureInput, { target, input }: LayerAlignments): LayerAlignment {
  if (!input) throw badInput(`${layer}: alignment with the input needs an input, got none`);
  return {
    layer,
    features: N,
    ckaTarget: target.cka,
    ckaInput: input.cka,
    ktaTarget: target.kta,
    ktaInput: input.kta,
    debiasedTarget: target.debiased,
    debiasedInput: input.debiased,
    nullTarget: target.null,
  };
}
