// A run with everything, for tests of the store.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig } from '../../../main/contract/config.ts';
import type {
  Checkpoint,
  LayerAlignment,
  NamedArray,
  NtkAlignment,
  ProbeSet,
  Provenance,
  Snapshot,
  Spectrum,
} from '../../../main/contract/results.ts';

export const newDir = () => mkdtempSync(path.join(tmpdir(), 'kernelscope-store-'));

export const config = (change: object = {}) =>
  parseConfig({
    data: { dataset: 'digits', train: 100, test: 50 },
    training: { batchSize: 50, epochs: 4 },
    analysis: { probe: { train: 20, test: 20 }, snapshots: [0, 2, 'last'] },
    ...change,
  });

export const provenance: Provenance = {
  version: '0.1.0',
  device: 'cpu',
  deviceDetail: 'made for a test',
  blas: 'none',
  node: process.version,
  platform: process.platform,
  datasetHash: 'd',
  probeHash: { train: 'probe-train', test: 'probe-test' },
};

const layer = (name: string, at: number): LayerAlignment => ({
  layer: name,
  features: 20,
  ckaTarget: at,
  ckaInput: 0.5,
  ktaTarget: 0.25,
  ktaInput: 0.125,
  debiasedTarget: -0.1,
  debiasedInput: 0.3,
  nullTarget: 0.05,
});
const ntk = (at: number): NtkAlignment => ({
  ntkTarget: at,
  ntkNetwork: 0.2,
  networkTarget: 0.3,
  penultimateTarget: 0.4,
  gradientTarget: 0.5,
  penultimateShare: 0.6,
  gradientShare: 0.7,
  nullTarget: 0.08,
  kta: { ntkTarget: 0.11, ntkNetwork: 0.12, networkTarget: 0.13, penultimateTarget: 0.14, gradientTarget: 0.15 },
  parts: [
    { layer: 'layer1', ckaTarget: 0.31, share: 0.32 },
    { layer: 'readout', ckaTarget: 0.33, share: 0.34 },
  ],
});
const spectrum = (name: string, seed: number): Spectrum => ({
  layer: name,
  samples: 20,
  features: 3,
  classes: 10,
  eigenvalues: Float64Array.of(3 + seed, 2, 1e-9),
  power: Float64Array.of(0.1, 0.4 + seed / 1000, 0.75),
  nullPower: 0.25,
  noiseFloor: 1e-15,
  centred: false,
});

export const snapshot = (epoch: number): Snapshot => {
  const split = (at: number) => ({
    layers: [layer('layer1', at), layer('layer2', at / 2)],
    ntk: ntk(at),
    spectra: [spectrum('layer1', at), spectrum('ntk', at + 1)],
  });
  return { epoch, train: split(0.1 + epoch / 100), test: split(0.2 + epoch / 100) };
};

export const weights = (seed: number, n = 6): NamedArray[] => [
  { name: 'layer1.weight', shape: [2, n / 2], data: Float32Array.from({ length: n }, (_, i) => Math.fround(seed + i / 3)) },
  { name: 'layer1.bias', shape: [3], data: Float32Array.of(seed, -0, Math.fround(1e-40)) },
];

export const checkpoint = (epoch: number, n = 6): Checkpoint => ({
  epoch,
  step: epoch * 7,
  weights: weights(epoch, n),
  optimizer: [{ name: 'layer1.weight.m', shape: [n], data: new Float32Array(n).fill(epoch + 0.5) }],
  generator: [1, 0.1 + 0.2, 4294967295],
});

export const probe = (P = 4): ProbeSet => ({
  ids: Int32Array.from({ length: P }, (_, i) => P - i),
  x: Float32Array.from({ length: P * 4 }, (_, i) => i / 7),
  xShape: [2, 2],
  y: Float32Array.from({ length: P * 2 }, (_, i) => i % 2),
  classes: 2,
});
