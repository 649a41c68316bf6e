// Calls about datasets: what is here, a look into it, fetching, importing, removing.
import { z } from 'zod';
import type { DatasetInfo, DatasetPreview } from '../datasets.ts';

const dataset = z.string().min(1).max(200);

export const datasetCalls = {
  'dataset.list': z.strictObject({}),
  'dataset.preview': z.strictObject({ dataset, perClass: z.int().min(1).max(20).optional() }),
  'dataset.fetch': z.strictObject({ dataset }),
  /** of files that were uploaded; `seed` draws the test samples where there are none of its own */
  'dataset.import': z.strictObject({
    upload: z.string().min(1).max(40),
    name: z.string().max(200),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .optional(),
  }),
  /** files: the files of a fetched one may go */
  'dataset.remove': z.strictObject({ dataset, files: z.literal(true).optional() }),
} as const;

export interface DatasetResults {
  'dataset.list': DatasetInfo[];
  'dataset.preview': DatasetPreview;
  'dataset.fetch': { task: string };
  'dataset.import': { task: string };
  'dataset.remove': { dataset: string };
}
export interface DatasetEvents {
  /** one came, went or changed; by its name */
  'dataset.changed': { id: string };
}
export const datasetEvents = ['dataset.changed'] as const satisfies readonly (keyof DatasetEvents)[];
