// Calls about several runs beside each other.
import { z } from 'zod';
import { similarityMeasures, splits, type LayerComparison } from '../results.ts';
import { epoch, runId } from './parts.ts';

export const compareCalls = {
  /** of one run: its snapshots at these epochs; of several: one epoch for all or each its own; default: the last */
  'compare.layers': z.strictObject({
    runs: z.array(runId).min(1).max(50),
    epochs: z.array(epoch).min(1).max(100).optional(),
    split: z.enum(splits).optional(),
    measure: z.enum(similarityMeasures).optional(),
  }),
} as const;

export interface CompareResults {
  'compare.layers': LayerComparison;
}
