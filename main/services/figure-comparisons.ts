// `figure.data` of figures that lay models beside each other, out of the store, and of those that need kernels formed anew.
import { badInput, KernelscopeError } from '../contract/errors.ts';
import {
  mostMapped,
  type FigureData,
  type FigureInputs,
  type FigureRequest,
  type FigureSource,
  type ModelPoint,
} from '../contract/figures.ts';
import type { RunDetail, Split } from '../contract/results.ts';
import type { Library } from '../store/index.ts';
import type { Side } from './compare-pairs.ts';
import { layerNamed } from './compare-snapshots.ts';
import { inOrder } from './figure-columns.ts';
import type { Watch } from './shared.ts';
import { inSlices } from './slices.ts';

/** CKA that is not stored but computed from the weights of snapshots. */
export interface Similarities {
  /** each layer of one run with each of another, or of the same at two epochs; rows: the first */
  layers(
    request: {
      runs: [string, string];
      epochs: [number, number];
      split: Split;
    },
    o?: Watch,
  ): Promise<{ layers: [string[], string[]]; values: number[][] }>;
  /** one layer's kernels of one run, epoch × epoch; what was computed once is known */
  drift(request: { run: string; layer: string; split: Split; epochs: number[] }, o?: Watch): Promise<number[][]>;
  /** one layer of each, model × model; what was computed once is known */
  models(request: { sides: readonly Side[]; split: Split }, o?: Watch): Promise<number[][]>;
}

/** What is known about runs without forming kernels. */
export interface Known {
  library: Library;
  sourceOf(run: RunDetail): FigureSource;
  /** the snapshots asked for, each of which must be there; else some */
  epochsOf(run: RunDetail, asked: number[] | undefined): number[];
}

const notFound = (message: string) => new KernelscopeError('not-found', message);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** The last of the epochs asked for, or the run's last snapshot. */
const lastOf = ({ epochsOf }: Known, run: RunDetail, asked: number[] | undefined): number =>
  epochsOf(run, asked?.length ? asked.slice(-1) : undefined).slice(-1)[0];

function modelPoint(known: Known, run: RunDetail, asked: number[] | undefined): ModelPoint {
  const { library } = known;
  const { analysis, model, data, training } = run.config;
  if (!analysis.alignment) throw notFound(`run ${run.id}: has no alignments (analysis.alignment is false)`);
  const epoch = lastOf(known, run, asked);
  const metrics = library.metrics.all(run.id).find((m) => m.epoch === epoch);
  if (!metrics) throw notFound(`run ${run.id}: accuracy was not measured at epoch ${epoch}`);
  const layers = (split: Split) => library.alignments.layers(run.id, epoch, split);
  return {
    run: run.id,
    name: run.name,
    label: {
      skip: model.kind === 'resnet11' ? model.skip : null,
      augment: data.augment,
      batchSize: training.batchSize,
      optimizer: training.optimizer,
      learningRate: training.learningRate,
    },
    trainAccuracy: metrics.trainAccuracy,
    testAccuracy: metrics.testAccuracy,
    epoch,
    layers: { train: layers('train'), test: layers('test') },
  };
}

/** Every run as a model, without those that have not fitted their training samples; in the order that is asked for.
 *  @throws KernelscopeError `not-found` where none is left, or a run has no snapshot or no alignments */
export async function models(
  known: Known,
  runs: readonly RunDetail[],
  request: FigureRequest,
): Promise<Omit<FigureInputs['alignment-by-model'], 'to'>> {
  const least = request.minTrainAccuracy ?? 0;
  const all: ModelPoint[] = [];
  await inSlices(runs, (run) => all.push(modelPoint(known, run, request.epochs)));
  const kept = all.flatMap((model, i) => (model.trainAccuracy >= least ? [{ model, run: runs[i] }] : []));
  if (kept.length === 0) {
    const best = Math.max(...all.map((m) => m.trainAccuracy));
    throw notFound(`minTrainAccuracy: none of the ${all.length} runs reaches ${percent(least)}; the best has ${percent(best)}`);
  }
  const [left, points] = [kept.map(({ run }) => run), kept.map(({ model }) => model)];
  if (request.order === undefined) return { sources: left.map(known.sourceOf), models: points };
  const { order, places } = inOrder(known.library, request.order, left, points);
  return { sources: places.map((i) => known.sourceOf(left[i])), models: places.map((i) => points[i]), order };
}

const formed = (similarities: Similarities | undefined, kind: string): Similarities => {
  if (similarities) return similarities;
  throw notFound(`figure ${kind}: kernels cannot be formed anew here, and these are not stored`);
};
/** A similarity is that of one set of samples. */
export function oneSplit({ splits, kind }: FigureRequest): Split {
  if (splits && splits.length > 1) throw badInput(`splits: expected one of train | test for figure ${kind}, got ${splits.join(', ')}`);
  return splits?.[0] ?? 'test';
}

/** One run (with itself, at one epoch or two) or two. */
export async function layerSimilarity(
  known: Known,
  similarities: Similarities | undefined,
  runs: readonly RunDetail[],
  request: FigureRequest,
  o?: Watch,
): Promise<FigureData> {
  const kind = 'layer-similarity';
  const by = formed(similarities, kind);
  if (runs.length > 2) throw badInput(`runs: expected one or two for figure ${kind}, got ${runs.length}`);
  const { epochs: asked = [] } = request;
  if (asked.length > 2) throw badInput(`epochs: expected one or two for figure ${kind}, got ${asked.length}`);
  const [first, second] = [runs[0], runs[runs.length - 1]];
  const at = (run: RunDetail, epoch: number | undefined) => lastOf(known, run, epoch === undefined ? undefined : [epoch]);
  const epochs: [number, number] = [at(first, asked[0]), at(second, asked[asked.length - 1])];
  const split = oneSplit(request);
  const found = await by.layers({ runs: [first.id, second.id], epochs, split }, o);
  return { kind, sources: runs.map(known.sourceOf), epochs, split, ...found };
}

/** One layer of each run at its last snapshot, or the last of the epochs asked for; the last layer if none is named. */
export async function modelSimilarity(
  known: Known,
  similarities: Similarities | undefined,
  runs: readonly RunDetail[],
  request: FigureRequest,
  o?: Watch,
): Promise<FigureData> {
  const kind = 'model-similarity';
  const by = formed(similarities, kind);
  if (runs.length > mostMapped)
    throw badInput(`runs: expected at most ${mostMapped} for figure ${kind} (each is compared with each other), got ${runs.length}`);
  const split = oneSplit(request);
  const sorted = request.order === undefined ? null : inOrder(known.library, request.order, runs);
  const sides = (sorted?.places.map((i) => runs[i]) ?? runs).map((run): Side => {
    const epoch = lastOf(known, run, request.epochs);
    return { run, epoch, layer: layerNamed(run, request.layer) };
  });
  const values = await by.models({ sides, split }, o);
  return {
    kind,
    sources: sides.map(({ run }) => known.sourceOf(run)),
    epochs: sides.map((s) => s.epoch),
    layers: sides.map((s) => s.layer),
    split,
    values,
    order: sorted?.order ?? null,
  };
}

/** All snapshots of a run, or those asked for; the last layer if none is named. */
export async function kernelDrift(
  known: Known,
  similarities: Similarities | undefined,
  run: RunDetail,
  request: FigureRequest,
  o?: Watch,
): Promise<FigureData> {
  const kind = 'kernel-drift';
  const by = formed(similarities, kind);
  const layer = request.layer ?? run.layers[run.layers.length - 1];
  const epochs = known.epochsOf(run, request.epochs?.length ? request.epochs : run.snapshots);
  if (!run.layers.includes(layer)) throw badInput(`layer: expected ${run.layers.join(' | ')}, got ${JSON.stringify(layer)}`);
  const split = oneSplit(request);
  return { kind, source: known.sourceOf(run), split, layer, epochs, values: await by.drift({ run: run.id, layer, split, epochs }, o) };
}
