// The queue of the host in memory: runs by their states, waiting ones in an order that a page can change.
import type { CallParsed, CallResults, Emit, QueueCounts, QueuedRun } from '../../main/contract/calls.ts';
import { badInput } from '../../main/contract/errors.ts';
import type { RunDetail } from '../../main/contract/results.ts';

export interface FakeHost {
  runs(): RunDetail[];
  /** @throws `not-found` */
  find(id: string): RunDetail;
  change(id: string, change: Partial<RunDetail>): void;
  emit: Emit;
  secondsOf(run: RunDetail): number;
}

type Names = 'queue.get' | 'queue.order' | 'queue.hold' | 'queue.set' | 'run.pause';
export function fakeQueue({ runs, find, change, emit, secondsOf }: FakeHost): { [K in Names]: (input: CallParsed<K>) => CallResults[K] } {
  let order: string[] = [];
  let [held, atOnce] = [false, 1];
  const inState = (state: RunDetail['state']) => runs().filter((r) => r.state === state);
  const waiting = () => {
    const place = (r: RunDetail) => (order.includes(r.id) ? order.indexOf(r.id) : order.length);
    return inState('queued').toSorted((a, b) => place(a) - place(b));
  };
  const counts = (): QueueCounts => ({
    running: inState('running').length,
    paused: inState('paused').length,
    waiting: waiting().length,
    held,
    atOnce,
  });
  const after = (work: () => void): QueueCounts => {
    work();
    emit('queue.changed', counts());
    return counts();
  };
  const shown = (run: RunDetail): QueuedRun => {
    const { id, name, state, epoch, epochs } = run;
    return { id, name, state, epoch, epochs, secondsLeft: secondsOf(run) * (1 - epoch / epochs), pausing: false };
  };
  return {
    'queue.get': ({ limit = 200 }) => ({
      running: inState('running').map(shown),
      paused: inState('paused').map(shown),
      waiting: waiting().slice(0, limit).map(shown),
      waitingInAll: waiting().length,
      held,
      atOnce,
    }),
    'queue.order': ({ runs: ids }) => {
      const other = ids.find((id) => find(id).state !== 'queued');
      if (other) throw badInput(`run ${other}: is ${find(other).state}; only waiting ones can be put in order`);
      return after(() => (order = ids));
    },
    'queue.hold': (wanted) => after(() => (held = wanted.held)),
    'queue.set': (wanted) => after(() => (atOnce = wanted.atOnce)),
    'run.pause': ({ run }) => {
      if (find(run).state !== 'running') throw badInput(`run ${run}: is ${find(run).state}; only a running one can be paused`);
      change(run, { state: 'paused' });
      emit('queue.changed', counts());
      const { config: _, final: __, snapshots: ___, planned: ____, layers: _____, provenance: ______, ...summary } = find(run);
      return summary;
    },
  };
}
