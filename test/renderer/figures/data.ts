// Data of every figure, small and with known values.
import type { FigureData, FigureKind, FigureSource } from '../../../main/contract/figures.ts';
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
const runsOfLayers = [4, 16].map((epoch) => ({ train: layerAlignments(epoch, layers, false), test: layerAlignments(epoch, layers, true) }));

export const figures: { [K in FigureKind]: Extract<FigureData, { kind: K }> } = {
  training: { kind: 'training', sources: [source], metrics: [metrics] },
  'ntk-alignment': { kind: 'ntk-alignment', source, metrics, points },
  'ntk-split': { kind: 'ntk-split', source, points },
  spectrum: { kind: 'spectrum', source, curves },
  'cumulative-power': { kind: 'cumulative-power', source, curves },
  'alignment-by-layer': { kind: 'alignment-by-layer', sources: [source, { ...source, run: 'def' }], epoch: [4, 16], layers: runsOfLayers },
};
export const kinds = Object.keys(figures) as FigureKind[];
