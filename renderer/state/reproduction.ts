// What the page of the paper counts: verdicts, and how far runs under way have come.
import { verdicts, type CheckedClaim, type ReproducedStudy, type Verdict } from '../../main/contract/reproduce.ts';
import type { RunSummary } from '../../main/contract/results.ts';

export const verdictWords: Record<Verdict, string> = {
  passed: 'passed',
  failed: 'failed',
  undecided: 'undecided',
  'not-run': 'not yet run',
};

export type Counts = Record<Verdict, number>;

/** How many claims there are of each verdict. */
export const countsOf = (claims: readonly CheckedClaim[]): Counts =>
  Object.fromEntries(verdicts.map((v) => [v, claims.filter((c) => c.verdict === v).length])) as Counts;

export interface Progress {
  runs: number;
  running: number;
  /** of all epochs of these runs */
  share: number;
}

/** How far the runs of a study that are under way have come, as the library's list has them; null: there are none. */
export function progressOf({ underway }: Pick<ReproducedStudy, 'underway'>, runs: readonly RunSummary[]): Progress | null {
  if (underway.length === 0) return null;
  const wanted = new Set(underway);
  const own = runs.filter((r) => wanted.has(r.id));
  const sum = (of: (r: RunSummary) => number) => own.reduce((s, r) => s + of(r), 0);
  const epochs = sum((r) => r.epochs);
  return {
    runs: underway.length,
    running: own.filter((r) => r.state === 'running').length,
    share: epochs > 0 ? sum((r) => r.epoch) / epochs : 0,
  };
}
