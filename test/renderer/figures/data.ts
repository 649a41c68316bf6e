// Data of every figure, small and with known values.
import { correlated } from '../../../main/contract/correlation.ts';
import { kindChoices, type FigureStyle } from '../../../main/contract/figure-style.ts';
import type { FigureData, FigureKind, FigureSource, ModelPoint } from '../../../main/contract/figures.ts';
import { layerAlignments, metricsAt, ntkAlignment } from '../../support/fake-numbers.ts';

export const source: FigureSource = {
  run: 'abc123',
  name: 'a name with "quotes", <tags> & more',
  dataset: 'mnist',
  model: 'mlp 2×20 relu',
  parameterisation: 'ntk',
  probe: { train: 60, test: 60 },
  classes: 10,
  centred: false,
};
const layers = ['layer1', 'layer2'];
const epochs = [0, 1, 4, 16];
const both = ['train', 'test'] as const;
const points = epochs.flatMap((epoch) =>
  both.map((split) => ({ epoch, split, ntk: ntkAlignment(epoch, [...layers, 'output'], split === 'test') })),
);
const metrics = Array.from({ length: 17 }, (_, e) => metricsAt(e));
const curves = [0, 16].flatMap((epoch) =>
  both.map((split) => ({
    split,
    epoch,
    layer: 'layer2',
    samples: 60,
    features: 20,
    eigenvalues: Array.from({ length: 20 }, (_, i) => 10 ** -(i / 4) * (1 + epoch)),
    power: Array.from({ length: 20 }, (_, i) => 0.9 * ((i + 1) / 20) ** (split === 'test' ? 0.7 : 0.5)),
    nullPower: 0.1,
    noiseFloor: 1e-15,
  })),
);
/** A power law of twenty modes, learned better at the later epoch. */
const learned = [0, 16].map((epoch) => {
  const rate = epoch === 0 ? 0.35 : 0.8;
  const at = (n: number) => 0.9 * n ** -rate + 0.02;
  return {
    split: 'test' as const,
    epoch,
    layer: 'layer2',
    samples: 60,
    ridge: 0.012,
    theory: Array.from({ length: 33 }, (_, i) => 30 ** (i / 32)).map((n) => ({ n, error: at(n) })),
    measured: [4, 7, 12, 20, 30].map((n, i) => ({
      n,
      error: at(n) * (1 + 0.06 * (i % 2 ? 1 : -1)),
      errorSd: 0.12 * at(n),
      heldError: 1.2 * at(n),
      heldErrorSd: 0.15 * at(n),
      heldWrong: 0.8 * at(n),
      heldWrongSd: 0.05,
    })),
    draws: 10,
    network: { error: 0.12 + 0.7 / (1 + epoch), wrong: 0.06 + 0.8 / (1 + epoch) },
  };
});
const spread = <T>(n: number, of: (i: number) => T) => Array.from({ length: n }, (_, i) => of(i));
/** The models of Section V in small: ten layers, 16 combinations of what they were trained with. */
export const modelsOf = (n: number, depth = 10): ModelPoint[] =>
  spread(n, (i) => {
    const names = spread(depth, (l) => `layer${String(l + 1).padStart(2, '0')}`);
    const at = 3 + ((i * 7) % n);
    return {
      run: `r${i}`,
      name: `model ${i}`,
      label: {
        skip: i % 2 === 0,
        augment: i % 4 < 2,
        batchSize: [512, 2048, 4096][i % 3],
        optimizer: i % 5 < 2 ? 'momentum' : 'sgd',
        learningRate: [0.1, 0.02, 0.01][(i >> 1) % 3],
      },
      trainAccuracy: 0.951 + 0.0007 * i,
      testAccuracy: 0.582 + 0.365 * (((i * 7) % n) / n) + 0.0001 * i,
      epoch: 5000,
      layers: { train: layerAlignments(at, names, false), test: layerAlignments(at, names, true) },
    };
  });
const decay = (a: readonly number[], b: readonly number[]) => a.map((x) => b.map((y) => Math.exp(-Math.abs(x - y) / 3)));
export const driftOf = (epochs: number[]) => {
  const steps = epochs.map((e) => Math.log2(1 + e));
  return { kind: 'kernel-drift' as const, source, split: 'test' as const, layer: 'layer2', epochs, values: decay(steps, steps) };
};
export const similarityOf = (rows: number, columns: number) => ({
  kind: 'layer-similarity' as const,
  sources: [source, { ...source, run: 'def', name: 'another' }],
  epochs: [0, 16] as [number, number],
  split: 'test' as const,
  layers: [rows, columns].map((n) => spread(n, (l) => `layer${l + 1}`)) as [string[], string[]],
  values: decay(
    spread(rows, (i) => i),
    spread(columns, (j) => (j * rows) / columns),
  ),
});
export const modelMapOf = (n: number) => ({
  kind: 'model-similarity' as const,
  sources: spread(n, (i) => ({ ...source, run: `r${i}`, name: `model=${i} width=20` })),
  epochs: spread(n, () => 16),
  layers: spread(n, () => 'layer2'),
  split: 'test' as const,
  values: decay(
    spread(n, (i) => i),
    spread(n, (i) => i),
  ),
  order: { column: 'testAccuracy', words: 'test accuracy', descending: false },
});
/** Learning rate against test accuracy. */
export const scatterOf = (models: ModelPoint[]) => {
  const points = models.map((m) => ({ run: m.run, name: m.name, x: m.label.learningRate, y: m.testAccuracy }));
  return {
    kind: 'scatter' as const,
    sources: models.map((m) => ({ ...source, run: m.run, name: m.name })),
    x: { column: 'training.learningRate', words: 'learning rate', truth: false },
    y: { column: 'testAccuracy', words: 'test accuracy', truth: false },
    points,
    without: 0,
    correlation: correlated(
      points.map((p) => p.x),
      points.map((p) => p.y),
    ),
  };
};

const runsOfLayers = [4, 16].map((epoch) => ({ train: layerAlignments(epoch, layers, false), test: layerAlignments(epoch, layers, true) }));

export const figures: { [K in FigureKind]: Extract<FigureData, { kind: K }> } = {
  training: { kind: 'training', sources: [source], metrics: [metrics] },
  'ntk-alignment': { kind: 'ntk-alignment', source, metrics, points },
  'ntk-split': { kind: 'ntk-split', source, points },
  'alignment-over-epochs': {
    kind: 'alignment-over-epochs',
    source,
    points: epochs.flatMap((epoch) => both.map((split) => ({ epoch, split, layers: layerAlignments(epoch, layers, split === 'test') }))),
  },
  spectrum: { kind: 'spectrum', source, curves },
  'cumulative-power': { kind: 'cumulative-power', source, curves },
  'learning-curve': { kind: 'learning-curve', source, ridge: 0.001, curves: learned },
  'alignment-by-layer': { kind: 'alignment-by-layer', sources: [source, { ...source, run: 'def' }], epoch: [4, 16], layers: runsOfLayers },
  'alignment-by-model': { kind: 'alignment-by-model', sources: spread(12, (i) => ({ ...source, run: `r${i}` })), models: modelsOf(12) },
  'accuracy-and-mean-cka': {
    kind: 'accuracy-and-mean-cka',
    sources: spread(12, (i) => ({ ...source, run: `r${i}` })),
    models: modelsOf(12),
  },
  'layer-similarity': similarityOf(3, 4),
  'kernel-drift': driftOf([0, 1, 4, 16]),
  'model-similarity': modelMapOf(5),
  scatter: scatterOf(modelsOf(12)),
};
export const kinds = Object.keys(figures) as FigureKind[];

/** A style without the logarithms that a kind refuses. */
export function allowed(kind: FigureKind, style: Partial<FigureStyle>): Partial<FigureStyle> {
  const { x, y } = kindChoices[kind];
  const { xScale, yScale, ...rest } = style;
  const kept = (scale: FigureStyle['xScale'] | undefined, choice: unknown) => (scale === 'log' && choice !== 'scaled' ? 'auto' : scale);
  return { ...rest, xScale: kept(xScale, x) ?? 'auto', yScale: kept(yScale, y) ?? 'auto' };
}
