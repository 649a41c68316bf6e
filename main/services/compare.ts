// `compare.layers`: layer × layer similarity of snapshots that were probed on the same samples, their features made again from stored
// weights in a compute process.
import type { CallParsed } from '../contract/calls.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { LayerComparison, ProbeSet, RunDetail, SimilarityMeasure, Split } from '../contract/results.ts';
import type { Comparisons, Compute, DeviceWish } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import type { Similarities } from './figure-comparisons.ts';
import { resultOf } from './job-result.ts';

export interface CompareOptions {
  signal?: AbortSignal;
  onProgress?(share: number): void;
}
interface Taken {
  run: RunDetail;
  epoch: number;
}

export interface Comparer {
  /** Each two snapshots once; of one snapshot alone its layers with each other.
   *  @throws KernelscopeError `bad-input` for epochs that are not there and runs that were probed on different samples, `cancelled` */
  layers(request: CallParsed<'compare.layers'>, o?: CompareOptions): Promise<LayerComparison>;
  /** for figures, always by CKA */
  similarities: Similarities;
}

export function createComparer(library: Library, compute: Compute): Comparer {
  const detail = (ref: string) => library.runs.detail(library.runs.resolve(ref));

  async function compared(
    taken: readonly Taken[],
    o: CompareOptions & { split: Split; measure: SimilarityMeasure; layer?: string },
  ): Promise<Comparisons> {
    const { split, measure, layer = null } = o;
    const probe = commonProbe(library, taken, split);
    const [{ run }] = taken;
    const device = library.runs.owner(run.id).device as DeviceWish;
    const snapshots = taken.map(({ run: { id, config }, epoch }) => ({ config, epoch, label: `of run ${id} at epoch ${epoch}` }));
    const job = compute.start('compare', { device, probe, measure, snapshots, layer, pairs: pairsOf(taken) }, (report) => {
      if (report.kind === 'share') return o.onProgress?.(report.done);
      const of = taken[report.snapshot];
      return library.snapshots.weights(of.run.id, of.epoch);
    });
    return resultOf(job, o.signal);
  }

  return {
    async layers({ runs, epochs, split = 'test', measure = 'cka' }, o = {}) {
      const taken = snapshotsOf(runs.map(detail), epochs);
      const { options, layers, pairs } = await compared(taken, { split, measure, ...o });
      const snapshots = taken.map(({ run: { id, name, config }, epoch }, s) => {
        const convFeatures = config.model.kind === 'mlp' ? null : config.analysis.convFeatures;
        return { run: id, name, epoch, layers: layers[s], convFeatures };
      });
      return { measure, options, split, samples: taken[0].run.config.analysis.probe[split], snapshots, pairs };
    },
    similarities: {
      async layers({ runs, epochs, split }) {
        const both = runs.map((ref, i) => ({ run: detail(ref), epoch: epochs[i] }));
        const taken = runs[0] === runs[1] && epochs[0] === epochs[1] ? both.slice(0, 1) : both;
        const { layers, pairs } = await compared(taken, { split, measure: 'cka' });
        return { layers: [layers[0], layers[layers.length - 1]], values: pairs[0].values };
      },
      async drift({ run, layer, split, epochs }) {
        const taken = epochs.map((epoch) => ({ run: detail(run), epoch }));
        const { pairs } = await compared(taken, { split, measure: 'cka', layer });
        const values = epochs.map(() => epochs.map(() => 1));
        for (const { a, b, values: v } of pairs) values[a][b] = values[b][a] = v[0][0];
        return values;
      },
    },
  };
}

/** Each two once; one alone with itself. */
const pairsOf = (taken: readonly Taken[]): [number, number][] =>
  taken.length === 1 ? [[0, 0]] : taken.flatMap((_, b) => taken.slice(0, b).map((__, a): [number, number] => [a, b]));

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

/** The one probe set of all. */
function commonProbe(library: Library, taken: readonly Taken[], split: Split): ProbeSet {
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
