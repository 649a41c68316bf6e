// `figure.data` of the fake host: the contract's figures out of its snapshots and metrics.
import type { CallParsed } from '../../main/contract/calls.ts';
import { KernelscopeError } from '../../main/contract/errors.ts';
import {
  usualRidge,
  type CurveSpectrum,
  type FigureData,
  type FigureSource,
  type LearningCurve,
  type ModelPoint,
} from '../../main/contract/figures.ts';
import { fakeModelMap, fakeModels, fakeScatter } from './fake-compare.ts';
import type { EpochMetrics, RunDetail, Snapshot, Split } from '../../main/contract/results.ts';

export interface FakeRun {
  detail: RunDetail;
  metrics: EpochMetrics[];
  snapshots: Snapshot[];
}

const sourceOf = ({ detail }: FakeRun): FigureSource => ({
  run: detail.id,
  name: detail.name,
  dataset: detail.dataset,
  model: detail.model,
  parameterisation: detail.config.model.kind === 'mlp' ? detail.config.model.parameterisation : 'standard',
  probe: detail.config.analysis.probe,
  classes: 10,
  centred: detail.config.analysis.centred,
});

function curves(run: FakeRun, epochs: number[] | undefined, wanted: string | undefined, splits: Split[]): CurveSpectrum[] {
  const layer = wanted ?? 'ntk';
  const all = run.snapshots.map((s) => s.epoch);
  const chosen = epochs ?? [...new Set([all[0], all[all.length >> 1], all[all.length - 1]])];
  return run.snapshots
    .filter((s) => chosen.includes(s.epoch))
    .flatMap((s) =>
      splits.map((split) => {
        const found = s[split].spectra.find((x) => x.layer === layer);
        if (!found) throw new KernelscopeError('not-found', `layer: no spectrum of ${layer}`);
        return { ...found, split, epoch: s.epoch, eigenvalues: [...found.eigenvalues], power: [...found.power] };
      }),
    );
}

const lastMetrics = ({ metrics }: FakeRun) => metrics[metrics.length - 1];
const lastEpoch = ({ snapshots }: FakeRun) => snapshots[snapshots.length - 1].epoch;
/** 1 where both are the same, less the further apart they are */
const nearness = (a: readonly number[], b: readonly number[]) => a.map((x) => b.map((y) => Math.exp(-Math.abs(x - y))));

function modelOf(run: FakeRun): ModelPoint {
  const { id, name, config } = run.detail;
  const { epoch, train, test } = run.snapshots[run.snapshots.length - 1];
  const { batchSize, optimizer, learningRate } = config.training;
  const skip = config.model.kind === 'resnet11' ? config.model.skip : null;
  const { trainAccuracy, testAccuracy } = lastMetrics(run);
  const label = { skip, augment: config.data.augment, batchSize, optimizer, learningRate };
  return { run: id, name, label, trainAccuracy, testAccuracy, epoch, layers: { train: train.layers, test: test.layers } };
}

export function fakeFigure(request: CallParsed<'figure.data'>, find: (id: string) => FakeRun): FigureData {
  const runs = request.runs.map(find);
  const [run] = runs;
  const splits = request.splits ?? ['train', 'test'];
  const source = sourceOf(run);
  if (request.kind === 'training') return { kind: 'training', sources: runs.map(sourceOf), metrics: runs.map((r) => r.metrics) };
  if (run.snapshots.length === 0) throw new KernelscopeError('not-found', `${run.detail.name}: no snapshot has been analysed yet`);
  switch (request.kind) {
    case 'alignment-by-layer': {
      const epoch = request.epochs?.at(-1);
      const snaps = runs.map((r) => r.snapshots.find((s) => s.epoch === epoch) ?? r.snapshots[r.snapshots.length - 1]);
      return {
        kind: request.kind,
        sources: runs.map(sourceOf),
        epoch: snaps.map((s) => s.epoch),
        layers: snaps.map((s) => ({
          train: splits.includes('train') ? s.train.layers : [],
          test: splits.includes('test') ? s.test.layers : [],
        })),
        ...(request.overlay && { overlay: request.to ?? 'target' }),
      };
    }
    case 'spectrum':
    case 'cumulative-power':
      return { kind: request.kind, source, curves: curves(run, request.epochs, request.layer, splits) };
    case 'alignment-by-model':
    case 'accuracy-and-mean-cka': {
      const { runs: kept, models, order } = fakeModels(request, runs, modelOf);
      const to = request.kind === 'alignment-by-model' && request.to ? { to: request.to } : {};
      return { kind: request.kind, sources: kept.map(sourceOf), models, ...(order && { order }), ...to };
    }
    case 'model-similarity':
      return fakeModelMap(request, runs, sourceOf);
    case 'scatter':
      return fakeScatter(request, runs, sourceOf);
    case 'layer-similarity': {
      const [first, second] = [run, runs[runs.length - 1]];
      const epochs: [number, number] = [lastEpoch(first), lastEpoch(second)];
      const layers: [string[], string[]] = [first.detail.layers, second.detail.layers];
      const depths = layers.map((names) => names.map((_, i) => i / names.length));
      return { kind: request.kind, sources: runs.map(sourceOf), epochs, split: splits[0], layers, values: nearness(depths[0], depths[1]) };
    }
    case 'kernel-drift': {
      const epochs = run.snapshots.map((s) => s.epoch);
      const steps = epochs.map((e) => Math.log2(1 + e) / 4);
      return { kind: request.kind, source, split: splits[0], layer: request.layer ?? 'layer1', epochs, values: nearness(steps, steps) };
    }
    case 'learning-curve': {
      const { ridge = usualRidge, layer, epochs } = request;
      const split = splits[splits.length - 1];
      const measured = [4, 7, 12, 20, 35, 60, 100, 170, 300, 500];
      const made = curves(run, epochs, layer, [split]).map((c): LearningCurve => {
        const rate = 0.2 + 0.4 * c.power[Math.min(9, c.power.length - 1)];
        const error = (n: number) => 0.85 * n ** -rate + 0.01;
        return {
          ...{ split, epoch: c.epoch, layer: c.layer, samples: c.samples, ridge, draws: 10 },
          theory: Array.from({ length: 65 }, (_, i) => 500 ** (i / 64)).map((n) => ({ n, error: error(n) })),
          measured: measured.map((n, i) => ({
            ...{ n, error: error(n) * (1 + 0.05 * Math.sin(3 * i)), errorSd: 0.1 * error(n) },
            ...{ heldError: 1.2 * error(n), heldErrorSd: 0.1 * error(n), heldWrong: 0.9 * error(n), heldWrongSd: 0.08 * error(n) },
          })),
          network: { error: 0.1 + 0.6 / (1 + c.epoch), wrong: 0.05 + 0.8 / (1 + c.epoch) },
        };
      });
      return { kind: request.kind, source, ridge, curves: made };
    }
    case 'alignment-over-epochs': {
      const points = run.snapshots.flatMap((s) => splits.map((split) => ({ epoch: s.epoch, split, layers: s[split].layers })));
      return { kind: request.kind, source, points };
    }
    default: {
      const points = run.snapshots.flatMap((s) =>
        splits.flatMap((split) => (s[split].ntk ? [{ epoch: s.epoch, split, ntk: s[split].ntk }] : [])),
      );
      return request.kind === 'ntk-alignment'
        ? { kind: request.kind, source, metrics: run.metrics, points }
        : { kind: request.kind, source, points };
    }
  }
}
