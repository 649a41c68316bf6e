// `compare.layers` and `compare.models`: similarity of snapshots that were probed on the same samples, their features made again from stored
// weights in a compute process.
import type { CallParsed, Emit, Handlers } from '../contract/calls.ts';
import type { LayerComparison, ModelComparison, SimilarityMeasure, Split } from '../contract/results.ts';
import type { Comparisons, Compute, DeviceWish } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import type { AgainOn } from './again-on.ts';
import { createAnswers, type AnswersOptions } from './answers.ts';
import { commonProbe, layerNamed, snapshotsOf, type Taken } from './compare-snapshots.ts';
import { createPairs, type Side } from './compare-pairs.ts';
import type { Similarities } from './figure-comparisons.ts';
import { resultOf } from './job-result.ts';
import type { Watch } from './shared.ts';
import { createTickets, type Tickets } from './tickets.ts';

export interface Comparer extends Pick<Handlers, 'compare.layers' | 'compare.models' | 'compare.cancel'>, Pick<Tickets, 'watched'> {
  /** Each two snapshots once; of one snapshot alone its layers with each other.
   *  @throws KernelscopeError `bad-input` for epochs that are not there and runs that were probed on different samples, `cancelled` */
  layers(request: CallParsed<'compare.layers'>, o?: Watch): Promise<LayerComparison>;
  /** @throws as `layers`, and `bad-input` for a layer that one of the networks does not have */
  models(request: Omit<CallParsed<'compare.models'>, 'ticket'>, o?: Watch): Promise<ModelComparison>;
  /** for figures, always by CKA */
  similarities: Similarities;
}

interface Wanted extends Watch {
  split: Split;
  measure: SimilarityMeasure;
  /** by their places among the snapshots */
  pairs: readonly (readonly [number, number])[];
}

/** Similarities in memory. Some 15 MB. */
const mostKept = 100_000;

/** `againOn`: the run's own device unless told; `kept`: how answers are kept, by version */
export function createComparer(
  library: Library,
  compute: Compute,
  emit: Emit = () => undefined,
  againOn: AgainOn = (run) => Promise.resolve(library.runs.owner(run).device as DeviceWish),
  kept: Pick<AnswersOptions<number>, 'version' | 'log'> = { version: '', log: () => undefined },
): Comparer {
  const detail = (ref: string) => library.runs.detail(library.runs.resolve(ref));

  async function compared(taken: readonly (Taken & { layer?: string })[], { split, measure, pairs, ...o }: Wanted): Promise<Comparisons> {
    const probe = commonProbe(library, taken, split);
    const [{ run }] = taken;
    const device = await againOn(run.id);
    const snapshots = taken.map(({ run: { id, config }, epoch, layer = null }) => ({
      config,
      epoch,
      layer,
      label: `of run ${id} at epoch ${epoch}`,
    }));
    const job = compute.start('compare', { device, probe, measure, snapshots, pairs: [...pairs] }, (report) => {
      if (report.kind === 'share') return o.onProgress?.(report.done);
      const of = taken[report.snapshot];
      return library.snapshots.weights(of.run.id, of.epoch);
    });
    return resultOf(job, o.signal);
  }
  const answers = createAnswers<number>({
    ...{ library, most: mostKept, ...kept },
    read: (value) => (typeof value === 'number' ? value : undefined),
  });
  /** CKA of one layer each, computed as far as it is not known yet. */
  const pairs = createPairs(async (sides, wanted, split, o) => {
    const found = await compared(sides, { split, measure: 'cka', pairs: wanted, ...o });
    return found.pairs.map(({ values }) => values[0][0]);
  }, answers);
  const between = (sides: readonly Side[], split: Split, o: Watch = {}) => {
    commonProbe(library, sides, split); // before what is known is answered
    return pairs.matrix(sides, split, o);
  };

  async function models({ runs, layer, split = 'test' }: Omit<CallParsed<'compare.models'>, 'ticket'>, o: Watch = {}) {
    const sides = snapshotsOf(runs.map(detail), undefined).map((t) => ({ ...t, layer: layerNamed(t.run, layer) }));
    const values = await between(sides, split, o);
    const named = sides.map(({ run: { id, name }, epoch, layer: of }) => ({ run: id, name, epoch, layer: of }));
    return { split, samples: sides[0].run.config.analysis.probe[split], models: named, values };
  }

  const layers: Comparer['layers'] = async ({ runs, epochs, split = 'test', measure = 'cka' }, o = {}) => {
    const taken = snapshotsOf(runs.map(detail), epochs);
    const { options, layers: names, pairs: found } = await compared(taken, { split, measure, pairs: pairsOf(taken), ...o });
    const snapshots = taken.map(({ run: { id, name, config }, epoch }, s) => {
      const convFeatures = config.model.kind === 'mlp' ? null : config.analysis.convFeatures;
      return { run: id, name, epoch, layers: names[s], convFeatures };
    });
    return { measure, options, split, samples: taken[0].run.config.analysis.probe[split], snapshots, pairs: found };
  };

  const tickets = createTickets(emit);

  return {
    layers,
    models,
    watched: tickets.watched,
    'compare.layers': (request, caller) => tickets.watched(undefined, caller, (watch) => layers(request, watch)),
    'compare.models': ({ ticket, ...request }, caller) => tickets.watched(ticket, caller, (watch) => models(request, watch)),
    'compare.cancel': tickets['compare.cancel'],
    similarities: {
      async layers({ runs, epochs, split }, o = {}) {
        const both = runs.map((ref, i) => ({ run: detail(ref), epoch: epochs[i] }));
        const taken = runs[0] === runs[1] && epochs[0] === epochs[1] ? both.slice(0, 1) : both;
        const { layers: names, pairs: found } = await compared(taken, { split, measure: 'cka', pairs: pairsOf(taken), ...o });
        return { layers: [names[0], names[names.length - 1]], values: found[0].values };
      },
      drift: async ({ run, layer, split, epochs }, o) => {
        const taken = detail(run);
        return between(
          epochs.map((epoch) => ({ run: taken, epoch, layer })),
          split,
          o,
        );
      },
      models: async ({ sides, split }, o) => between(sides, split, o),
    },
  };
}

/** Each two once; one alone with itself. */
const pairsOf = (taken: readonly Taken[]): [number, number][] =>
  taken.length === 1 ? [[0, 0]] : taken.flatMap((_, b) => taken.slice(0, b).map((__, a): [number, number] => [a, b]));
