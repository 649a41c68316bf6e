// Which runs of the library the statements are checked on.
import type { RunConfig } from '../../contract/config.ts';
import type { Library } from '../../store/index.ts';
import { differencesOf, setOf, type StudySpec } from './study.ts';
import type { Differing } from './claim.ts';

export interface Chosen {
  /** done and of one kind, newest first; empty: there is none */
  done: { id: string; config: RunConfig }[];
  differs: Differing[];
  underway: string[];
  stopped: string[];
}

/** Remembers what a run's config means: it never changes. null: it does not count */
export type Known = Map<string, RunConfig | null>;

interface Group {
  runs: { id: string; config: RunConfig }[];
  differs: Differing[];
}

/** Every run on a dataset, newest first, a page at a time. */
async function* candidates(library: Library, dataset: string, between: () => Promise<void>) {
  let before: number | undefined;
  for (;;) {
    const page = library.candidates.on(dataset, 500, before);
    yield* page;
    if (page.length === 0) return;
    before = page[page.length - 1].row;
    await between();
  }
}

/** Runs that qualify, by the step; of those that are done the set with the most models, or the one run nearest to the paper.
 *  between: called after every run */
export async function choose(
  library: Library,
  spec: StudySpec,
  paper: readonly RunConfig[],
  known: Known,
  between: () => Promise<void>,
): Promise<Chosen> {
  const sets = new Map<string, Group['runs']>();
  const [underway, stopped]: string[][] = [[], []];
  for await (const { id, state } of candidates(library, spec.dataset, between)) {
    let config = known.get(id);
    if (config === undefined) {
      const read = library.candidates.config(id);
      config = read && spec.qualifies(read) ? read : null;
      known.set(id, config);
      await between();
    }
    if (!config) continue;
    if (state === 'queued' || state === 'running' || state === 'paused') underway.push(id);
    else if (state !== 'done') stopped.push(id);
    else {
      const key = spec.study === 'section-5' ? setOf(config) : id;
      sets.set(key, [...(sets.get(key) ?? []), { id, config }]);
    }
  }
  let best: Group = { runs: [], differs: [] };
  for (const runs of sets.values()) {
    const differs = differencesOf(
      spec,
      runs.map((r) => r.config),
      paper,
    );
    // Of equals the newer one, which came first, is kept.
    const better = runs.length > best.runs.length || (runs.length === best.runs.length && differs.length < best.differs.length);
    if (better) best = { runs, differs };
    await between();
  }
  return { done: best.runs, differs: best.differs, underway, stopped };
}
