// Calls of the fake host about one run besides its numbers: its log, its probe sets.
import type { CallParsed, CallResults } from '../../main/contract/calls.ts';
import { KernelscopeError } from '../../main/contract/errors.ts';
import type { LogLevel, LogLine } from '../../main/contract/log.ts';
import type { FakeRun } from './fake-figures.ts';
import { jitter } from './fake-numbers.ts';

const minute = 60_000;

/** What would have happened to a run in its state: made of its snapshots, so that it grows with them. */
function linesOf({ detail, metrics }: FakeRun): LogLine[] {
  const { provenance, state, reason, snapshots, epoch } = detail;
  const lines: LogLine[] = [];
  const start = Date.parse(detail.created);
  const add = (at: number, e: number, level: LogLevel, line: string) =>
    lines.push({ id: lines.length + 1, at: new Date(start + at).toISOString(), epoch: e, level, line });
  add(0, 0, 'info', 'queued; device asked for: auto');
  if (!provenance) return lines;
  add(300, 0, 'info', 'running');
  add(320, 0, 'info', 'in process 4711, from the beginning');
  add(1100, 0, 'info', `on ${provenance.device} (${provenance.deviceDetail}); ${provenance.blas}; Kernelscope ${provenance.version}`);
  for (const e of snapshots) {
    if (e === 60 && state === 'done') {
      add(1100 + 1420 * 46, 45, 'warning', 'interrupted: the program was closed');
      add(20 * minute + 1420 * 46, 45, 'info', 'queued');
      add(20 * minute + 1420 * 46 + 200, 45, 'info', 'in process 5210, from the checkpoint of epoch 45');
    }
    const later = state === 'done' && e > 45 ? 20 * minute : 0;
    add(1400 + later + 1420 * e, e, 'info', `snapshot of epoch ${e}, analysed in ${(1 + jitter(e)).toFixed(2)} s`);
  }
  const over = 3000 + 1420 * epoch + (state === 'done' ? 20 * minute : 0);
  if (state === 'failed') add(over, epoch, 'error', `failed: ${reason}`);
  if (state === 'interrupted') add(over, epoch, 'warning', `interrupted: ${reason}`);
  if (state === 'done') add(over, metrics.length - 1, 'info', 'done');
  if (state === 'paused') add(over, epoch, 'info', 'paused');
  return lines;
}

type Calls = 'run.log' | 'run.probe';
export const fakeRunCalls = (
  find: (id: string) => FakeRun,
  all: () => FakeRun[],
): { [K in Calls]: (input: CallParsed<K>) => CallResults[K] } => ({
  'run.log': ({ run, after = 0, limit = 2000 }) =>
    linesOf(find(run))
      .filter((l) => l.id > after)
      .slice(0, limit),
  'run.probe': ({ run, split }) => {
    const { detail } = find(run);
    const hash = detail.provenance?.probeHash[split];
    if (!hash) throw new KernelscopeError('not-found', `run ${run}: has no ${split} probe set yet; it is drawn when the run begins`);
    const P = detail.config.analysis.probe[split];
    const shared = all().filter((r) => r.detail.id !== run && r.detail.provenance?.probeHash[split] === hash);
    return {
      split,
      hash,
      classes: 10,
      ids: Int32Array.from({ length: P }, (_, i) => Math.floor(10_000 * jitter(i))),
      labels: Int32Array.from({ length: P }, (_, i) => Math.floor(10 * jitter(i + 0.5))),
      shared: shared.slice(0, 50).map(({ detail: { id, name } }) => ({ id, name })),
      sharedCount: shared.length,
    };
  },
});
