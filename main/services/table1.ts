// Table I over the runs of a sweep, of a tag, or over some runs.
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { EpochMetrics, RunDetail, Split } from '../contract/results.ts';
import type { Table1 } from '../contract/sweeps.ts';
import type { Library } from '../store/index.ts';
import { runsNamed } from './named-runs.ts';
import { inSlices } from './slices.ts';
import { correlations, outcomeOf, type Outcome } from '../sweeps/index.ts';

interface Chosen {
  of: Table1['of'];
  /** ids of the runs that are done */
  done: string[];
  missing: number;
}

/** A sweep or tag, or else runs. */
export interface Table1Request {
  sweep?: string | undefined;
  runs?: readonly string[] | undefined;
  minTrainAccuracy?: number | undefined;
}

function chosen(library: Library, { sweep: ref, runs: named }: Table1Request): Chosen {
  if ((ref === undefined) === (named === undefined))
    throw badInput(`sweep.table1: expected a sweep or runs, got ${ref === undefined ? 'neither' : 'both'}`);
  if (named !== undefined) {
    const all = [...new Set(named.flatMap((run) => runsNamed(library, run)))];
    const finished = all.filter((run) => library.runs.get(run).state === 'done');
    return { of: { runs: all.length }, done: finished, missing: all.length - finished.length };
  }
  return ofSweepOrTag(library, ref as string);
}

function ofSweepOrTag(library: Library, ref: string): Chosen {
  const id = library.sweeps.resolve(ref);
  if (id !== null) {
    const cells = library.sweeps.cells(id);
    const done = cells.filter((c) => c.state === 'done').map((c) => c.run as string);
    return { of: { sweep: id, name: library.sweeps.get(id).name }, done: [...new Set(done)], missing: cells.length - done.length };
  }
  const runs = library.runs.tagged(ref).map((id) => library.runs.get(id));
  if (runs.length === 0)
    throw new KernelscopeError('not-found', `sweep: no sweep and no tag ${JSON.stringify(ref)} in this library; see sweep --list`);
  const done = runs.filter((r) => r.state === 'done').map((r) => r.id);
  return { of: { tag: ref }, done, missing: runs.length - done.length };
}

function read(library: Library, { id, config, snapshots }: RunDetail, final: EpochMetrics): Outcome {
  const last = snapshots.at(-1);
  const cka = (split: Split) => (last === undefined ? [] : library.alignments.layers(id, last, split).map((l) => l.ckaTarget));
  return outcomeOf(config, final, { test: cka('test'), train: cka('train') });
}

/** Correlations over the done runs of the sweep, or else the tag, that a person named, or of these runs.
 *  minTrainAccuracy: only runs that reached it on the training samples; else all
 *  @throws KernelscopeError `not-found` where a name is of nothing, `bad-input` where it could be several */
export async function table1(library: Library, request: Table1Request): Promise<Table1> {
  const { of, done, missing } = chosen(library, request);
  const minTrainAccuracy = request.minTrainAccuracy ?? null;
  const outcomes: Outcome[] = [];
  let leftOut = 0;
  await inSlices(done, (id) => {
    const run = library.runs.detail(id);
    if (run.final === null || run.final.trainAccuracy < (minTrainAccuracy ?? 0)) leftOut++;
    else outcomes.push(read(library, run, run.final));
  });
  return { of, n: outcomes.length, leftOut, missing, minTrainAccuracy, correlations: correlations(outcomes) };
}
