// Starts a sweep, or goes on with one: thousands of cells in slices, others answered between them, and still all of it or nothing.
import { setImmediate } from 'node:timers/promises';
import type { CallParsed, Emit } from '../contract/calls.ts';
import { parseConfig, type RunConfig } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { Room } from '../contract/results.ts';
import type { SweepStart } from '../contract/sweeps.ts';
import { gigabytes, type Calibration, type DeviceWish } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import { configHash, sweepHash, type Cell, type Sweep } from '../sweeps/index.ts';
import { sizeOfRun, type ShapeOf } from './estimate.ts';
import type { ManyRuns } from './runs.ts';
import { inSlices } from './slices.ts';

export interface StartsOptions {
  library: Library;
  emit: Emit;
  many: ManyRuns;
  /** whether they train on a GPU; refuses what this machine cannot do: a run too large, its data or its device are not here */
  checkAll(configs: readonly RunConfig[], device?: DeviceWish): Promise<boolean>;
  room(): Promise<Room>;
  calibration(device?: DeviceWish): Promise<Calibration>;
  shapeOf: ShapeOf;
}
export interface Wanted {
  sweep: Sweep;
  cells: readonly Cell[];
}
type Asked = CallParsed<'sweep.start'>;

export interface Starts {
  /** One at a time: by `alone`. */
  start(wanted: Wanted, asked: Asked): Promise<SweepStart>;
  /** @throws `bad-input` for a sweep that this machine cannot run as far as it is not done yet; writes nothing */
  check(wanted: Wanted, asked: Asked): Promise<void>;
  /** Begins when the starts before have ended, and keeps those after waiting. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** A start under way is undone, or finished where all is written; settles when nothing is under way. */
  stop(): Promise<void>;
}

/** What a start has to do with a cell. */
type Way = 'done' | 'takenOver' | 'underway' | 'resumed' | 'created' | 'failed' | 'left';
interface Step {
  way: Way;
  /** the run that the cell has, or is to take over; null: one is to be made */
  run: string | null;
}
interface Plan {
  hash: string;
  /** of the cells' configs */
  hashes: readonly string[];
  /** runs that are done, by the hash of their config */
  done: ReadonlyMap<string, string>;
  retry: boolean;
  /** places of the cells that may be trained; null: all */
  only: ReadonlySet<number> | null;
}

export function createStarts(o: StartsOptions): Starts {
  const { library, emit, many } = o;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const alone: Starts['alone'] = (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined); // told to the one who asked for it
    return mine;
  };
  const write = (slice: () => void) => library.transaction(slice);
  const stepOf = ({ hashes, done, retry, only }: Plan, id: string | null, position: number): Step => {
    const { run, state } = id === null ? { run: null, state: 'none' as const } : library.sweeps.place(id, position);
    if (state === 'done') return { way: 'done', run };
    if (state === 'queued' || state === 'running' || state === 'paused') return { way: 'underway', run };
    const same = done.get(hashes[position]);
    if (same !== undefined && library.runs.stateOf(same) === 'done') return { way: 'takenOver', run: same };
    if (only && !only.has(position)) return { way: 'left', run };
    if (state === 'failed' && !retry) return { way: 'failed', run };
    return run !== null && (state === 'failed' || state === 'interrupted') ? { way: 'resumed', run } : { way: 'created', run: null };
  };

  /** Refuses before anything is written. */
  const plan = async ({ sweep, cells }: Wanted, { jobs = 1, retry = false, only: asked, device }: Asked): Promise<Plan> => {
    const beyond = asked?.find((cell) => cell > cells.length);
    if (beyond !== undefined) throw badInput(`only: expected cells 1 … ${cells.length}, got ${beyond}`);
    const only = asked ? new Set(asked.map((cell) => cell - 1)) : null;
    const hashes: string[] = [];
    await inSlices(cells, ({ config }) => hashes.push(configHash(config)));
    const hash = sweepHash(sweep.name, hashes);
    const id = library.sweeps.find(hash);
    const allDone = id !== null && library.sweeps.get(id).counts.done === cells.length;
    const found: Plan = { hash, hashes, done: allDone ? new Map() : await doneRuns(library, cells), retry, only };
    const open: RunConfig[] = [];
    await inSlices([...cells.entries()], ([position, { config }]) => {
      const { way } = stepOf(found, id, position);
      if (way === 'created' || way === 'resumed') open.push(config);
    });
    const onGpu = await o.checkAll(open, device);
    await checkTogether(open, jobs, await o.room(), (config) => sizeOfRun(config, o.shapeOf, onGpu));
    return found;
  };

  const goOn = () => {
    if (stopped) throw new KernelscopeError('cancelled', 'sweep: the program was closed before it had started; nothing of it is kept');
  };
  /** Writes what is to be new, out of every list. */
  const prepare = async ({ sweep, cells }: Wanted, { device = many.device }: Asked, found: Plan) => {
    const { hash, hashes } = found;
    const known = library.sweeps.find(hash);
    const id = known ?? library.starts.begin({ name: sweep.name, hash, spec: sweep.spec });
    const steps: Step[] = [];
    await inSlices(
      [...cells.entries()],
      ([position, { config }]) => {
        goOn();
        const step = stepOf(found, known, position);
        const run = step.way === 'created' ? library.starts.run(id, { name: config.name, config, device }) : step.run;
        if (known === null) library.starts.cell(id, position, { name: config.name, hash: hashes[position] });
        if (step.way === 'created' || step.way === 'takenOver') library.sweeps.setRun(id, position, run as string);
        steps.push({ way: step.way, run });
      },
      write,
    );
    return { id, steps };
  };

  /** Back into the queue, where nobody has put them there meanwhile. */
  const resume = async (steps: readonly Step[]) => {
    let moved: string[] = [];
    await inSlices(
      steps.filter((s) => s.way === 'resumed'),
      (step) => {
        goOn();
        const state = library.runs.stateOf(step.run as string);
        if (state !== 'failed' && state !== 'interrupted') return void (step.way = 'underway');
        library.runs.move(step.run as string, 'queued');
        moved.push(step.run as string);
      },
      (slice) => {
        moved = [];
        write(slice);
        moved.forEach(many.enqueue);
      },
    );
  };

  /** Into the lists and, in the same turn, into the queue. What is left where the program closes is shown when it is opened again. */
  const show = async () => {
    while (!stopped) {
      const shown = library.starts.showSome();
      if (shown.length === 0) return;
      shown.forEach(many.enqueue);
      await setImmediate();
    }
  };

  const tell = (name: string, steps: readonly Step[]) =>
    inSlices(steps, ({ way, run }) => {
      if (stopped || run === null || library.runs.stateOf(run) === null) return;
      if (way === 'takenOver') library.runs.tag(run, [...new Set([...library.runs.get(run).tags, name])]);
      if (way === 'created' || way === 'resumed' || way === 'takenOver') emit('run.changed', library.runs.get(run));
    });

  return {
    alone,
    check: async (wanted, asked) => void (await plan(wanted, asked)),
    async start(wanted, asked) {
      const found = await plan(wanted, asked);
      // While nothing else is at work: later it would measure what is left of the machine.
      if (found.only?.size !== 0) await o.calibration(asked.device);
      goOn();
      await undo(library); // an earlier start may have failed to: of a disk that was full
      let made: Awaited<ReturnType<typeof prepare>>;
      try {
        made = await prepare(wanted, asked, found);
        if (asked.jobs !== undefined) many.setAtOnce(asked.jobs);
        await resume(made.steps);
        goOn();
        library.starts.written(made.id);
      } catch (error) {
        await undo(library);
        throw error;
      }
      const { id, steps } = made;
      const { name } = wanted.sweep;
      await show();
      await tell(name, steps);
      const count = (way: Way) => steps.filter((s) => s.way === way).length;
      const [done, takenOver, underway] = [count('done'), count('takenOver'), count('underway')];
      const [resumed, created, failed, left] = [count('resumed'), count('created'), count('failed'), count('left')];
      return { id, name, size: wanted.cells.length, done, takenOver, underway, resumed, created, failed, left };
    },
    async stop() {
      stopped = true;
      await last;
    },
  };
}

/** Removes what a start has written that did not come to its end. */
async function undo({ starts }: Library): Promise<void> {
  while (starts.abandonSome()) await setImmediate();
}

/** The newest done run of each config that one of the cells may have, by the config's hash. */
async function doneRuns(library: Library, cells: readonly Cell[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const datasets = [...new Set(cells.map(({ config }) => config.data.dataset))];
  await inSlices(library.sweeps.done(datasets), (id) => {
    const hash = storedHash(library.candidates.config(id));
    if (hash !== null && !found.has(hash)) found.set(hash, id);
  });
  return found;
}

/** An older version's config gets the defaults of fields that it lacks; null: it has what this version does not know, or its run is gone. */
function storedHash(config: RunConfig | null): string | null {
  if (config === null) return null;
  try {
    return configHash(parseConfig(config));
  } catch (error) {
    if (error instanceof KernelscopeError) return null;
    throw error;
  }
}

/** What each of the runs alone passes, all of them may not. */
async function checkTogether(configs: readonly RunConfig[], jobs: number, room: Room, sizeOf: (config: RunConfig) => Room): Promise<void> {
  const sizes: Room[] = [];
  await inSlices(configs, (config) => sizes.push(sizeOf(config)));
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
