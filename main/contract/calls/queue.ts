// Calls about the queue: which runs are at work, which rest, which wait, and in what order.
import { z } from 'zod';
import type { RunState } from '../results.ts';
import { runIds } from './parts.ts';

export const queueCalls = {
  /** limit: of the waiting ones so many; 200 unless told */
  'queue.get': z.strictObject({ limit: z.number().int().min(1).max(1000).optional() }),
  /** these waiting runs begin first, in this order; the others after them, in the order that they have */
  'queue.order': z.strictObject({ runs: runIds }),
  /** while it is held, no new run begins */
  'queue.hold': z.strictObject({ held: z.boolean() }),
  /** how many train at a time; what is at work goes on */
  'queue.set': z.strictObject({ atOnce: z.number().int().min(1).max(64) }),
} as const;

export interface QueuedRun {
  id: string;
  name: string;
  state: RunState;
  /** epochs done, of so many */
  epoch: number;
  epochs: number;
  /** as its process reckons, or else its estimate; null where the machine has not been measured yet */
  secondsLeft: number | null;
  /** it was asked to pause and comes to its next step boundary */
  pausing: boolean;
}
export interface QueueState {
  running: QueuedRun[];
  paused: QueuedRun[];
  /** in the order in which they will begin; at most so many as were asked for */
  waiting: QueuedRun[];
  /** all that wait */
  waitingInAll: number;
  held: boolean;
  atOnce: number;
}
/** The queue in numbers. */
export interface QueueCounts {
  running: number;
  paused: number;
  waiting: number;
  held: boolean;
  atOnce: number;
}

export interface QueueResults {
  'queue.get': QueueState;
  'queue.order': QueueCounts;
  'queue.hold': QueueCounts;
  'queue.set': QueueCounts;
}

export interface QueueEvents {
  'queue.changed': QueueCounts;
}
export const queueEvents = ['queue.changed'] as const satisfies readonly (keyof QueueEvents)[];
