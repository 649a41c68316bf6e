// Calls about the runs as they stand in the library: the list, what people write about them, the trash.
import type { Emit, Handlers } from '../contract/calls.ts';
import type { RunSummary } from '../contract/results.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { Library } from '../store/index.ts';
import { inSlices } from './slices.ts';

export interface ShelfOptions {
  library: Library;
  emit: Emit;
  /** @throws `locked` where the library is open for reading only */
  toWrite: () => void;
  /** stops a run that is queued or at work */
  cancel: Handlers['run.cancel'];
}
type ShelfCalls = Pick<
  Handlers,
  'library.list' | 'run.rename' | 'run.tag' | 'run.note' | 'run.delete' | 'run.restore' | 'trash.list' | 'trash.empty'
>;
export interface Shelf extends ShelfCalls {
  /** Empties the trash of what was deleted more than 30 days ago. */
  tidy: () => Promise<void>;
}

const pageSize = 250;
const keptDays = 30;

export function createShelf({ library, emit, toWrite, cancel }: ShelfOptions): Shelf {
  const changed = (id: string): RunSummary => {
    const run = library.runs.get(id);
    emit('run.changed', run);
    return run;
  };
  /** Runs that are to be changed; one that is not there is said before that nothing may be changed. */
  const named = (refs: readonly string[]): string[] => {
    const ids = [...new Set(refs.map((ref) => library.runs.resolve(ref)))];
    toWrite();
    return ids;
  };
  const edit = (ref: string, change: (id: string) => void): RunSummary => {
    const [id] = named([ref]);
    change(id);
    return changed(id);
  };
  const many = (ids: readonly string[], work: (id: string) => void) => inSlices(ids, work, (slice) => library.transaction(slice));
  const inTrash = (ids: readonly string[]): string[] => {
    const missing = ids.find((id) => !library.trash.has(id));
    if (missing !== undefined) throw new KernelscopeError('not-found', `run: no run ${JSON.stringify(missing)} in the trash`);
    toWrite();
    return [...ids];
  };

  return {
    'library.list': async ({ limit = pageSize, ...wanted }) => ({
      ...library.runs.page({ ...wanted, limit }),
      total: library.runs.count(),
    }),
    'run.rename': async ({ run, name }) => edit(run, (id) => library.runs.rename(id, name)),
    'run.note': async ({ run, note }) => edit(run, (id) => library.runs.note(id, note)),

    async 'run.tag'({ runs, add, remove }) {
      const ids = named(runs);
      await many(ids, (id) => {
        const { tags } = library.runs.get(id);
        const after = [...new Set([...tags, ...add])].filter((t) => !remove.includes(t));
        library.runs.tag(id, after);
      });
      await inSlices(ids, changed);
      return { ids };
    },

    async 'run.delete'({ runs }) {
      const ids = named(runs);
      for (const id of ids) if (['queued', 'running', 'paused'].includes(library.runs.get(id).state)) await cancel({ run: id });
      await many(ids, (id) => library.trash.put(id));
      for (const id of ids) emit('run.removed', { id });
      return { ids };
    },
    async 'run.restore'({ runs }) {
      const ids = inTrash(runs);
      await many(ids, (id) => library.trash.restore(id));
      await inSlices(ids, changed);
      return { ids };
    },
    'trash.list': async () => library.trash.list(),
    async 'trash.empty'({ runs }) {
      const ids = inTrash(runs ?? library.trash.list().map((r) => r.id));
      await inSlices(ids, (id) => library.removeRun(id));
      return { ids };
    },

    async tidy() {
      if (library.readOnly) return;
      const before = new Date(Date.now() - keptDays * 24 * 3600_000).toISOString();
      await inSlices(library.trash.deletedBefore(before), (id) => library.removeRun(id));
    },
  };
}
