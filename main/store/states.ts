// A run as a state machine. `paused` is a run that holds its place without computing.
import { badInput } from '../contract/errors.ts';
import type { LogLevel } from '../contract/log.ts';
import type { RunState } from '../contract/results.ts';

const allowed: Record<RunState, readonly RunState[]> = {
  queued: ['running', 'interrupted', 'failed'],
  running: ['paused', 'done', 'failed', 'interrupted'],
  paused: ['running', 'queued', 'failed', 'interrupted'],
  interrupted: ['queued'],
  failed: ['queued'],
  done: [],
};

/** How much it matters that a run has come to this state. */
export const levelOf = (state: RunState): LogLevel => (state === 'failed' ? 'error' : state === 'interrupted' ? 'warning' : 'info');

/** Whether a run may go from one state to another. */
export const mayMove = (from: RunState, to: RunState): boolean => allowed[from].includes(to);

/** Refuses a transition that is not in the table. */
export function checkMove(run: string, from: RunState, to: RunState): void {
  if (mayMove(from, to)) return;
  const ways = allowed[from];
  throw badInput(`run ${run}: is ${from}, which can become ${ways.length ? ways.join(', ') : 'nothing else'}, not ${to}`);
}
