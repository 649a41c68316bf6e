// Calls about one run: what it will cost, start, watch, stop.
import { z } from 'zod';
import type { EpochMetrics, Estimate, RunDetail, RunSummary, Snapshot } from '../results.ts';
import type { SweepSpec } from '../sweeps.ts';
import { epoch, runId } from './parts.ts';

/** A config travels as it is and is parsed by `parseConfig`, which names its fields. */
const asked = { preset: z.string().max(200).optional(), config: z.unknown().optional() };

export const runCalls = {
  'presets.list': z.strictObject({}),
  'run.estimate': z.strictObject(asked),
  'run.start': z.strictObject({ ...asked, name: z.string().max(200).optional() }),
  'run.get': z.strictObject({ run: runId }),
  'run.metrics': z.strictObject({ run: runId }),
  'run.snapshot': z.strictObject({ run: runId, epoch }),
  'run.cancel': z.strictObject({ run: runId }),
  'run.resume': z.strictObject({ run: runId }),
} as const;

export interface PresetInfo {
  name: string;
  title: string;
  /** the figures of the paper that it feeds */
  figures: string;
  description: string;
  /** fields that differ from the defaults; null for a sweep */
  config: unknown;
  /** null for one run */
  sweep: { spec: SweepSpec; size: number } | null;
  /** of a sweep: of all its runs, one after the other */
  estimate: Estimate | null;
}

export interface RunResults {
  'presets.list': PresetInfo[];
  'run.estimate': Estimate;
  'run.start': { id: string };
  'run.get': RunDetail;
  'run.metrics': EpochMetrics[];
  'run.snapshot': Snapshot;
  'run.cancel': RunSummary;
  'run.resume': RunSummary;
}

export interface RunEvents {
  'run.progress': { id: string; epoch: number; epochs: number; stage: string; secondsLeft: number | null; secondsPerEpoch: number | null };
  'run.epoch': { id: string; metrics: EpochMetrics };
  'run.snapshot': { id: string; epoch: number };
}
export const runEvents = ['run.progress', 'run.epoch', 'run.snapshot'] as const satisfies readonly (keyof RunEvents)[];
