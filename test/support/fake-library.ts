// Runs of every state, with names and numbers like those of a working library.
import { changedFields, parseConfig, snapshotEpochs, type RunConfig } from '../../main/contract/config.ts';
import { modelText } from '../../main/store/describe.ts';
import { mlpOf } from './configs.ts';
import type { PresetInfo } from '../../main/contract/calls.ts';
import type { DoctorReport, Estimate, RunState, RunSummary } from '../../main/contract/results.ts';
import type { SweepSpec } from '../../main/contract/sweeps.ts';
import { sweepEstimate } from './fake-sweeps.ts';
import type { FakeRun } from './fake-figures.ts';
import { jitter, layerAlignments, metricsAt, ntkAlignment, snapshotAt } from './fake-numbers.ts';

const isResnet = (config: RunConfig) => config.model.kind === 'resnet11';
const hiddenOf = (config: RunConfig): number[] => (isResnet(config) ? Array<number>(10).fill(64) : mlpOf(config).hidden);
export const layersOf = (config: RunConfig): string[] =>
  isResnet(config)
    ? hiddenOf(config).map((_, i) => `layer${`${i + 1}`.padStart(2, '0')}`)
    : [...hiddenOf(config).map((_, i) => `layer${i + 1}`), 'output'];
const dayMs = 86_400_000;

export interface RunSpec {
  id: string;
  name: string;
  state: RunState;
  ageMs?: number;
  epoch?: number;
  skill?: number;
  /** of its alignments, times its skill */
  features?: number;
  reason?: string;
  tags?: string[];
  note?: string;
  config?: unknown;
  /** the whole config, for thousands of runs that share most of it */
  parsed?: RunConfig;
}

export function fakeRun(spec: RunSpec, now: number): FakeRun {
  const config =
    spec.parsed ??
    parseConfig({ analysis: { snapshots: [0, 1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 80, 'last'] } }, spec.config ?? {}, {
      name: spec.name,
      tags: spec.tags ?? [],
    });
  const epochs = config.training.epochs;
  const epoch = spec.epoch ?? (spec.state === 'done' ? epochs : 0);
  const planned = [...new Set((config.analysis.snapshots as (number | 'last')[]).map((e) => (e === 'last' ? epochs : e)))].sort(
    (a, b) => a - b,
  );
  const started = spec.state !== 'queued';
  let metrics: FakeRun['metrics'] | undefined;
  const layers = layersOf(config);
  const analysed = started ? planned.filter((e) => e <= epoch) : [];
  const last = started ? metricsAt(epoch, spec.skill) : null;
  let snapshots: FakeRun['snapshots'] | undefined;
  const aligned = (spec.skill ?? 1) * (spec.features ?? 1);
  const newest = analysed.at(-1);
  const cka = newest === undefined ? [] : layerAlignments(newest, layers, true, aligned).map((l) => l.ckaTarget);
  return {
    // Thousands of runs are listed, few are looked into.
    get metrics() {
      return (metrics ??= started ? Array.from({ length: epoch + 1 }, (_, e) => metricsAt(e, spec.skill)) : []);
    },
    get snapshots() {
      return (snapshots ??= analysed.map((e) => snapshotAt(e, layers, config.analysis.probe.train, 10, aligned)));
    },
    detail: {
      id: spec.id,
      name: spec.name,
      state: spec.state,
      created: new Date(now - (spec.ageMs ?? 0)).toISOString(),
      tags: spec.tags ?? [],
      dataset: config.data.dataset,
      model: modelText(config),
      epochs,
      epoch,
      trainAccuracy: last?.trainAccuracy ?? null,
      testAccuracy: last?.testAccuracy ?? null,
      ntkTarget: analysed.length ? ntkAlignment(analysed[analysed.length - 1], layers, true).ntkTarget * (spec.skill ?? 1) : null,
      cka,
      meanCka: cka.length === 0 ? null : cka.reduce((sum, v) => sum + v, 0) / cka.length,
      reason: spec.reason ?? null,
      note: spec.note ?? '',
      fields: changedFields(config),
      config,
      final: spec.state === 'done' ? last : null,
      snapshots: analysed,
      planned,
      layers,
      provenance: started
        ? {
            version: '0.1.0',
            device: 'cpu',
            deviceDetail: 'OpenBLAS 0.3.21, 2 threads, SIMD',
            blas: 'OpenBLAS 0.3.21',
            node: '24.21.0',
            platform: 'linux x64',
            datasetHash: '9f2c41d07be1',
            // Data and probe sets are drawn from the seed.
            probeHash: {
              train: `4ab07c19d2e1${config.data.dataset}${config.seed}`,
              test: `77d1c0f3aa90${config.data.dataset}${config.seed}`,
            },
          }
        : null,
      seconds: epoch * 1.42,
    },
  };
}

/** A library with every state in it; `more` adds that many finished runs. */
export function specs(more: number): RunSpec[] {
  const small = { data: { dataset: 'digits', train: 4000, test: 2000 }, training: { epochs: 100 } };
  const named: RunSpec[] = [
    {
      id: 'r-live',
      name: 'mnist-ntk-60',
      state: 'running',
      epoch: 60,
      tags: ['fig7'],
      ageMs: 90_000,
      config: { model: { parameterisation: 'ntk' } },
      note: 'Fig. 7 at lr 0.001. NTK still rising; let it finish before comparing.',
    },
    {
      id: 'r-wait',
      name: 'mnist-wide-ntk',
      state: 'queued',
      tags: ['lazy'],
      ageMs: 60_000,
      config: { model: { hidden: [1024, 1024], parameterisation: 'ntk' } },
    },
    {
      id: 'r-done',
      name: 'mnist-relu-std',
      state: 'done',
      tags: ['fig7', 'paper'],
      ageMs: 7_200_000,
      note: 'Reference for the width sweep.',
    },
    {
      id: 'r-tanh',
      name: 'mnist-tanh-std',
      state: 'done',
      skill: 0.985,
      tags: ['fig7'],
      ageMs: 10_800_000,
      config: { model: { activation: 'tanh' } },
    },
    {
      id: 'r-fail',
      name: 'digits-sgd-hot',
      state: 'failed',
      epoch: 12,
      tags: ['digits'],
      ageMs: dayMs,
      reason: 'Stopped at epoch 12: loss became NaN. The checkpoint of epoch 12 is kept. Lower training.learningRate (0.5).',
      config: { ...small, training: { epochs: 100, optimizer: 'sgd', learningRate: 0.5 } },
    },
    {
      id: 'r-intr',
      name: 'digits-deep',
      state: 'interrupted',
      epoch: 45,
      tags: [],
      ageMs: 2 * dayMs,
      reason: 'The app was closed while it ran. The checkpoint of epoch 45 is kept.',
      config: { ...small, model: { hidden: [200, 200, 200, 200, 200, 200] } },
    },
    {
      id: 'r-paus',
      name: 'digits-momentum',
      state: 'paused',
      epoch: 64,
      skill: 0.97,
      tags: ['digits', 'sweep', 'theory', 'momentum'],
      ageMs: 3 * dayMs,
      config: small,
    },
  ];
  const rest = Array.from({ length: more }, (_, i): RunSpec => {
    const activation = (['relu', 'tanh', 'erf', 'linear'] as const)[i % 4];
    return {
      id: `r-${i}`,
      name: `sweep-${activation}-w${50 * (1 + (i % 6))}-s${i % 5}`,
      state: 'done',
      skill: 0.6 + 0.4 * jitter(i),
      tags: ['sweep'],
      ageMs: (4 + i / 7) * dayMs,
      config: { ...small, seed: i % 5, model: { activation, hidden: [50 * (1 + (i % 6)), 200] } },
    };
  });
  return [...named, ...rest];
}

const toSummary = ({ detail }: FakeRun): RunSummary => {
  const { config: _, final: __, snapshots: ___, planned: ____, layers: _____, provenance: ______, ...summary } = detail;
  return summary;
};
export { toSummary as summaryOf };

export function estimateOf(config: RunConfig, device?: string): Estimate {
  const training = config.training.epochs * config.data.train * 4e-8 * (1 + hiddenOf(config).reduce((s, h) => s + h, 0) / 8);
  const part = (what: string, seconds: number, memoryBytes: number, diskBytes: number) => ({ what, seconds, memoryBytes, diskBytes });
  const p = config.analysis.probe.train;
  const n = snapshotEpochs(config.analysis.snapshots, config.training.epochs).length;
  const parts = [
    part('start and data', 0.8 + config.data.train * 1e-5, 220e6, 2e6),
    part('training', training, 120e6, 8e6),
    part(`layers at ${n} snapshots`, config.analysis.spectrum ? n * 2e-6 * p ** 2 : 0, 40e6, n * 5e5),
    part(
      `NTK at ${n} snapshots`,
      config.analysis.ntk ? n * 6e-6 * p ** 2 : 0,
      config.analysis.ntk ? 8 * p * p * 3 : 0,
      config.analysis.ntk ? 16 * p * n : 0,
    ),
  ];
  const sum = (key: 'seconds' | 'memoryBytes' | 'diskBytes') => parts.reduce((s, x) => s + x[key], 0);
  return {
    seconds: sum('seconds'),
    memoryBytes: sum('memoryBytes'),
    gpuBytes: device === 'webgpu' ? 1.9e9 : 0,
    diskBytes: sum('diskBytes'),
    parts,
    device: device === 'webgpu' ? 'webgpu: an integrated GPU' : 'cpu',
    basis: 'a timed step of this network on this machine',
  };
}

export function fakePresets(): PresetInfo[] {
  const preset = (name: string, title: string, figures: string, description: string, config: unknown): PresetInfo => ({
    name,
    title,
    figures,
    description,
    config,
    sweep: null,
    estimate: estimateOf(parseConfig(config)),
    yours: false,
  });
  const sweep = (name: string, title: string, description: string, spec: SweepSpec): PresetInfo => {
    const { size, estimate } = sweepEstimate(spec, estimateOf);
    return { name, title, figures: '', description, config: null, sweep: { spec, size }, estimate, yours: false };
  };
  return [
    preset('demo', 'Demo', 'every figure', 'mlp 3×128 on generated digits, 4,000 samples', {
      data: { dataset: 'digits', train: 4000, test: 1000 },
      model: { hidden: [128, 128, 128] },
      training: { epochs: 40, batchSize: 200 },
      analysis: { snapshots: [0, 1, 2, 4, 8, 16, 'last'], probe: { train: 400, test: 400 } },
    }),
    preset('fig7', 'Fig. 7 – NTK on MNIST', 'Fig. 7', 'mlp 4×200, 10,000 samples, 3,000 epochs', {
      model: { parameterisation: 'ntk' },
      training: { learningRate: 0.1, schedule: 'constant', epochs: 3000 },
      analysis: { snapshots: { log: 6 } },
    }),
    preset('fig7-small', 'Fig. 7, small', 'Fig. 7', 'mlp 4×200, 10,000 samples, 100 epochs', {
      analysis: { snapshots: [0, 1, 2, 5, 10, 25, 50, 'last'] },
    }),
    preset('lazy', 'Lazy', 'Section VI', 'mlp 2×1024, ntk parameterisation, sgd', {
      model: { hidden: [1024, 1024], parameterisation: 'ntk' },
      training: { optimizer: 'sgd', learningRate: 0.5 },
    }),
    sweep('lazy-to-rich', 'Lazy to rich', 'width × learning rate, three seeds', {
      name: 'lazy to rich',
      base: { data: { dataset: 'digits', train: 4000, test: 1000 }, training: { epochs: 400, batchSize: 200 } },
      grid: {
        'model.hidden': [100, 200, 400, 800].map((n) => [n, n, n, n]),
        'training.learningRate': [3e-4, 1e-3, 3e-3, 1e-2],
        seed: [0, 1, 2],
      },
      exclude: [{ 'model.hidden': [800, 800, 800, 800], 'training.learningRate': 0.01 }],
    }),
    sweep('optimizers', 'Optimisers and rates', 'two optimisers, each at rates of its own', {
      name: 'optimizers',
      base: {
        data: { dataset: 'digits', train: 800, test: 500 },
        training: { epochs: 80, batchSize: 32 },
        analysis: { ntk: false, probe: { train: 500, test: 500 } },
      },
      grid: {
        'model.bias': [true, false],
        'training.batchSize': [16, 32, 64],
        'training.optimizer, training.learningRate': [
          ['sgd', 0.1],
          ['sgd', 0.03],
          ['momentum', 0.03],
          ['momentum', 0.01],
        ],
      },
    }),
  ];
}

export const fakeDoctor = (): DoctorReport => ({
  version: '0.1.0',
  node: '24.21.0',
  platform: 'linux x64, 2 cores, 8 GB',
  devices: [
    { name: 'cuda', usable: false, reason: '@tensorflow/tfjs-node-gpu is not installed', checks: [] },
    { name: 'webgpu', usable: false, reason: 'Dawn finds no GPU here', checks: [] },
    {
      name: 'cpu',
      usable: true,
      reason: 'OpenBLAS 0.3.21, 2 threads, relaxed SIMD',
      checks: [
        { name: 'dense layer, forward and gradient', passed: true, deviation: 3.1e-7, tolerance: 2e-6 },
        { name: 'CKA of fixture kernels', passed: true, deviation: 4.4e-16, tolerance: 1e-12 },
        { name: 'spectrum of fixture kernel', passed: true, deviation: 9.1e-15, tolerance: 1e-10 },
        { name: 'NTK against finite differences', passed: false, deviation: 4.2e-4, tolerance: 1e-4 },
      ],
    },
  ],
  automatic: null,
  blas: { found: true, name: 'OpenBLAS 0.3.21', detail: '/usr/lib/x86_64-linux-gnu/libopenblas.so.0' },
  lapack: { found: true, detail: 'dsyevr, dgesdd of the same library' },
  datasets: [
    { name: 'digits', present: true, detail: 'generated, needs no files' },
    { name: 'mnist', present: false, detail: 'not in ~/.local/share/kernelscope/data. Fetch it: kernelscope data fetch mnist' },
  ],
  library: { path: '/home/ada/.local/share/kernelscope/library', present: true, runs: 412 },
  freeDiskBytes: 212e9,
});
