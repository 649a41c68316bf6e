// What is under way, from the events that the services tell: which runs train, how far they are, which long ones have just ended.
import type { Emit, Events } from '../main/contract/calls.ts';
import type { RunState, RunSummary } from '../main/contract/results.ts';

/** running: how many runs train; share: the mean of what is done of them, in [0, 1], null while one has not begun to count */
export interface Activity {
  running: number;
  share: number | null;
}
export interface ActivityOptions {
  changed(activity: Activity): void;
  /** A run has ended that was under way here. */
  ended(run: RunSummary): void;
}

interface Known {
  state: RunState;
  share: number | null;
}
const over = (state: RunState) => state === 'done' || state === 'failed' || state === 'interrupted';

/** Follows runs by events alone: a library that has just been opened has none at work. */
export function followRuns({ changed, ended }: ActivityOptions): { onEvent: Emit; clear(): void; now(): Activity } {
  const runs = new Map<string, Known>();
  const now = (): Activity => {
    const running = [...runs.values()].filter((r) => r.state === 'running');
    const shares = running.map((r) => r.share);
    const known = shares.length > 0 && shares.every((s) => s !== null);
    return {
      running: running.length,
      share: known ? shares.reduce((sum, s) => sum + s, 0) / shares.length : null,
    };
  };
  const shareOf = (epoch: number, epochs: number) => (epochs > 0 ? Math.min(1, epoch / epochs) : null);
  const seen = (run: RunSummary) => {
    const before = runs.get(run.id);
    if (over(run.state) || run.state === 'queued') {
      if (!before) return;
      runs.delete(run.id);
      if (over(run.state)) ended(run);
    } else {
      // A run that loads its data has epochs to count only once it trains, or goes on from a checkpoint.
      const share = run.epoch > 0 ? shareOf(run.epoch, run.epochs) : (before?.share ?? null);
      runs.set(run.id, { state: run.state, share });
    }
    changed(now());
  };
  return {
    now,
    onEvent: (name, payload) => {
      if (name === 'run.changed') seen(payload as Events['run.changed']);
      if (name === 'run.removed' && runs.delete((payload as Events['run.removed']).id)) changed(now());
      if (name !== 'run.progress') return;
      const { id, epoch, epochs } = payload as Events['run.progress'];
      const run = runs.get(id);
      if (!run) return;
      run.share = shareOf(epoch, epochs);
      changed(now());
    },
    clear() {
      runs.clear();
      changed(now());
    },
  };
}
