// The numbers that statements are checked on, apart from where they are stored.
import type { RunConfig } from '../../contract/config.ts';
import type { LayerAlignment, NtkAlignment, Split } from '../../contract/results.ts';
import type { Correlation } from '../../contract/sweeps.ts';
import type { Spectrum } from '../../contract/results.ts';
import type { Outcome } from '../../sweeps/table1.ts';

/** One trained model of Section V at its last snapshot. */
export interface Model {
  run: string;
  name: string;
  config: RunConfig;
  trainAccuracy: number;
  testAccuracy: number;
  layers: Record<Split, LayerAlignment[]>;
  outcome: Outcome;
}
export interface ModelSet {
  /** those that fitted their training samples; all have the same number of layers */
  models: Model[];
  /** done in all */
  trained: number;
  table: Correlation[];
}

/** What the statements say about a kernel's spectrum, in three numbers. */
export interface Modes {
  /** Σ η */
  trace: number;
  /** share of the trace beyond mode C, without the mode that the constant takes in an uncentred kernel: near 0 for a kernel of rank C */
  tail: number;
  /** C(k) at k = C: target power in the C leading modes */
  power: number;
}
/** A kernel at the first and at the last snapshot. */
export interface Change {
  layer: string;
  first: Modes;
  last: Modes;
}

/** One of the three models of Figs. 3–5: its last two layers on the training set. */
export interface TwoLayers {
  run: string;
  name: string;
  testAccuracy: number;
  /** mean CKA of the two layers with the target, training set, at the end */
  cka: number;
  before: Change;
  last: Change;
}
export interface ThreeModels {
  worst: TwoLayers;
  misled: TwoLayers;
  best: TwoLayers;
}

/** The network of Section VI. */
export interface TangentRun {
  trainAccuracy: number;
  testAccuracy: number;
  points: { epoch: number; split: Split; ntk: NtkAlignment }[];
}
export type TangentSpectra = Record<Split, Change>;

/** The three numbers of a spectrum. Of a centred kernel no mode is the constant's, and the target's rank is C − 1. */
export function modesOf({ eigenvalues, power, classes, centred }: Pick<Spectrum, 'eigenvalues' | 'power' | 'classes' | 'centred'>): Modes {
  const rank = Math.min(centred ? classes - 1 : classes, eigenvalues.length);
  const sumFrom = (from: number) => eigenvalues.reduce((sum, eta, i) => (i >= from ? sum + Math.max(0, eta) : sum), 0);
  const body = sumFrom(centred ? 0 : 1);
  return { trace: sumFrom(0), tail: body > 0 ? sumFrom(rank) / body : 0, power: rank > 0 ? power[rank - 1] : 0 };
}

/** The three models that the paper looks into: the worst, the best, and among the worse half of the others the one whose last two layers
 *  are best aligned on the training set. null: fewer than three models, or fewer than two layers */
export function threeOf(models: readonly Model[]): Record<keyof ThreeModels, Model> | null {
  const order = [...models].sort((a, b) => a.testAccuracy - b.testAccuracy || (a.run < b.run ? -1 : 1));
  if (order.length < 3 || order.some((m) => m.layers.train.length < 2)) return null;
  const between = order.slice(1, Math.max(2, Math.ceil(order.length / 2)));
  const misled = between.reduce((best, m) => (lastTwo(m) > lastTwo(best) ? m : best));
  return { worst: order[0], misled, best: order[order.length - 1] };
}

/** Mean CKA with the target of the last two layers, training set. */
export function lastTwo({ layers }: Model): number {
  const two = layers.train.slice(-2).map((l) => l.ckaTarget);
  return two.reduce((s, v) => s + v, 0) / two.length;
}
