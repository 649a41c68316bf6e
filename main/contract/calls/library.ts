// Calls about the runs of the library: the list, what people write about them, the trash.
import { z } from 'zod';
import { runStates, type RunSummary, type TrashedRun } from '../results.ts';
import { runId, runIds } from './parts.ts';

export const libraryCalls = {
  /** a page of the list, newest first; `before` is the `next` of the page before */
  'library.list': z.strictObject({
    before: z.number().int().min(0).optional(),
    limit: z.number().int().min(1).max(1000).optional(),
    states: z.array(z.enum(runStates)).min(1).optional(),
  }),
  'run.rename': z.strictObject({ run: runId, name: z.string().min(1).max(200) }),
  'run.tag': z.strictObject({
    runs: runIds,
    add: z.array(z.string().min(1).max(60)).max(100),
    remove: z.array(z.string().max(60)).max(100),
  }),
  'run.note': z.strictObject({ run: runId, note: z.string().max(100_000) }),
  /** to the trash; a run at work is stopped first */
  'run.delete': z.strictObject({ runs: runIds }),
  /** out of the trash, by their ids */
  'run.restore': z.strictObject({ runs: runIds }),
  'trash.list': z.strictObject({}),
  /** removes what is in the trash, or of that these, with all their arrays: for good */
  'trash.empty': z.strictObject({ runs: runIds.optional() }),
} as const;

export interface LibraryResults {
  'library.list': { runs: RunSummary[]; next: number | null; total: number };
  'run.rename': RunSummary;
  'run.tag': { ids: string[] };
  'run.note': RunSummary;
  'run.delete': { ids: string[] };
  'run.restore': { ids: string[] };
  'trash.list': TrashedRun[];
  'trash.empty': { ids: string[] };
}

export interface LibraryEvents {
  'run.changed': RunSummary;
  'run.removed': { id: string };
}
export const libraryEvents = ['run.changed', 'run.removed'] as const satisfies readonly (keyof LibraryEvents)[];
