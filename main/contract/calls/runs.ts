// Calls about one run: what it will cost, start, watch, stop.
import { z } from 'zod';
import type { LogLine } from '../log.ts';
import {
  splits,
  type EpochMetrics,
  type Estimate,
  type Room,
  type RunDetail,
  type RunSummary,
  type Snapshot,
  type Split,
} from '../results.ts';
import { deviceWish, epoch, runId } from './parts.ts';

/** A config travels as it is and is parsed by `parseConfig`, which names its fields. device: the host's own choice unless told */
const asked = { preset: z.string().max(200).optional(), config: z.unknown().optional(), device: deviceWish.optional() };

export const runCalls = {
  'run.estimate': z.strictObject(asked),
  'run.start': z.strictObject({ ...asked, name: z.string().max(200).optional() }),
  'run.get': z.strictObject({ run: runId }),
  'run.metrics': z.strictObject({ run: runId }),
  'run.snapshot': z.strictObject({ run: runId, epoch }),
  'run.cancel': z.strictObject({ run: runId }),
  /** it waits at its next step boundary, its memory kept; answers once it does or has ended, or after three seconds:
   *  a snapshot that is being analysed is finished first */
  'run.pause': z.strictObject({ run: runId }),
  /** a paused run goes on at once where it waits, any other one from its last checkpoint at its turn; device: that one from now on */
  'run.resume': z.strictObject({ run: runId, device: deviceWish.optional() }),
  /** after: the id of the last line that is known */
  'run.log': z.strictObject({
    run: runId,
    after: z.number().int().min(0).optional(),
    limit: z.number().int().min(1).max(10_000).optional(),
  }),
  'run.probe': z.strictObject({ run: runId, split: z.enum(splits) }),
} as const;

/** The samples on which a run's kernels are formed, and who shares them. */
export interface ProbeInfo {
  split: Split;
  /** SHA-256 of ids, inputs and targets: what `provenance.probeHash` holds */
  hash: string;
  classes: number;
  /** positions in the dataset's split, in the order of the kernels' rows */
  ids: Int32Array;
  /** the class of each, 0 … C − 1 */
  labels: Int32Array;
  /** other runs of the library with the same set, newest first, at most 50 of `sharedCount` */
  shared: { id: string; name: string }[];
  sharedCount: number;
}

export interface RunResults {
  /** room: what this machine has */
  'run.estimate': Estimate & { room: Room };
  'run.start': { id: string };
  'run.get': RunDetail;
  'run.metrics': EpochMetrics[];
  'run.snapshot': Snapshot;
  'run.cancel': RunSummary;
  'run.pause': RunSummary;
  'run.resume': RunSummary;
  /** oldest first */
  'run.log': LogLine[];
  'run.probe': ProbeInfo;
}

export interface RunEvents {
  'run.progress': { id: string; epoch: number; epochs: number; stage: string; secondsLeft: number | null; secondsPerEpoch: number | null };
  'run.epoch': { id: string; metrics: EpochMetrics };
  'run.snapshot': { id: string; epoch: number };
  /** the run's log has new lines: ask for those after the last one known */
  'run.log': { id: string };
}
export const runEvents = ['run.progress', 'run.epoch', 'run.snapshot', 'run.log'] as const satisfies readonly (keyof RunEvents)[];
