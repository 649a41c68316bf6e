// Calls about the queue: what is at work, rests and waits, and how long each will take; its order, how many at a time, and whether it is held.
import type { Emit, Handlers } from '../contract/calls.ts';
import type { QueueCounts, QueuedRun } from '../contract/calls/queue.ts';
import { badInput } from '../contract/errors.ts';
import type { Library } from '../store/index.ts';
import type { Queue } from './queue.ts';
import { inSlices } from './slices.ts';
import type { Trainer } from './trainer.ts';

export interface QueueCallsOptions {
  library: Library;
  queue: Queue;
  trainer: Trainer;
  /** @throws `locked` where the library is open for reading only */
  toWrite: () => void;
  /** seconds that a whole run will take; null where this machine has not been measured yet */
  secondsOf: (run: string) => number | null;
}

type QueueCalls = Pick<Handlers, 'queue.get' | 'queue.order' | 'queue.hold' | 'queue.set'>;

const shownWaiting = 200;

const countsOf = ({ busy, resting, waiting, held, most }: Queue): QueueCounts => ({
  running: busy.length,
  paused: resting.length,
  waiting: waiting.length,
  held,
  atOnce: most,
});

/** Says that the queue has changed, once for all that changes in one turn: a sweep puts thousands in. */
export function queueTeller(emit: Emit, queue: () => Queue): () => void {
  let soon = false;
  return () => {
    if (soon) return;
    soon = true;
    queueMicrotask(() => {
      soon = false;
      emit('queue.changed', countsOf(queue()));
    });
  };
}

export function createQueueCalls({ library, queue, trainer, toWrite, secondsOf }: QueueCallsOptions): QueueCalls {
  const shown = (id: string): QueuedRun => {
    const { name, state, epoch, epochs } = library.runs.get(id);
    const work = trainer.atWork(id);
    const estimate = work?.secondsLeft ?? null;
    const whole = estimate === null ? secondsOf(id) : null;
    const share = 1 - epoch / Math.max(1, epochs);
    return {
      id,
      name,
      state,
      epoch,
      epochs,
      secondsLeft: estimate ?? (whole === null ? null : whole * share),
      pausing: work?.pausing ?? false,
    };
  };
  const read = async (ids: readonly string[]): Promise<QueuedRun[]> => {
    const all: QueuedRun[] = [];
    await inSlices(ids, (id) => all.push(shown(id)));
    return all;
  };
  const after = (change: () => void): QueueCounts => {
    change();
    return countsOf(queue);
  };

  return {
    async 'queue.get'({ limit = shownWaiting }) {
      const { held, most, waiting } = queue;
      return {
        running: await read(queue.busy),
        paused: await read(queue.resting),
        waiting: await read(waiting.slice(0, limit)),
        waitingInAll: waiting.length,
        held,
        atOnce: most,
      };
    },
    async 'queue.order'({ runs }) {
      const ids = runs.map((ref) => library.runs.resolve(ref));
      toWrite();
      const waiting = new Set(queue.waiting);
      const other = ids.find((id) => !waiting.has(id));
      if (other !== undefined) throw badInput(`run ${other}: is ${library.runs.get(other).state}; only waiting ones can be put in order`);
      const twice = ids.find((id, i) => ids.indexOf(id) !== i);
      if (twice !== undefined) throw badInput(`runs: expected each run once, got ${twice} twice`);
      return after(() => queue.order(ids));
    },
    async 'queue.hold'({ held }) {
      toWrite();
      return after(() => queue.hold(held));
    },
    async 'queue.set'({ atOnce }) {
      toWrite();
      return after(() => queue.setMost(atOnce));
    },
  };
}
