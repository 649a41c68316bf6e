// Calls about sweeps: start or go on with one, watch, stop, and the table of correlations over it.
import type { CallParsed, Handlers } from '../contract/calls.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import { gridSize } from '../contract/sweep-grid.ts';
import type { SweepCell, SweepDetail } from '../contract/sweeps.ts';
import type { StoredCell } from '../store/index.ts';
import type { Cell, Sweep } from '../sweeps/index.ts';
import { cellsInSlices, estimatesInSlices } from './cells.ts';
import { presetNamed, type Preset } from './presets.ts';
import { inSlices } from './slices.ts';
import { createOutlook, estimateAll } from './sweep-cost.ts';
import { createStarts, type StartsOptions } from './sweep-start.ts';
import { table1 } from './table1.ts';

export interface SweepsOptions extends StartsOptions {
  presets: () => readonly Preset[];
  cancel: Handlers['run.cancel'];
}

type SweepCalls = Pick<Handlers, 'sweep.list' | 'sweep.get' | 'sweep.estimate' | 'sweep.start' | 'sweep.cancel' | 'sweep.table1'>;
export interface SweepServices extends SweepCalls {
  /** @throws `bad-input` for a sweep that this machine cannot run as far as it is not done yet */
  checkSweep(asked: CallParsed<'sweep.start'>): Promise<void>;
  /** Works while no sweep is being started. */
  betweenStarts<T>(work: () => Promise<T>): Promise<T>;
  /** A start under way is undone, or finished where all is written. */
  stopStarts(): Promise<void>;
}

const atOnce = 50; // runs that are taken out of the queue between two breaths

export function createSweeps(o: SweepsOptions): SweepServices {
  const { library, many } = o;
  const starts = createStarts(o);
  const secondsLeft = createOutlook(library, o.calibration, o.shapeOf);

  const sweepOf = async ({ preset: name, sweep: spec }: { preset?: string; sweep?: unknown }): Promise<{ sweep: Sweep; cells: Cell[] }> => {
    if (name === undefined && spec === undefined) throw badInput('sweep: expected a preset or a sweep, got neither');
    if (name !== undefined && spec !== undefined) throw badInput('sweep: expected a preset or a sweep, got both');
    if (name === undefined) return cellsInSlices(spec);
    const preset = presetNamed(o.presets(), name, 'sweep');
    if (!preset.sweep) throw badInput(`preset: expected a sweep, got ${name}, which is one run`);
    return cellsInSlices(preset.sweep.spec);
  };
  const named = (ref: string): string => {
    const id = library.sweeps.resolve(ref);
    if (id === null) throw new KernelscopeError('not-found', `sweep: no sweep ${JSON.stringify(ref)}; see sweep --list`);
    return id;
  };

  return {
    async 'sweep.list'({ run }) {
      if (run === undefined) return library.sweeps.list();
      const ids = new Set(library.sweeps.having(library.runs.resolve(run)).map((cell) => cell.sweep));
      return library.sweeps.list().filter((s) => ids.has(s.id));
    },
    async 'sweep.get'({ sweep: ref }): Promise<SweepDetail> {
      const id = named(ref);
      const cells = library.sweeps.cells(id);
      const left = await secondsLeft(cells);
      return { ...library.sweeps.get(id), cells: cells.map(shownCell), secondsLeft: left };
    },
    async 'sweep.estimate'(asked) {
      const { sweep, cells } = await sweepOf(asked);
      await o.checkAll([], asked.device);
      const each = await estimatesInSlices(
        cells.map((c) => c.config),
        await o.calibration(asked.device),
        o.shapeOf,
      );
      const seconds = Array<number | null>(gridSize(sweep.axes)).fill(null);
      cells.forEach(({ position }, i) => (seconds[position] = each[i].seconds));
      return { size: cells.length, estimate: estimateAll(each), cells: seconds, room: await o.room() };
    },
    checkSweep: async (asked) => starts.check(await sweepOf(asked), asked),
    'sweep.start': (asked) =>
      starts.alone(async () => {
        const wanted = await sweepOf(asked);
        many.toWrite();
        return starts.start(wanted, asked);
      }),
    stopStarts: () => starts.stop(),
    betweenStarts: starts.alone,

    async 'sweep.cancel'({ sweep: ref }) {
      await starts.alone(async () => undefined); // one that is being started is stopped as a whole
      const id = named(ref);
      many.toWrite();
      // First those that wait, or one would begin as another ends.
      const runs = library.sweeps.cells(id).flatMap((cell) => cell.run ?? []);
      const some = Array.from({ length: Math.ceil(runs.length / atOnce) }, (_, i) => runs.slice(i * atOnce, (i + 1) * atOnce));
      await inSlices(some, many.dequeue);
      const atWork = library.sweeps.cells(id).filter((cell) => cell.state === 'running' || cell.state === 'paused');
      await Promise.all(atWork.map((cell) => o.cancel({ run: cell.run as string })));
      const { spec: _, ...summary } = library.sweeps.get(id);
      return summary;
    },

    'sweep.table1': (request) => table1(library, request),
  };
}

const shownCell = ({ name, run, state, epoch, epochs, testAccuracy, reason }: StoredCell): SweepCell => ({
  name,
  run,
  state,
  epoch,
  epochs,
  testAccuracy,
  reason,
});
