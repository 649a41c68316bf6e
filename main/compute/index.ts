export { withAsides } from './asides.ts';
export { withChoice } from './choice.ts';
export { nodeLauncher, type Child, type Launch } from './child.ts';
export { BrokenProcess, createCompute, type Compute, type ComputeOptions, type JobHandle } from './supervisor.ts';
export { gigabytes, heldBytes, largestBatch, moments, requireStep } from './fits.ts';
export { forwardFlops, ntkFlops, stepFlops } from './flops.ts';
export { cpuMemoryBytes } from '../devices/batch.ts';
export { workOf, type Work } from './work.ts';
export {
  protocolVersion,
  recomputed,
  type ActivationAnalysis,
  type Calibration,
  type Comparisons,
  type DeviceWish,
  type DoctorFindings,
  type Down,
  type Numbers,
  type PairAlignment,
  type Progress,
  type Rates,
  type Recomputed,
  type TrainReport,
  type Up,
} from './protocol.ts';
