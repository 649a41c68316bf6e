// Calls about sweeps.
import { z } from 'zod';
import type { Estimate, Room } from '../results.ts';
import { mostCells } from '../sweep-grid.ts';
import type { SweepDetail, SweepStart, SweepSummary, Table1 } from '../sweeps.ts';
import { deviceWish, runId, runIds } from './parts.ts';

const sweepRef = z.string().min(1).max(200);
/** A preset's name, or a sweep as its file has it; `parseSweep` parses that one, and names its fields. */
const sweepAsked = { preset: z.string().max(200).optional(), sweep: z.unknown().optional(), device: deviceWish.optional() };

export const sweepCalls = {
  /** run: only those that it is a cell of */
  'sweep.list': z.strictObject({ run: runId.optional() }),
  'sweep.get': z.strictObject({ sweep: sweepRef }),
  'sweep.estimate': z.strictObject(sweepAsked),
  /** jobs: how many runs train at a time from now on; retry: failed ones too; only: of the cells, counted from 1, these are trained, and the
   *  others have a run only where one of the same config is done */
  'sweep.start': z.strictObject({
    ...sweepAsked,
    jobs: z.number().int().min(1).max(64).optional(),
    retry: z.boolean().optional(),
    only: z.array(z.number().int().min(1).max(mostCells)).max(mostCells).optional(),
  }),
  'sweep.cancel': z.strictObject({ sweep: sweepRef }),
  /** of a sweep or of all runs that have this tag, or else of these runs */
  'sweep.table1': z.strictObject({
    sweep: sweepRef.optional(),
    runs: runIds.optional(),
    minTrainAccuracy: z.number().min(0).max(1).optional(),
  }),
} as const;

export interface SweepResults {
  'sweep.list': SweepSummary[];
  'sweep.get': SweepDetail;
  /** cells: seconds of each in the whole grid, the last key fastest; null for one that is left out */
  'sweep.estimate': { size: number; estimate: Estimate; cells: (number | null)[]; room: Room };
  'sweep.start': SweepStart;
  'sweep.cancel': SweepSummary;
  'sweep.table1': Table1;
}
