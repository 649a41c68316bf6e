export { openLibrary, type Library, type LibraryOptions } from './library.ts';
export { mayMove } from './states.ts';
export type { Question } from './answers.ts';
export type { NewRun } from './runs.ts';
export type { NewSweep } from './starts.ts';
export type { StoredCell } from './sweeps.ts';
export { arrayHash, type ArrayHead, type Dtype } from './arrays.ts';
export type {
  ArrayRef,
  CheckpointRecord,
  LogRecord,
  ProbeRecord,
  RunRecord,
  SnapshotRecord,
  SplitRecord,
  SpectrumRecord,
} from './records.ts';
export type { ArrivingPart } from './staging.ts';
