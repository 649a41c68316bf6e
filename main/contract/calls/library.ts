// Calls about the runs of the library: the list, and what people write about them.
import { z } from 'zod';
import type { RunSummary } from '../results.ts';
import { runId } from './parts.ts';

export const libraryCalls = {
  'library.list': z.strictObject({}),
  'run.rename': z.strictObject({ run: runId, name: z.string().min(1).max(200) }),
  'run.tag': z.strictObject({ run: runId, add: z.array(z.string().min(1).max(60)).max(100), remove: z.array(z.string().max(60)).max(100) }),
  'run.note': z.strictObject({ run: runId, note: z.string().max(100_000) }),
  'run.delete': z.strictObject({ run: runId }),
} as const;

export interface LibraryResults {
  'library.list': RunSummary[];
  'run.rename': RunSummary;
  'run.tag': RunSummary;
  'run.note': RunSummary;
  'run.delete': { id: string };
}

export interface LibraryEvents {
  'run.changed': RunSummary;
  'run.removed': { id: string };
}
export const libraryEvents = ['run.changed', 'run.removed'] as const satisfies readonly (keyof LibraryEvents)[];
