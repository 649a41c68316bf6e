// Starts a sweep, or goes on with it, and stays with it until none of its cells is queued or at work.
import type { CallInput, Events } from '../../contract/calls.ts';
import { KernelscopeError } from '../../contract/errors.ts';
import type { SweepCell, SweepDetail, SweepStart, SweepSummary } from '../../contract/sweeps.ts';
import type { Services } from '../boot.ts';
import type { Context } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { percent } from '../cli/words.ts';

const refreshEvery = 5000; // ms between two looks at the time left

const open = ({ state }: SweepCell) => state === 'queued' || state === 'running';

/** "40 done, 2 failed" */
export const stateWords = (counts: SweepSummary['counts']): string =>
  Object.entries(counts)
    .map(([state, n]) => `${n} ${state === 'none' ? 'not begun' : state}`)
    .join(', ');

function startWords({ id, name, size, done, takenOver, underway, resumed, created, failed, left }: SweepStart): string {
  const parts = [
    [done, 'done already'],
    [takenOver, 'taken over from runs that are done'],
    [underway, 'under way'],
    [failed, 'failed before (--retry tries again)'],
    [resumed, 'resumed'],
    [created, 'new'],
    [left, 'left alone'],
  ] as const;
  const some = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  return `${name} (${id}): ${size} cells: ${some.join(', ')}`;
}

/** Settles when the sweep has no cell any more that is queued or at work. */
async function untilOver(id: string, services: Services, { output, signal }: Context): Promise<void> {
  const { call } = services;
  const detail = await call('sweep.get', { sweep: id });
  const waiting = new Set(detail.cells.filter(open).map((c) => c.run as string));
  if (waiting.size === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const progress = output.progress(detail.name, 'runs');
  const stages = new Map<string, string>();
  const names = new Map(detail.cells.map((c) => [c.run, c.name]));
  let failed = detail.cells.filter((c) => c.state === 'failed').length;
  let asked = Date.now();
  let leftAt = { seconds: detail.secondsLeft, at: asked };

  const draw = () => {
    const left = leftAt.seconds === null ? null : Math.max(0, leftAt.seconds - (Date.now() - leftAt.at) / 1000);
    const stage = [...(failed > 0 ? [`${failed} failed`] : []), ...stages.values()].join('; ');
    progress.update({ done: detail.size - waiting.size, total: detail.size, stage, secondsLeft: left });
  };
  const refresh = async () => {
    asked = Infinity; // one look at a time
    const { secondsLeft } = await call('sweep.get', { sweep: id });
    asked = Date.now();
    leftAt = { seconds: secondsLeft, at: asked };
  };
  const off = services.onEvent((name, payload) => {
    if (name === 'run.progress') {
      const { id: run, epoch, epochs } = payload as Events['run.progress'];
      if (waiting.has(run)) stages.set(run, `${names.get(run) ?? run}: epoch ${epoch}/${epochs}`);
    } else if (name === 'run.changed') {
      const { id: run, state } = payload as Events['run.changed'];
      if (state === 'queued' || state === 'running' || !waiting.delete(run)) return;
      stages.delete(run);
      if (state === 'failed') failed++;
    } else return;
    if (waiting.size === 0) return resolve();
    if (Date.now() - asked > refreshEvery) void refresh().catch(reject);
    draw();
  });
  const cancel = () => void call('sweep.cancel', { sweep: id }).catch(reject);
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  try {
    draw();
    await promise;
  } finally {
    signal.removeEventListener('abort', cancel);
    off();
    progress.end();
  }
}

/** Starts what was asked for, follows it and reports every cell.
 *  @throws KernelscopeError `failed` where a cell failed, `cancelled` where it was interrupted */
export async function followSweep(asked: CallInput<'sweep.start'>, context: Context): Promise<void> {
  const { output } = context;
  const services = await context.services('write');
  const started = await services.call('sweep.start', asked);
  output.log(startWords(started));
  await untilOver(started.id, services, context);
  report(await services.call('sweep.get', { sweep: started.id }), asked.only?.length ? asked.only : null, context);
}

/** only: of the cells, counted from 1, those that count; null: all */
function report(sweep: SweepDetail, only: readonly number[] | null, { output, signal }: Context): void {
  const { id, name } = sweep;
  const cells = only ? only.map((n) => sweep.cells[n - 1]) : sweep.cells;
  const size = cells.length;
  const counts: SweepDetail['counts'] = {};
  for (const { state } of cells) counts[state] = (counts[state] ?? 0) + 1;
  output.document({
    id,
    name,
    cells: cells.map(({ run, name: label, state, testAccuracy, reason }) => ({ run, name: label, state, testAccuracy, reason })),
  });
  const rows = cells.map((c) => [
    c.run ?? '–',
    c.name,
    c.state === 'none' ? 'not begun' : c.state,
    percent(c.testAccuracy),
    c.reason ?? '',
  ]);
  output.line(table(['run', 'name', 'state', 'test', 'reason'], rows));
  if (signal.aborted && (counts.done ?? 0) < size)
    throw new KernelscopeError('cancelled', `${name}: interrupted: ${stateWords(counts)}; what was done is kept. The same command goes on`);
  const bad = cells.filter((c) => c.state !== 'done');
  if (bad.length === 0) return output.log(`${name}: ${size} runs done`);
  for (const c of bad) output.log(`${c.name} (${c.run ?? 'no run'}): ${c.reason ?? c.state}`);
  throw new KernelscopeError('failed', `${name}: ${stateWords(counts)}; --retry takes up failed runs again`);
}
