// The measures by name, and a comparison of many layers under one of them.
import type { Algebra } from '../../devices/algebra.ts';
import { badInput } from '../../contract/errors.ts';
import type { SimilarityMeasure } from '../../contract/results.ts';
import { alignable } from '../alignment.ts';
import type { FeatureInput } from '../features.ts';
import { cka, debiasedCka } from './cka.ts';
import type { Measure } from './measure.ts';
import { procrustes } from './procrustes.ts';
import { pwcca } from './pwcca.ts';
import { rbfCkaWith } from './rbf-cka.ts';
import { svccaKeeping } from './svcca.ts';

export interface Comparison {
  readonly symmetric: boolean;
  readonly options: Readonly<Record<string, number>>;
  /** bytes that a layer [P, N] keeps once it has been added */
  bytes(P: number, N: number): number;
  /** Takes in a layer, whose array may then be let go unless N < P → its place, to be named in `value`.
   *  @throws `bad-input` naming the layer: P ≤ 3, other samples than the layers before, NaN, infinities, no variance */
  add(input: FeatureInput): Promise<number>;
  /** similarity of the layers at two places; of a layer with itself 1 by definition */
  value(a: number, b: number): Promise<number>;
}

/** An empty comparison under a measure; SVCCA keeps 99 % of the variance, RBF-CKA has half the median distance for bandwidth. */
export function openComparison(algebra: Algebra, measure: SimilarityMeasure): Comparison {
  switch (measure) {
    case 'cka':
      return comparison(algebra, cka);
    case 'debiased-cka':
      return comparison(algebra, debiasedCka);
    case 'svcca':
      return comparison(algebra, svccaKeeping(0.99));
    case 'pwcca':
      return comparison(algebra, pwcca);
    case 'procrustes':
      return comparison(algebra, procrustes);
    case 'rbf-cka':
      return comparison(algebra, rbfCkaWith(0.5));
  }
}

/** The same for a measure with options of one's own. */
export function comparison<T>(algebra: Algebra, { symmetric, options, bytes, prepare, compare }: Measure<T>): Comparison {
  const layers: T[] = [];
  let first: { layer: string; P: number } | null = null;
  return {
    symmetric,
    options,
    bytes,
    async add(input) {
      const features = await alignable(input);
      first ??= { layer: input.layer, P: input.P };
      if (input.P !== first.P)
        throw badInput(
          `${input.layer}: expected ${first.P} samples (as ${first.layer}), got ${input.P}: layers are compared on the same samples`,
        );
      return layers.push(await prepare(algebra, features)) - 1;
    },
    value: async (a, b) => (a === b ? 1 : compare(algebra, layers[a], layers[b])),
  };
}
