// What training and analysis produce. Every number carries its options (NUMERICS.md, section 1).
import type { RunConfig } from './config.ts';

export const runStates = ['queued', 'running', 'paused', 'done', 'failed', 'interrupted'] as const;
export type RunState = (typeof runStates)[number];
export const splits = ['train', 'test'] as const;
export type Split = (typeof splits)[number];

export interface EpochMetrics {
  epoch: number;
  /** mean over samples of the squared error summed over classes */
  trainLoss: number;
  testLoss: number;
  /** in [0, 1] */
  trainAccuracy: number;
  testAccuracy: number;
}

/** CKA (biased, in [0, 1]), KTA and debiased CKA of one layer's kernel on one probe set (Eq. 4). */
export interface LayerAlignment {
  layer: string;
  /** N, the layer's features */
  features: number;
  ckaTarget: number;
  ckaInput: number;
  ktaTarget: number;
  ktaInput: number;
  debiasedTarget: number;
  debiasedInput: number;
  /** mean of CKA to the target over all row permutations */
  nullTarget: number;
}

/** One part of an exact split A(ΣK) = Σ share·A(K_part) of the NTK's alignment with the target. */
export interface NtkPart {
  /** a layer's name; the readout's part is K^(L) */
  layer: string;
  /** CKA of this part with the target kernel */
  ckaTarget: number;
  /** ‖H K_part H‖ / ‖H K H‖ */
  share: number;
}

/** Alignments of the class-traced NTK (Eq. 8) on one probe set; CKA first, KTA beside it. */
export interface NtkAlignment {
  ntkTarget: number;
  ntkNetwork: number;
  networkTarget: number;
  /** of K^(L), the readout's part */
  penultimateTarget: number;
  /** of the gradient kernel (1/C) Tr K^∇ */
  gradientTarget: number;
  /** ‖H K^(L) H‖ / ‖H K H‖ and ‖H Tr K^∇/C H‖ / ‖H K H‖: the weights of the exact split */
  penultimateShare: number;
  gradientShare: number;
  /** mean of CKA(NTK, target) over all row permutations */
  nullTarget: number;
  kta: { ntkTarget: number; ntkNetwork: number; networkTarget: number; penultimateTarget: number; gradientTarget: number };
  parts: NtkPart[];
}

/** Eigenvalues of K/P, descending, and cumulative power (Eqs. 1–3); `layer` is `ntk` for the tangent kernel. */
export interface Spectrum {
  layer: string;
  /** P */
  samples: number;
  /** N, or P for a kernel without finite features */
  features: number;
  classes: number;
  /** as long as the rank bound min(P, N) */
  eigenvalues: Float64Array;
  /** C(1), C(2), …: as long as `eigenvalues` */
  power: Float64Array;
  /** target power that no mode of this kernel can express, 1 − C(rank) */
  nullPower: number;
  /** eigenvalues under this are rounding, not signal */
  noiseFloor: number;
  centred: boolean;
}

export interface SplitAnalysis {
  layers: LayerAlignment[];
  ntk: NtkAlignment | null;
  spectra: Spectrum[];
}

export interface Snapshot {
  epoch: number;
  train: SplitAnalysis;
  test: SplitAnalysis;
}

/** A named array; dtype follows from the typed array. */
export interface NamedArray {
  name: string;
  shape: number[];
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
  /** for texts: characters each; `data` then holds that many code points (Int32) for each entry of `shape`, zeros at the end (NumPy's `<U`) */
  text?: number;
}

/** The samples on which kernels are formed, as the network saw them. */
export interface ProbeSet {
  /** positions in the dataset's split, ascending order of drawing kept */
  ids: Int32Array;
  /** [P, D] */
  x: Float32Array;
  xShape: number[];
  /** one-hot [P, C] */
  y: Float32Array;
  classes: number;
}

/** Enough to go on as if nothing had happened: weights, optimiser state, generator state, position. */
export interface Checkpoint {
  epoch: number;
  step: number;
  /** dense weights N_in × N_out */
  weights: NamedArray[];
  optimizer: NamedArray[];
  /** state of the shuffling generator */
  generator: number[];
}

export interface Provenance {
  version: string;
  device: string;
  deviceDetail: string;
  blas: string;
  node: string;
  platform: string;
  /** SHA-256 of the training and test samples as used */
  datasetHash: string;
  /** SHA-256 of each probe set's ids and values; two results are comparable only where these agree */
  probeHash: { train: string; test: string };
}

export interface RunSummary {
  id: string;
  name: string;
  state: RunState;
  /** ISO 8601 */
  created: string;
  tags: string[];
  dataset: string;
  model: string;
  epochs: number;
  /** epochs done */
  epoch: number;
  trainAccuracy: number | null;
  testAccuracy: number | null;
  /** CKA(NTK, target) on the test probe at the newest snapshot */
  ntkTarget: number | null;
  /** CKA of each layer with the target on the test probe at the newest snapshot, in the order of the layers; empty without alignments */
  cka: number[];
  /** mean of `cka` */
  meanCka: number | null;
  /** seconds of compute so far */
  seconds: number;
  note: string;
  /** why a run failed or was interrupted */
  reason: string | null;
  /** fields of its config that differ from the defaults, by path; name and tags stand above */
  fields: Record<string, unknown>;
}

export interface RunDetail extends RunSummary {
  config: RunConfig;
  final: EpochMetrics | null;
  /** epochs analysed so far, ascending */
  snapshots: number[];
  /** epochs at which a snapshot is planned */
  planned: number[];
  layers: string[];
  provenance: Provenance | null;
}

/** A run in the trash. */
export interface TrashedRun {
  id: string;
  name: string;
  /** ISO 8601 */
  deleted: string;
}

/** Memory of the machine, and what is free of the library's disk; bytes. */
export interface Room {
  memoryBytes: number;
  diskBytes: number;
}

/** Cost of a run before it starts. */
export interface Estimate {
  seconds: number;
  memoryBytes: number;
  diskBytes: number;
  /** of a GPU's own memory; 0 on the processor, which works in the machine's. How much a GPU has, WebGPU does not say */
  gpuBytes: number;
  parts: { what: string; seconds: number; memoryBytes: number; diskBytes: number }[];
  /** the device and, in words, what the estimate rests on */
  device: string;
  basis: string;
}

export interface DeviceReport {
  name: 'cuda' | 'webgpu' | 'cpu';
  usable: boolean;
  /** what it is, or why it is not usable */
  reason: string;
  /** usable, but slower than the cpu: `auto` passes it over */
  onlyByName?: boolean;
}

export interface Check {
  name: string;
  passed: boolean;
  /** largest deviation from the fixture, relative to the tolerance's unit */
  deviation: number;
  tolerance: number;
}

export interface DoctorReport {
  version: string;
  node: string;
  platform: string;
  devices: (DeviceReport & { checks: Check[] })[];
  /** the one that `auto` takes: of those that agree with known results the first of cuda, webgpu and cpu; null where none does */
  automatic: DeviceReport['name'] | null;
  blas: { found: boolean; name: string; detail: string };
  lapack: { found: boolean; detail: string };
  datasets: { name: string; present: boolean; detail: string }[];
  library: { path: string; present: boolean; runs: number };
  freeDiskBytes: number;
}

/** Similarity of two layers' features on the same samples; docs/measures.md says what each does and does not see. */
export const similarityMeasures = ['cka', 'debiased-cka', 'svcca', 'pwcca', 'procrustes', 'rbf-cka'] as const;
export type SimilarityMeasure = (typeof similarityMeasures)[number];

/** Layer × layer similarity of snapshots on one probe set. */
export interface LayerComparison {
  measure: SimilarityMeasure;
  /** numbers of the measure's definition: `variance` kept by SVCCA, `bandwidth` of RBF-CKA in median distances */
  options: Record<string, number>;
  split: Split;
  /** P */
  samples: number;
  /** convFeatures: how maps became features; null for networks without */
  snapshots: { run: string; name: string; epoch: number; layers: string[]; convFeatures: RunConfig['analysis']['convFeatures'] | null }[];
  /** each two snapshots once, by their places: values[i][j] compares layer i of `a` (whose weights PWCCA takes) with layer j of `b` */
  pairs: { a: number; b: number; values: number[][] }[];
}

/** CKA of one layer of each model with that of each other, on one probe set. */
export interface ModelComparison {
  split: Split;
  /** P */
  samples: number;
  models: { run: string; name: string; epoch: number; layer: string }[];
  /** in the order of `models`, symmetric, 1 on the diagonal */
  values: number[][];
}
