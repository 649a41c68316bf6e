// Work that takes a while beside the runs: bundles, datasets. A call that begins one answers its id; what becomes of it is told by events.
import { z } from 'zod';
import type { BundleImport, BundleReport } from '../bundles.ts';
import type { DatasetImport } from '../datasets.ts';

const taskId = z.string().min(1).max(40);

export const taskCalls = {
  /** those at work, and the newest of those that have ended */
  'task.list': z.strictObject({}),
  'task.cancel': z.strictObject({ task: taskId }),
} as const;

/** What each kind of task results in. */
export interface TaskResults {
  'bundle-import': BundleImport;
  /** download: under which the page reads the file; null where it was written to a place that the person chose */
  'bundle-export': BundleReport & { fileName: string; download: string | null };
  /** names of the files that it brought */
  'dataset-fetch': { dataset: string; files: string[] };
  'dataset-import': DatasetImport;
}
export type TaskKind = keyof TaskResults;

interface TaskOf<K extends TaskKind> {
  id: string;
  kind: K;
  /** what it works on: a file's name, a dataset's */
  subject: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  /** in [0, 1]; null before it is known */
  share: number | null;
  secondsLeft: number | null;
  /** ISO 8601 */
  began: string;
  /** why it failed, in one line */
  error: string | null;
  result: TaskResults[K] | null;
}
export type Task = { [K in TaskKind]: TaskOf<K> }[TaskKind];

export interface TaskCallResults {
  'task.list': Task[];
  'task.cancel': Task;
}
export interface TaskEvents {
  'task.changed': Task;
}
export const taskEvents = ['task.changed'] as const satisfies readonly (keyof TaskEvents)[];
