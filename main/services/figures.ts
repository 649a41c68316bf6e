// `figure.data`: what a figure is drawn from, out of the store.
import { badInput, KernelscopeError } from '../contract/errors.ts';
import {
  mostOverlaid,
  usualRidge,
  type CurveSpectrum,
  type FigureData,
  type FigureKind,
  type FigureRequest,
  type FigureSource,
} from '../contract/figures.ts';
import { splits as bothSplits, type RunDetail, type Split } from '../contract/results.ts';
import type { Library } from '../store/index.ts';
import { runsNamed } from './named-runs.ts';
import type { Watch } from './shared.ts';
import { scatter } from './figure-columns.ts';
import { kernelDrift, layerSimilarity, models, modelSimilarity, oneSplit, type Known, type Similarities } from './figure-comparisons.ts';
import type { LearningCurves } from './learning-curves.ts';

export type { Similarities };

const notFound = (message: string) => new KernelscopeError('not-found', message);

const ofModels: readonly FigureKind[] = ['alignment-by-model', 'accuracy-and-mean-cka', 'model-similarity'];
/** Where what only some kinds understand is refused for the others. */
const used: { [K in 'order' | 'to' | 'overlay' | 'x' | 'y' | 'ridge']: readonly FigureKind[] } = {
  order: ofModels,
  to: ['alignment-by-model', 'alignment-by-layer'],
  overlay: ['alignment-by-layer'],
  x: ['scatter'],
  y: ['scatter'],
  ridge: ['learning-curve'],
};
function checkUse(request: FigureRequest): void {
  for (const [field, kinds] of Object.entries(used))
    if (request[field as keyof typeof used] !== undefined && !kinds.includes(request.kind))
      throw badInput(`${field}: expected for ${kinds.join(', ')}, got it for ${request.kind}`);
  if (request.kind === 'alignment-by-layer' && request.to && !request.overlay)
    throw badInput('to: of alignment-by-layer expected with overlay (a line a run); without it both kernels are drawn');
}

/** What a figure is drawn from; kernels that are formed anew for it can be watched and stopped. */
export type FigureDataOf = (request: FigureRequest, o?: Watch) => Promise<FigureData>;

/** Who forms kernels anew; without them, figures that need them are refused. */
export interface Formed {
  similarities?: Similarities;
  learningCurves?: LearningCurves;
}

export function createFigures(library: Library, { similarities, learningCurves }: Formed = {}): FigureDataOf {
  const sourceOf = (run: RunDetail): FigureSource => ({
    run: run.id,
    name: run.name,
    dataset: run.dataset,
    model: run.model,
    parameterisation: run.config.model.kind === 'mlp' ? run.config.model.parameterisation : 'standard',
    probe: run.config.analysis.probe,
    classes: library.probes.classes(run.id) ?? 10, // both datasets of this version have ten
    centred: run.config.analysis.centred,
    ...(run.config.model.kind === 'resnet11' && { convFeatures: run.config.analysis.convFeatures }),
  });

  /** The snapshots asked for, each of which must be there; else first, middle and last. */
  const epochsOf = (run: RunDetail, asked: number[] | undefined): number[] => {
    const all = run.snapshots;
    if (all.length === 0) throw notFound(`run ${run.id}: no snapshot has been analysed yet`);
    if (!asked?.length) return [...new Set([all[0], all[all.length >> 1], all[all.length - 1]])];
    const missing = asked.find((e) => !all.includes(e));
    if (missing !== undefined) throw badInput(`epochs: expected snapshots of run ${run.id} (${all.join(', ')}), got ${missing}`);
    return [...new Set(asked)].sort((a, b) => a - b);
  };

  const curves = (run: RunDetail, request: FigureRequest, splits: readonly Split[]): CurveSpectrum[] => {
    const epochs = epochsOf(run, request.epochs);
    const { spectrum, ntk } = run.config.analysis;
    if (!spectrum) throw notFound(`run ${run.id}: has no spectra (analysis.spectrum is false)`);
    const layer = request.layer ?? (ntk ? 'ntk' : run.layers[run.layers.length - 1]);
    return epochs.flatMap((epoch) =>
      splits.map((split) => {
        const found = library.spectra.one(run.id, epoch, split, layer);
        const there = [...run.layers, ...(ntk ? ['ntk'] : [])];
        if (!found) throw badInput(`layer: expected ${there.join(' | ')}, got ${JSON.stringify(layer)}`);
        const { samples, features, nullPower, noiseFloor } = found;
        const numbers = { eigenvalues: Array.from(found.eigenvalues), power: Array.from(found.power) };
        return { split, epoch, layer, samples, features, ...numbers, nullPower, noiseFloor };
      }),
    );
  };

  const learning = async (run: RunDetail, request: FigureRequest, o: Watch | undefined): Promise<FigureData> => {
    const { kind, ridge = usualRidge } = request;
    if (!learningCurves) throw notFound(`figure ${kind}: kernels cannot be formed anew here, and these are not stored`);
    const split = oneSplit(request);
    const found = curves(run, request, [split]);
    const [{ layer }] = found;
    const spectra = found.map(({ epoch, eigenvalues, power, nullPower }) => ({
      epoch,
      spectrum: { eigenvalues: Float64Array.from(eigenvalues), power: Float64Array.from(power), nullPower },
    }));
    return { kind: 'learning-curve', source: sourceOf(run), ridge, curves: await learningCurves({ run, split, layer, ridge, spectra }, o) };
  };

  const byLayer = (runs: RunDetail[], request: FigureRequest, splits: readonly Split[]): FigureData => {
    const epoch = runs.map((run) => {
      if (!run.config.analysis.alignment) throw notFound(`run ${run.id}: has no alignments (analysis.alignment is false)`);
      const asked = request.epochs?.length ? request.epochs.slice(-1) : undefined;
      return epochsOf(run, asked).slice(-1)[0];
    });
    const layers = runs.map((run, i) => {
      const of = (split: Split) => (splits.includes(split) ? library.alignments.layers(run.id, epoch[i], split) : []);
      return { train: of('train'), test: of('test') };
    });
    if (!request.overlay) return { kind: 'alignment-by-layer', sources: runs.map(sourceOf), epoch, layers };
    if (runs.length > mostOverlaid) throw badInput(`runs: expected at most ${mostOverlaid} with overlay, got ${runs.length}`);
    return { kind: 'alignment-by-layer', sources: runs.map(sourceOf), epoch, layers, overlay: request.to ?? 'target' };
  };

  const layerPoints = (run: RunDetail, splits: readonly Split[]) => {
    if (!run.config.analysis.alignment) throw notFound(`run ${run.id}: has no alignments (analysis.alignment is false)`);
    if (run.snapshots.length === 0) throw notFound(`run ${run.id}: no snapshot has been analysed yet`);
    return library.alignments.layerPoints(run.id).filter((p) => splits.includes(p.split));
  };

  const ntkPoints = (run: RunDetail, splits: readonly Split[]) => {
    if (!run.config.analysis.ntk) throw notFound(`run ${run.id}: has no tangent kernel (analysis.ntk is false)`);
    if (run.snapshots.length === 0) throw notFound(`run ${run.id}: no snapshot has been analysed yet`);
    return library.alignments.ntkPoints(run.id).filter((p) => splits.includes(p.split));
  };

  const known: Known = { library, sourceOf, epochsOf };

  return async (request, o) => {
    const runs = [...new Set(request.runs.flatMap((ref) => runsNamed(library, ref)))].map((id) => library.runs.detail(id));
    const splits = request.splits ?? bothSplits;
    const { kind } = request;
    checkUse(request);
    if (kind === 'training') return { kind, sources: runs.map(sourceOf), metrics: runs.map((r) => library.metrics.all(r.id)) };
    if (kind === 'alignment-by-layer') return byLayer(runs, request, splits);
    if (kind === 'alignment-by-model') return { kind, ...(await models(known, runs, request)), ...(request.to && { to: request.to }) };
    if (kind === 'accuracy-and-mean-cka') return { kind, ...(await models(known, runs, request)) };
    if (kind === 'model-similarity') return modelSimilarity(known, similarities, runs, request, o);
    if (kind === 'scatter') return scatter(library, sourceOf, runs, request);
    if (kind === 'layer-similarity') return layerSimilarity(known, similarities, runs, request, o);
    if (runs.length > 1) throw badInput(`runs: expected one for figure ${kind}, got ${runs.length}`);
    const [run] = runs;
    const source = sourceOf(run);
    switch (kind) {
      case 'spectrum':
      case 'cumulative-power':
        return { kind, source, curves: curves(run, request, splits) };
      case 'learning-curve':
        return learning(run, request, o);
      case 'alignment-over-epochs':
        return { kind, source, points: layerPoints(run, splits) };
      case 'ntk-alignment':
        return { kind, source, metrics: library.metrics.all(run.id), points: ntkPoints(run, splits) };
      case 'ntk-split':
        return { kind, source, points: ntkPoints(run, splits) };
      case 'kernel-drift':
        return kernelDrift(known, similarities, run, request, o);
    }
  };
}
