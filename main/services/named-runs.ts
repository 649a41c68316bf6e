// Runs by what a person calls them: a run's id, name or prefix; or a sweep, which stands for its runs that are done.
import { KernelscopeError } from '../contract/errors.ts';
import type { Library } from '../store/index.ts';

/** Ids of the runs that a word stands for. @throws `not-found` where it is neither a run nor a sweep with a run that is done */
export function runsNamed(library: Library, ref: string): string[] {
  try {
    return [library.runs.resolve(ref)];
  } catch (error) {
    const sweep = error instanceof KernelscopeError && error.code === 'not-found' ? library.sweeps.resolve(ref) : null;
    if (sweep === null) throw error;
    const done = library.sweeps.cells(sweep).filter((c) => c.state === 'done' && c.run !== null);
    if (done.length === 0) throw new KernelscopeError('not-found', `sweep ${JSON.stringify(ref)}: none of its runs is done yet`);
    return done.map((c) => c.run as string);
  }
}

/** A name for a file of what is drawn from these. */
export function titleOf(library: Library, refs: readonly string[]): string {
  if (refs.length > 1) return `${refs.length} runs`;
  const runs = runsNamed(library, refs[0]);
  return runs.length === 1 ? library.runs.get(runs[0]).name : refs[0];
}
