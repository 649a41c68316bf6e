// What a figure is drawn from. The store's numbers in, geometry and pixels out: nothing else is needed to draw it again.
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

export interface FigureInputs {
  training: { sources: FigureSource[]; metrics: EpochMetrics[][] };
  'ntk-alignment': { source: FigureSource; metrics: EpochMetrics[]; points: { epoch: number; split: Split; ntk: NtkAlignment }[] };
  'ntk-split': { source: FigureSource; points: { epoch: number; split: Split; ntk: NtkAlignment }[] };
  spectrum: { source: FigureSource; curves: CurveSpectrum[] };
  'cumulative-power': { source: FigureSource; curves: CurveSpectrum[] };
  /** one entry a run; the mean ± sd over runs is drawn when there are several (Fig. 2) */
  'alignment-by-layer': { sources: FigureSource[]; epoch: number[]; layers: { train: LayerAlignment[]; test: LayerAlignment[] }[] };
}

export type FigureKind = keyof FigureInputs;
export const figureKinds: readonly { kind: FigureKind; shows: string; paper: string; runs: 'one' | 'some' }[] = [
  { kind: 'training', shows: 'loss and accuracy over epochs', paper: 'Fig. 7, left', runs: 'some' },
  { kind: 'alignment-by-layer', shows: 'CKA of each layer with target and input', paper: 'Fig. 2', runs: 'some' },
  { kind: 'spectrum', shows: 'eigenvalues of a kernel at several epochs', paper: 'Figs. 3–5, 8', runs: 'one' },
  { kind: 'cumulative-power', shows: 'target power in the leading modes', paper: 'Figs. 3–5, 8', runs: 'one' },
  { kind: 'ntk-alignment', shows: 'alignments of NTK, network and target over epochs', paper: 'Fig. 7', runs: 'one' },
  { kind: 'ntk-split', shows: 'alignment of the NTK split into K^(L) and the gradient kernel', paper: 'Section VI', runs: 'one' },
];

export type FigureData = { [K in FigureKind]: { kind: K } & FigureInputs[K] }[FigureKind];

/** Which of a run's numbers a figure shows. */
export interface FigureRequest {
  kind: FigureKind;
  runs: string[];
  /** of spectra and alignment-by-layer; default: first, middle and last snapshot, or the last */
  epochs?: number[];
  /** of spectra; default: the NTK where there is one, else the last layer */
  layer?: string;
  splits?: Split[];
}

/** How it looks in print (LOOK.md: 85 mm single column, 175 mm double). */
export interface FigureStyle {
  widthMm: number;
  heightMm: number;
  theme: 'light' | 'dark';
  xScale: 'auto' | 'linear' | 'log';
  yScale: 'auto' | 'linear' | 'log';
  /** alignment measure drawn by alignment figures */
  measure: 'cka' | 'kta' | 'debiased';
}
