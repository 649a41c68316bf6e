// Which snapshots of which runs a comparison takes, and whether they can be compared.
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { ProbeSet, RunDetail, Split } from '../contract/results.ts';
import type { Library } from '../store/index.ts';

export interface Taken {
  run: RunDetail;
  epoch: number;
}

/** The snapshots that are meant: of one run those at all epochs asked for; of several the one epoch of all, or each its own; else the last. */
export function snapshotsOf(runs: readonly RunDetail[], epochs: readonly number[] | undefined): Taken[] {
  if (runs.length > 1 && epochs && epochs.length > 1 && epochs.length !== runs.length)
    throw badInput(`epochs: expected one, or one for each of the ${runs.length} runs, got ${epochs.length}`);
  const asked =
    runs.length === 1 && epochs
      ? epochs.map((epoch) => ({ run: runs[0], epoch }))
      : runs.map((run, i) => ({ run, epoch: epochs?.[epochs.length === 1 ? 0 : i] }));
  const taken = asked.map(({ run, epoch }) => {
    const last = run.snapshots[run.snapshots.length - 1] as number | undefined;
    if (last === undefined) throw new KernelscopeError('not-found', `run ${run.id}: no snapshot has been analysed yet`);
    if (epoch !== undefined && !run.snapshots.includes(epoch))
      throw badInput(`epochs: expected snapshots of run ${run.id} (${run.snapshots.join(', ')}), got ${epoch}`);
    return { run, epoch: epoch ?? last };
  });
  for (const [i, { run, epoch }] of taken.entries())
    if (taken.slice(0, i).some((t) => t.run.id === run.id && t.epoch === epoch))
      throw badInput(`runs: expected different snapshots, got run ${run.id} at epoch ${epoch} twice`);
  return taken;
}

const sampled = ({ config: { analysis, data, seed } }: RunDetail, split: Split) =>
  `${analysis.probe[split]} of ${data.dataset}, seed ${seed}`;

/** The one probe set of all. @throws `bad-input` naming two runs that were probed on different samples, and what differs */
export function commonProbe(library: Library, taken: readonly Taken[], split: Split): ProbeSet {
  const [{ run: first }] = taken;
  const hashOf = ({ provenance }: RunDetail) => provenance?.probeHash[split];
  for (const { run } of taken)
    if (hashOf(run) !== hashOf(first))
      throw badInput(
        `runs ${first.id} and ${run.id} were probed on different samples (${sampled(first, split)} and ${sampled(run, split)}): not comparable`,
      );
  const probe = library.probes.get(first.id, split);
  if (!probe) throw new KernelscopeError('not-found', `run ${first.id}: has no ${split} probe set`);
  return probe;
}

/** A layer of a run's network by its name, or by its place: `last`, `#3`, `#-2`.
 *  @throws `bad-input` with the layers that it has */
export function layerNamed({ id, layers }: RunDetail, word = 'last'): string {
  const place = /^#(-?\d+)$/.exec(word)?.[1];
  const at =
    word === 'last'
      ? layers.length - 1
      : place === undefined
        ? layers.indexOf(word)
        : Number(place) - (Number(place) > 0 ? 1 : -layers.length);
  const found = layers[at] as string | undefined;
  if (found !== undefined) return found;
  const how = layers.includes(word) || place !== undefined ? '' : '; last, #1, #-2 take a layer by its place';
  throw badInput(`layer: expected one of run ${id} (${layers.join(', ')}), got ${JSON.stringify(word)}${how}`);
}
