// Calls about several runs beside each other.
import { z } from 'zod';
import { mostMapped } from '../figures.ts';
import { similarityMeasures, splits, type LayerComparison, type ModelComparison } from '../results.ts';
import { epoch, runId } from './parts.ts';

/** a word of the asker's, under which progress is told and which cancels */
export const ticket = z.string().min(1).max(100);

export const compareCalls = {
  /** of one run: its snapshots at these epochs; of several: one epoch for all or each its own; default: the last */
  'compare.layers': z.strictObject({
    runs: z.array(runId).min(1).max(50),
    epochs: z.array(epoch).min(1).max(100).optional(),
    split: z.enum(splits).optional(),
    measure: z.enum(similarityMeasures).optional(),
  }),
  /** CKA of one layer of each run with that of each other, at their last snapshots; kept, so that the figure of the same is there at once.
   *  layer: a name, `last` (the default), `#3` or `#-2` */
  'compare.models': z.strictObject({
    runs: z.array(runId).min(1).max(mostMapped),
    layer: z.string().min(1).max(200).optional(),
    split: z.enum(splits).optional(),
    ticket: ticket.optional(),
  }),
  /** stops what was asked for under this ticket */
  'compare.cancel': z.strictObject({ ticket }),
} as const;

export interface CompareResults {
  'compare.layers': LayerComparison;
  'compare.models': ModelComparison;
  /** stopped: there was something to stop */
  'compare.cancel': { ticket: string; stopped: boolean };
}

export interface CompareEvents {
  /** done: share of the work, 0 … 1 */
  'compare.progress': { ticket: string; done: number };
}
export const compareEvents = ['compare.progress'] as const satisfies readonly (keyof CompareEvents)[];
