// Calls about what is known of a run besides its numbers: its log, the samples that it was probed on.
import type { Emit, Handlers } from '../contract/calls.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { ProbeSet } from '../contract/results.ts';
import type { Library } from '../store/index.ts';

const mostShared = 50;

/** The class of each sample, out of the one-hot target. */
function labelsOf({ ids, y, classes }: ProbeSet): Int32Array {
  return Int32Array.from(ids, (_, i) => y.subarray(i * classes, (i + 1) * classes).indexOf(1));
}

export function createRunFacts({ library, emit }: { library: Library; emit: Emit }): Pick<Handlers, 'run.log' | 'run.probe'> {
  library.log.onAppend((id) => emit('run.log', { id }));
  return {
    'run.log': async ({ run, after, limit }) =>
      library.log.of(library.runs.resolve(run), { ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) }),
    async 'run.probe'({ run, split }) {
      const id = library.runs.resolve(run);
      const hash = library.probes.hash(id, split);
      const probe = hash === null ? null : library.probes.get(id, split);
      if (hash === null || probe === null)
        throw new KernelscopeError('not-found', `run ${id}: has no ${split} probe set yet; it is drawn when the run begins`);
      const others = library.probes.sharing(hash, split).filter((r) => r.id !== id);
      const { ids, classes } = probe;
      return { split, hash, classes, ids, labels: labelsOf(probe), shared: others.slice(0, mostShared), sharedCount: others.length };
    },
  };
}
