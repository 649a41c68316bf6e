// What a figure is drawn from. The store's numbers in, geometry and pixels out: nothing else is needed to draw it again.
import type { Correlated } from './correlation.ts';
import type { EpochMetrics, LayerAlignment, NtkAlignment, Split } from './results.ts';

/** Facts for the generated caption. */
export interface FigureSource {
  run: string;
  name: string;
  dataset: string;
  model: string;
  parameterisation: string;
  /** P of each probe set */
  probe: { train: number; test: number };
  classes: number;
  centred: boolean;
  /** where the network has feature maps: what became of their places */
  convFeatures?: 'flatten' | 'mean';
}

export interface CurveSpectrum {
  split: Split;
  epoch: number;
  layer: string;
  samples: number;
  features: number;
  eigenvalues: number[];
  /** C(1), C(2), … */
  power: number[];
  nullPower: number;
  noiseFloor: number;
}

/** Of outputs on samples: the squared error, summed over classes and averaged over samples, and the share of samples that are given another
 *  class than theirs. */
export interface PredictionErrors {
  error: number;
  wrong: number;
}
/** Means and standard deviations over regressions that were done on n of P samples each. */
export interface MeasuredPoint {
  n: number;
  /** squared error over all P samples, which is what the theory predicts */
  error: number;
  errorSd: number;
  /** over the P − n samples that the regression has not seen: squared error, and share that is given another class */
  heldError: number;
  heldErrorSd: number;
  heldWrong: number;
  heldWrongSd: number;
}
/** Regression with one kernel at one snapshot: its error as the spectrum predicts it and as it was measured, and the network's. */
export interface LearningCurve {
  split: Split;
  epoch: number;
  layer: string;
  /** P, from which the samples of a regression are drawn */
  samples: number;
  /** λ in the units of the kernel: the share asked for of its mean diagonal element */
  ridge: number;
  /** squared error on n samples, which need not be whole here */
  theory: { n: number; error: number }[];
  measured: MeasuredPoint[];
  /** regressions behind each measured point */
  draws: number;
  /** of the network's own outputs at this epoch, on the same samples */
  network: PredictionErrors;
}

/** One trained model among many: what it was trained with, how well it does, and its layers' alignments at one snapshot. */
export interface ModelPoint {
  run: string;
  name: string;
  /** skip: null where the network has no residual blocks */
  label: { skip: boolean | null; augment: boolean; batchSize: number; optimizer: string; learningRate: number };
  /** in [0, 1], after `epoch` */
  trainAccuracy: number;
  testAccuracy: number;
  epoch: number;
  layers: { train: LayerAlignment[]; test: LayerAlignment[] };
}

export interface FigureInputs {
  training: { sources: FigureSource[]; metrics: EpochMetrics[][] };
  'ntk-alignment': { source: FigureSource; metrics: EpochMetrics[]; points: { epoch: number; split: Split; ntk: NtkAlignment }[] };
  'ntk-split': { source: FigureSource; points: { epoch: number; split: Split; ntk: NtkAlignment }[] };
  spectrum: { source: FigureSource; curves: CurveSpectrum[] };
  'cumulative-power': { source: FigureSource; curves: CurveSpectrum[] };
  /** ridge: λ as a share of the kernel's mean diagonal element */
  'learning-curve': { source: FigureSource; ridge: number; curves: LearningCurve[] };
  /** one entry a run; the mean ± sd over runs is drawn when there are several (Fig. 2) */
  'alignment-by-layer': {
    sources: FigureSource[];
    epoch: number[];
    layers: { train: LayerAlignment[]; test: LayerAlignment[] }[];
    /** a line a run, each in its colour, with this kernel alone */
    overlay?: AlignmentSide;
  };
  /** of every snapshot */
  'alignment-over-epochs': { source: FigureSource; points: { epoch: number; split: Split; layers: LayerAlignment[] }[] };
  /** without an order, in any; drawn in that of test accuracy. `to`: accuracy over CKA with this kernel on both sets */
  'alignment-by-model': { sources: FigureSource[]; models: ModelPoint[]; order?: FigureOrder; to?: AlignmentSide };
  'accuracy-and-mean-cka': { sources: FigureSource[]; models: ModelPoint[]; order?: FigureOrder };
  /** one run or two; rows are the layers of the first, columns those of the second; CKA */
  'layer-similarity': {
    sources: FigureSource[];
    epochs: [number, number];
    split: Split;
    layers: [string[], string[]];
    values: number[][];
  };
  /** epoch × epoch CKA of one layer's kernels */
  'kernel-drift': { source: FigureSource; split: Split; layer: string; epochs: number[]; values: number[][] };
  /** CKA of one layer of each model with that of each other, in the order of `sources` */
  'model-similarity': {
    sources: FigureSource[];
    epochs: number[];
    /** of each: its layer's name */
    layers: string[];
    split: Split;
    values: number[][];
    order: FigureOrder | null;
  };
  /** two columns of runs against each other; `correlation` over all points */
  scatter: {
    sources: FigureSource[];
    x: ScatterAxis;
    y: ScatterAxis;
    points: { run: string; name: string; x: number; y: number }[];
    /** runs that lack one of the two numbers */
    without: number;
    correlation: Correlated;
  };
}

export type AlignmentSide = 'target' | 'input';
/** What models stand in order of. */
export interface FigureOrder {
  column: string;
  /** as written on the axis */
  words: string;
  descending: boolean;
}
export interface ScatterAxis {
  column: string;
  words: string;
  /** its values are 0 (false) and 1 (true) */
  truth: boolean;
}

export type FigureKind = keyof FigureInputs;
export const figureKinds: readonly { kind: FigureKind; shows: string; paper: string; runs: 'one' | 'two' | 'some' }[] = [
  { kind: 'training', shows: 'loss and accuracy over epochs', paper: 'Fig. 7, left', runs: 'some' },
  { kind: 'alignment-by-layer', shows: 'CKA of each layer with target and input', paper: 'Fig. 2', runs: 'some' },
  { kind: 'spectrum', shows: 'eigenvalues of a kernel at several epochs', paper: 'Figs. 3–5, 8', runs: 'one' },
  { kind: 'cumulative-power', shows: 'target power in the leading modes', paper: 'Figs. 3–5, 8', runs: 'one' },
  {
    kind: 'learning-curve',
    shows: 'error of ridge regression with a kernel on n samples, in theory and measured',
    paper: 'Section II',
    runs: 'one',
  },
  { kind: 'ntk-alignment', shows: 'alignments of NTK, network and target over epochs', paper: 'Fig. 7', runs: 'one' },
  { kind: 'ntk-split', shows: 'alignment of the NTK split into K^(L) and the gradient kernel', paper: 'Section VI', runs: 'one' },
  { kind: 'alignment-by-model', shows: 'CKA of each layer with target and input, models by test accuracy', paper: 'Fig. 1', runs: 'some' },
  { kind: 'accuracy-and-mean-cka', shows: 'accuracy and mean CKA of models by test accuracy', paper: 'Fig. 6', runs: 'some' },
  { kind: 'layer-similarity', shows: 'CKA of each layer of one model with each of another', paper: '–', runs: 'two' },
  { kind: 'alignment-over-epochs', shows: 'CKA of each layer with target and input over epochs', paper: '–', runs: 'one' },
  { kind: 'kernel-drift', shows: 'CKA of a layer’s kernel at each epoch with that at each other', paper: '–', runs: 'one' },
  { kind: 'model-similarity', shows: 'CKA of one layer of each model with that of each other', paper: '–', runs: 'some' },
  { kind: 'scatter', shows: 'two columns of runs against each other, with Pearson’s r', paper: 'Table I', runs: 'some' },
];

/** Kinds for which kernels of one run are formed anew: seconds to minutes, unless their answers are known. */
export const formingKinds: readonly FigureKind[] = ['kernel-drift', 'learning-curve'];

export type FigureData = { [K in FigureKind]: { kind: K } & FigureInputs[K] }[FigureKind];

/** Which of a run's numbers a figure shows. */
export interface FigureRequest {
  kind: FigureKind;
  runs: string[];
  /** of spectra, learning-curve and alignment-by-layer; default: first, middle and last snapshot, or the last */
  epochs?: number[];
  /** of spectra and learning-curve; default: the NTK where there is one, else the last layer; of kernel-drift: the last layer; of
   *  model-similarity: a name, `last` (the default), `#3` the third or `#-2` the last but one of each network */
  layer?: string;
  splits?: Split[];
  /** 0 … 1, of figures of models: those under it are left out (the paper keeps what is above 0.95) */
  minTrainAccuracy?: number;
  /** of figures of models: a column or a field of the config, `-` before it from the largest down; default: test accuracy */
  order?: string;
  /** of alignment-by-model: accuracy over alignment with this kernel on both sets; of alignment-by-layer with `overlay` */
  to?: AlignmentSide;
  /** of alignment-by-layer: a line a run instead of their mean, at most six */
  overlay?: boolean;
  /** of scatter: columns of numbers */
  x?: string;
  y?: string;
  /** of learning-curve: λ as a share of the kernel's mean diagonal element; 0.001 unless told */
  ridge?: number;
}
/** Least and most of a ridge: under it, it is lost in the rounding of a kernel in float32. */
export const ridgeRange = [1e-6, 1e3] as const;
export const usualRidge = 1e-3;
/** Lines that can be told apart by colour. */
export const mostOverlaid = 6;
/** Models that one map of similarity holds: 1,225 pairs. */
export const mostMapped = 50;
/** Runs that one figure takes. */
export const mostRuns = 500;

export type { FigureStyle } from './figure-style.ts';
