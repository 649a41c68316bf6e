// Calls about sweeps: start or go on with one, watch, stop, and the table of correlations over it.
import type { CallParsed, Emit, Handlers } from '../contract/calls.ts';
import { parseConfig, type RunConfig } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { Room } from '../contract/results.ts';
import { gridSize } from '../contract/sweep-grid.ts';
import type { SweepCell, SweepDetail } from '../contract/sweeps.ts';
import type { Calibration, DeviceWish } from '../compute/index.ts';
import type { Library, StoredCell } from '../store/index.ts';
import { configHash, sweepHash, type Cell, type Sweep } from '../sweeps/index.ts';
import { cellsInSlices, estimatesInSlices } from './cells.ts';
import { sizeOfRun, type ShapeOf } from './estimate.ts';
import { presetNamed, type Preset } from './presets.ts';
import type { ManyRuns } from './runs.ts';
import { createOutlook, estimateAll } from './sweep-cost.ts';
import { table1 } from './table1.ts';

export interface SweepsOptions {
  library: Library;
  emit: Emit;
  presets: () => readonly Preset[];
  many: ManyRuns;
  cancel: Handlers['run.cancel'];
  /** refuses what this machine cannot do: a run too large, its data or its device are not here */
  checkAll(configs: readonly RunConfig[], device?: DeviceWish): Promise<void>;
  room(): Promise<Room>;
  calibration(device?: DeviceWish): Promise<Calibration>;
  shapeOf: ShapeOf;
}

type SweepCalls = Pick<Handlers, 'sweep.list' | 'sweep.get' | 'sweep.estimate' | 'sweep.start' | 'sweep.cancel' | 'sweep.table1'>;
export interface SweepServices extends SweepCalls {
  /** @throws `bad-input` for a sweep that this machine cannot run as far as it is not done yet */
  checkSweep(asked: CallParsed<'sweep.start'>): Promise<void>;
}

/** What a start has to do with a cell. */
type Way = 'done' | 'takenOver' | 'underway' | 'resumed' | 'created' | 'failed';
interface Step {
  way: Way;
  /** the run that the cell has, or is to take over; null: one is to be made */
  run: string | null;
}

export function createSweeps(o: SweepsOptions): SweepServices {
  const { library, emit, many } = o;
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

  /** What there is to do, cell by cell; writes nothing. */
  const plan = (id: string | null, cells: readonly Cell[], retry: boolean): Step[] => {
    const stored = id === null ? [] : library.sweeps.cells(id);
    const open = cells.some((_, i) => stored[i]?.state !== 'done');
    const done = open ? doneRuns(library, cells) : new Map<string, string>();
    return cells.map(({ config }, i): Step => {
      const { run = null, state = 'none' } = stored[i] ?? {};
      if (state === 'done') return { way: 'done', run };
      if (state === 'queued' || state === 'running' || state === 'paused') return { way: 'underway', run };
      const same = done.get(configHash(config));
      if (same !== undefined) return { way: 'takenOver', run: same };
      if (state === 'failed' && !retry) return { way: 'failed', run };
      return run !== null && (state === 'failed' || state === 'interrupted') ? { way: 'resumed', run } : { way: 'created', run: null };
    });
  };

  /** Refuses before anything is written. */
  const check = async (
    { sweep, cells }: Awaited<ReturnType<typeof sweepOf>>,
    { jobs = 1, retry = false, device }: CallParsed<'sweep.start'>,
  ) => {
    const steps = plan(library.sweeps.find(sweepHash(sweep.name, cells)), cells, retry);
    const open = cells.filter((_, i) => steps[i].way === 'created' || steps[i].way === 'resumed').map((c) => c.config);
    await o.checkAll(open, device);
    checkTogether(open, jobs, await o.room(), o.shapeOf);
  };

  return {
    'sweep.list': async () => library.sweeps.list(),
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
    checkSweep: async (asked) => check(await sweepOf(asked), asked),

    async 'sweep.start'(asked) {
      const wanted = await sweepOf(asked);
      const { sweep, cells } = wanted;
      many.toWrite();
      await check(wanted, asked);
      await o.calibration(asked.device); // while nothing else is at work: later it would measure what is left of the machine
      const hash = sweepHash(sweep.name, cells);
      const { id, steps } = library.transaction(() => {
        const stored = cells.map(({ config }) => ({ name: config.name, hash: configHash(config) }));
        const found = library.sweeps.find(hash) ?? library.sweeps.create({ name: sweep.name, hash, spec: sweep.spec, cells: stored });
        const planned = plan(found, cells, asked.retry ?? false).map(({ way, run }, position): { way: Way; run: string } => {
          const { config } = cells[position];
          const own = run ?? many.insert(config, asked.device);
          if (way === 'resumed') library.runs.move(own, 'queued');
          if (way === 'takenOver') library.runs.tag(own, [...new Set([...library.runs.get(own).tags, sweep.name])]);
          if (way === 'created' || way === 'takenOver') library.sweeps.setRun(found, position, own);
          return { way, run: own };
        });
        return { id: found, steps: planned };
      });
      if (asked.jobs !== undefined) many.setAtOnce(asked.jobs);
      for (const { way, run } of steps) {
        if (way === 'created' || way === 'resumed' || way === 'takenOver') emit('run.changed', library.runs.get(run));
        if (way === 'created' || way === 'resumed') many.enqueue(run);
      }
      const count = (way: Way) => steps.filter((s) => s.way === way).length;
      const { name } = sweep;
      const [done, takenOver, underway] = [count('done'), count('takenOver'), count('underway')];
      const [resumed, created, failed] = [count('resumed'), count('created'), count('failed')];
      return { id, name, size: cells.length, done, takenOver, underway, resumed, created, failed };
    },

    async 'sweep.cancel'({ sweep: ref }) {
      const id = named(ref);
      many.toWrite();
      // First those that wait, or one would begin as another ends.
      const runs = library.sweeps.cells(id).flatMap((cell) => cell.run ?? []);
      many.dequeue(runs);
      await Promise.all(runs.filter((run) => ['running', 'paused'].includes(library.runs.get(run).state)).map((run) => o.cancel({ run })));
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

/** The newest done run of each config that one of the cells has, by the config's hash. */
function doneRuns(library: Library, cells: readonly Cell[]): Map<string, string> {
  const found = new Map<string, string>();
  const datasets = [...new Set(cells.map(({ config }) => config.data.dataset))];
  for (const { id, config } of library.sweeps.doneConfigs(datasets)) {
    const hash = storedHash(config);
    if (hash !== null && !found.has(hash)) found.set(hash, id);
  }
  return found;
}

/** An older version's config gets the defaults of fields that it lacks; null: it has what this version does not know. */
function storedHash(config: unknown): string | null {
  try {
    return configHash(parseConfig(config));
  } catch (error) {
    if (error instanceof KernelscopeError) return null;
    throw error;
  }
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(2)} GB`;

/** What each of the runs alone passes, all of them may not. */
function checkTogether(configs: readonly RunConfig[], jobs: number, room: Room, shapeOf: ShapeOf): void {
  const sizes = configs.map((config) => sizeOfRun(config, shapeOf));
  const disk = sizes.reduce((sum, s) => sum + s.diskBytes, 0);
  if (disk > room.diskBytes)
    throw badInput(
      `grid: expected fewer cells or snapshots: ${configs.length} runs need about ${gigabytes(disk)} of disk, ` +
        `the library's has ${gigabytes(room.diskBytes)} free`,
    );
  const memory = sizes.map((s) => s.memoryBytes).sort((a, b) => b - a);
  let most = 0;
  for (let sum = 0; most < memory.length && sum + memory[most] <= room.memoryBytes; most++) sum += memory[most];
  if (most < Math.min(jobs, memory.length))
    throw badInput(`jobs: expected at most ${most} here, got ${jobs}: this machine has ${gigabytes(room.memoryBytes)} of memory`);
}
