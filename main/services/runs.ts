// Calls about runs: start, watch, stop, resume.
import { setTimeout } from 'node:timers/promises';
import type { Emit, Handlers } from '../contract/calls.ts';
import type { RunConfig } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { RunState, RunSummary } from '../contract/results.ts';
import type { DeviceWish } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import { configFor, type Preset } from './presets.ts';
import type { Queue } from './queue.ts';
import type { Trainer } from './trainer.ts';

export interface RunsOptions {
  library: Library;
  trainer: Trainer;
  emit: Emit;
  queue: Queue;
  presets: () => readonly Preset[];
  /** the device that new runs ask for where they name none */
  device: DeviceWish;
  /** refuses what this machine cannot do: too large, its data or its device are not here */
  check(config: RunConfig, device?: DeviceWish): Promise<void>;
}

type RunCalls = Pick<Handlers, 'run.start' | 'run.get' | 'run.metrics' | 'run.snapshot' | 'run.cancel' | 'run.pause' | 'run.resume'>;
/** For those who start many runs at a time, after checks of their own. */
export interface ManyRuns {
  /** @throws `locked` where the library is open for reading only */
  toWrite: () => void;
  /** that a run asks for where nothing is said */
  device: DeviceWish;
  /** Puts a run that is written down as queued into the queue. */
  enqueue: (id: string) => void;
  /** Interrupts those that have not begun, and answers them. */
  dequeue: (ids: readonly string[]) => string[];
  /** From now on so many train at a time; what is at work goes on. */
  setAtOnce: (most: number) => void;
}
export interface RunServices extends RunCalls {
  /** Settles with the run when it is neither queued nor at work. */
  runToEnd: (id: string) => Promise<RunSummary>;
  many: ManyRuns;
  /** Stops everything; what was done is kept. */
  stopAll: (reason: string) => Promise<void>;
}

/** ms that a pause is waited for */
const patience = 3000;

const isOver = (state: RunState) => state !== 'queued' && state !== 'running' && state !== 'paused';

export function createRuns(o: RunsOptions): RunServices {
  const { library, trainer, emit, queue } = o;
  const ends = new Map<string, Promise<void>>();

  const toWrite = () => {
    if (library.readOnly)
      throw new KernelscopeError(
        'locked',
        `${library.dir}: open for reading only${library.readOnlyReason ? `: ${library.readOnlyReason}` : ''}`,
      );
  };
  const changed = (id: string): RunSummary => {
    const run = library.runs.get(id);
    emit('run.changed', run);
    return run;
  };
  const enqueue = (id: string) => {
    const end = new Promise<void>((resolve) => queue.add({ id, begin: (onRest) => trainer.run(id, onRest).finally(resolve) }));
    ends.set(id, end);
    void end.then(() => ends.get(id) === end && ends.delete(id));
  };
  /** In one transaction: of a sweep there may be thousands. */
  const interruptQueued = (ids: readonly string[], reason: string): void => {
    library.transaction(() => ids.forEach((id) => library.runs.move(id, 'interrupted', reason)));
    for (const id of ids) {
      ends.delete(id);
      changed(id);
    }
  };
  /** Answers those that had not begun. */
  const dequeue = (ids: readonly string[]): string[] => {
    const removed = queue.remove(ids);
    interruptQueued(removed, 'stopped before it began');
    return removed;
  };
  /** A run that is to be changed; one that is not there is said before that nothing may be changed. */
  const named = (ref: string): string => {
    const id = library.runs.resolve(ref);
    toWrite();
    return id;
  };

  return {
    'run.get': async ({ run }) => library.runs.detail(library.runs.resolve(run)),
    'run.metrics': async ({ run }) => library.metrics.all(library.runs.resolve(run)),
    'run.snapshot': async ({ run, epoch }) => library.snapshots.get(library.runs.resolve(run), epoch),

    async 'run.start'(asked) {
      toWrite();
      const config = configFor(o.presets(), asked);
      await o.check(config, asked.device);
      const { id } = library.runs.create({ name: config.name, config, device: asked.device ?? o.device });
      changed(id);
      enqueue(id);
      return { id };
    },

    async 'run.resume'({ run: ref, device }) {
      const id = named(ref);
      const { state } = library.runs.get(id);
      if (state === 'done') throw badInput(`run ${id}: is done; there is nothing to resume`);
      if (state === 'paused' || trainer.atWork(id)?.pausing) {
        if (device !== undefined)
          throw badInput(`device: expected none for a paused run, which keeps its memory where it is, got ${device}; stop it first`);
        await trainer.resume(id);
        return library.runs.get(id);
      }
      if (state === 'queued' || state === 'running') throw badInput(`run ${id}: is ${state} already`);
      await o.check(library.runs.detail(id).config, device);
      if (device !== undefined) library.runs.setDevice(id, device);
      library.runs.move(id, 'queued');
      enqueue(id);
      return changed(id);
    },

    async 'run.cancel'({ run: ref }) {
      const id = named(ref);
      if (dequeue([id]).length > 0) return library.runs.get(id);
      const { state } = library.runs.get(id);
      if (!trainer.stop(id, 'stopped by request'))
        throw badInput(`run ${id}: is ${state}; only a queued, running or paused one can be stopped`);
      await ends.get(id);
      return library.runs.get(id);
    },

    async 'run.pause'({ run: ref }) {
      const id = named(ref);
      const { state } = library.runs.get(id);
      const rest = state === 'running' && trainer.pause(id);
      if (!rest) throw badInput(`run ${id}: is ${state}; only a running one can be paused`);
      // A snapshot that is being analysed is finished first, which may take minutes: then the state follows by its event.
      await Promise.race([rest, setTimeout(patience, undefined, { ref: false })]);
      return library.runs.get(id);
    },

    many: { toWrite, device: o.device, enqueue, dequeue, setAtOnce: (most) => queue.setMost(most) },

    async runToEnd(id) {
      await ends.get(id);
      const run = library.runs.get(id);
      if (!isOver(run.state)) throw new Error(`run ${id} is ${run.state}, but not in the queue`);
      return run;
    },

    async stopAll(reason) {
      queue.close();
      if (library.readOnly) return;
      const waiting = [...ends];
      interruptQueued(library.runs.inStates('queued'), reason);
      const atWork = waiting.filter(([id]) => trainer.stop(id, reason));
      await Promise.all(atWork.map(([, end]) => end));
    },
  };
}
