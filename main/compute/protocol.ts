// What a compute process and its supervisor say to each other: plain objects and typed arrays, by structured clone, so that arrays travel
// as binary. One process does one job and is gone.
import type { RunConfig } from '../contract/config.ts';
import type { Dataset, ImportOptions, ImportReport, SampleShape } from '../data/index.ts';
import type { ErrorCode } from '../contract/errors.ts';
import type { LearningCurve } from '../contract/figures.ts';
import type {
  Check,
  Checkpoint,
  DeviceReport,
  EpochMetrics,
  NamedArray,
  LayerComparison,
  ProbeSet,
  Provenance,
  SimilarityMeasure,
  Snapshot,
  Spectrum,
  Split,
} from '../contract/results.ts';

/** Changes with every change of this file that an older partner would misread. */
export const protocolVersion = 5;

export type DeviceWish = 'auto' | 'cpu' | 'webgpu' | 'cuda';

export interface TrainInput {
  config: RunConfig;
  device: DeviceWish;
  dataDir: string;
  /** of this program, for the provenance */
  version: string;
  resume: Checkpoint | null;
  /** milliseconds between checkpoints; a minute unless told */
  checkpointEvery?: number;
}
export interface Progress {
  kind: 'progress';
  /** epochs done */
  epoch: number;
  epochs: number;
  stage: string;
  secondsLeft: number | null;
  secondsPerEpoch: number | null;
}
export type TrainReport =
  | Progress
  /** passedOver: where the device was chosen, the faster ones and why not they */
  | { kind: 'begin'; provenance: Provenance; layers: string[]; probes: Record<Split, ProbeSet>; passedOver?: DeviceReport[] }
  | { kind: 'epoch'; metrics: EpochMetrics }
  /** seconds: what the analysis took */
  | { kind: 'snapshot'; snapshot: Snapshot; weights: NamedArray[]; seconds?: number }
  | { kind: 'checkpoint'; checkpoint: Checkpoint }
  /** it waits between two steps, its memory kept; the checkpoint of here was reported before */
  | { kind: 'paused' }
  | { kind: 'resumed' };

/** Elements of a large array that cross in one message: 16 MiB of float32. */
export const pieceElements = 2 ** 22;

/** The arrays of a split's samples. */
export const sampleParts = ['x', 'labels', 'ids'] as const;
/** A piece of one of them, elements from `from` on; pieces come in order. `length`: of the whole */
export interface SamplePiece {
  kind: 'samples';
  split: Split;
  part: (typeof sampleParts)[number];
  length: number;
  from: number;
  data: Float32Array | Uint8Array | Int32Array;
}
/** The shape comes before anything is read. */
export type LoadReport = { kind: 'shape'; shape: SampleShape } | { kind: 'share'; done: number } | SamplePiece;

export const recomputed = ['features', 'ntk', 'outputs'] as const;
export type Recomputed = (typeof recomputed)[number];
export interface RecomputeInput {
  config: RunConfig;
  device: DeviceWish;
  probes: { split: Split; probe: ProbeSet }[];
  epochs: number[];
  what: Recomputed[];
}
/** A piece of a float32 array; pieces come in order, and the next array begins after the last piece of the one before. */
export interface ArrayPiece {
  kind: 'piece';
  name: string;
  shape: number[];
  /** elements before this piece */
  from: number;
  data: Float32Array;
}
export type RecomputeReport = ArrayPiece | { kind: 'weights'; epoch: number } | { kind: 'share'; done: number };

export interface CompareInput {
  device: DeviceWish;
  /** what all snapshots are probed with */
  probe: ProbeSet;
  measure: SimilarityMeasure;
  /** `label` names a snapshot in errors: `of run a1b2`; `layer`: this one alone, null: all */
  snapshots: { config: RunConfig; epoch: number; label: string; layer: string | null }[];
  /** snapshots to be compared, by their places */
  pairs: (readonly [number, number])[];
}
/** Asks for the weights of a snapshot by its place. */
export type CompareReport = { kind: 'weights'; snapshot: number } | { kind: 'share'; done: number };
export interface Comparisons {
  options: LayerComparison['options'];
  /** of each snapshot */
  layers: string[][];
  pairs: LayerComparison['pairs'];
}

export interface RegressInput {
  device: DeviceWish;
  config: RunConfig;
  split: Split;
  probe: ProbeSet;
  /** a layer's name, or `ntk` */
  layer: string;
  /** λ as a share of the kernel's mean diagonal element */
  ridge: number;
  /** snapshots, with the spectrum of this kernel on this probe set */
  snapshots: { epoch: number; spectrum: Pick<Spectrum, 'eigenvalues' | 'power' | 'nullPower'> }[];
}
/** Asks for the weights of a snapshot. */
export type RegressReport = { kind: 'weights'; epoch: number } | { kind: 'share'; done: number };

export type Numbers = Float32Array | Float64Array;
export interface AnalyseInput {
  samples: number;
  classes: number;
  /** features of the input, or null where there is none */
  inputs: number | null;
  layers: { name: string; features: number }[];
  centred: boolean;
}
/** Elements from … to−1 of the target, the input, or a layer by its place. */
export type AnalyseReport =
  { kind: 'numbers'; of: 'target' | 'input' | number; from: number; to: number } | { kind: 'share'; done: number };
export interface PairAlignment {
  cka: number;
  kta: number;
  debiased: number;
  null: number;
}
export interface ActivationAnalysis {
  layers: { name: string; features: number; target: PairAlignment; input: PairAlignment | null; spectrum: Spectrum }[];
  /** layer × layer CKA */
  similarity: number[][];
}

export interface DoctorInput {
  device: DeviceReport['name'];
  /** the whole list of checks, not only what is asked of a device before each use */
  full: boolean;
}
/** Of one device. */
export interface DoctorFindings {
  checks: Check[];
  blas: { found: boolean; name: string; detail: string };
  lapack: { found: boolean; detail: string };
}

/** What a device was measured to do. */
export interface Rates {
  /** floating-point operations a second of a training step, in products of matrices */
  trainFlops: number;
  /** seconds a training step takes besides */
  stepSeconds: number;
  /** seconds of a training step for each number of a convolutional network's maps, besides its products */
  mapSeconds: number;
  /** of float32 products in kernels */
  kernelFlops: number;
  /** of float64 products */
  gemmFlops: number;
  /** n³ a second of the symmetric eigensolver, at n = 400 */
  eigenCubes: number;
  /** seconds until a compute process is ready */
  startSeconds: number;
}
export interface Calibration {
  device: string;
  rates: Rates;
}

/** Every job: what it is given, what it reports while at work, what a report that asks is answered, and what it results in. */
export interface Jobs {
  train: { input: TrainInput; report: TrainReport; answer: void; result: { epoch: number } };
  /** the samples of a training that has no files */
  load: {
    input: Pick<TrainInput, 'config' | 'dataDir'>;
    report: LoadReport;
    answer: void;
    result: Pick<Dataset, 'name' | 'shape' | 'inputs' | 'classes' | 'hash'>;
  };
  recompute: { input: RecomputeInput; report: RecomputeReport; answer: NamedArray[] | void; result: null };
  regress: { input: RegressInput; report: RegressReport; answer: NamedArray[] | void; result: LearningCurve[] };
  compare: { input: CompareInput; report: CompareReport; answer: NamedArray[] | void; result: Comparisons };
  analyse: { input: AnalyseInput; report: AnalyseReport; answer: Numbers | void; result: ActivationAnalysis };
  doctor: { input: DoctorInput; report: { kind: 'part'; part: string }; answer: void; result: DoctorFindings };
  devices: { input: null; report: never; answer: void; result: DeviceReport[] };
  import: {
    input: Omit<ImportOptions, 'signal' | 'onProgress' | 'arrays'>;
    report: { kind: 'share'; done: number };
    answer: void;
    result: ImportReport;
  };
  calibrate: { input: { device: DeviceWish }; report: never; answer: void; result: Calibration };
}
export type JobName = keyof Jobs;
/** Jobs that a compute process may ask for aside: done by a process of the other kind. Their input is not its to choose. */
export type AsideName = 'load' | 'devices';

/** From the supervisor. */
export type Down =
  | { kind: 'start'; job: JobName; input: Jobs[JobName]['input'] }
  | { kind: 'answer'; to: number; value: unknown }
  /** of what was asked aside: a report; its result comes as an answer */
  | { kind: 'aside'; to: number; report: unknown }
  | { kind: 'refused'; to: number; code: ErrorCode | null; message: string }
  | { kind: 'cancel' }
  /** a training waits at its next step boundary until it is resumed; other jobs go on */
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'leave' };

/** From the compute process. */
export type Up =
  | { kind: 'hello'; protocol: number; pid: number | null }
  | { kind: 'alive' }
  /** `asks`: the number under which it waits for an answer, or null */
  | { kind: 'report'; asks: number | null; report: unknown }
  | { kind: 'aside'; asks: number; job: AsideName }
  /** its device is open and sound: what fails from now on is the job's */
  | { kind: 'opened' }
  | { kind: 'done'; result: unknown }
  /** unusable: why its device cannot be used, where that is what failed */
  | { kind: 'failed'; code: ErrorCode | null; message: string; unusable?: string };
