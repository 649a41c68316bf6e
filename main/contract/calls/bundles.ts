// Calls about bundles: whole runs in a file.
import { z } from 'zod';
import { runIds } from './parts.ts';

export const bundleCalls = {
  /** takes in the runs of a bundle that was uploaded */
  'library.import': z.strictObject({ upload: z.string().min(1).max(40) }),
  /** makes a bundle to be downloaded */
  'library.export': z.strictObject({ runs: runIds }),
} as const;

export interface BundleResults {
  'library.import': { task: string };
  'library.export': { task: string };
}
