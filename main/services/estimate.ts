// What a run will cost: counted operations, divided by what this machine was measured to do; memory and disk from sizes.
import { badInput } from '../contract/errors.ts';
import { snapshotEpochs, type RunConfig } from '../contract/config.ts';
import type { Estimate } from '../contract/results.ts';
import { forwardFlops, ntkFlops, stepFlops, weightsOfSizes, type Calibration } from '../compute/index.ts';

type Part = Estimate['parts'][number];
/** Free memory and disk, bytes. */
export interface Room {
  memoryBytes: number;
  diskBytes: number;
}

const inputs = 784; // both datasets of this version are 28 × 28
const classes = 10;
/** Node, tfjs, WebAssembly and BLAS of a compute process before it has any data: 180 MB measured, rounded up. */
const processBytes = 220e6;

const hiddenOf = ({ model }: RunConfig): number[] => (model.kind === 'mlp' ? model.hidden : []);
export const sizesOf = (config: RunConfig): number[] => [inputs, ...hiddenOf(config), classes];

function weightCount(config: RunConfig): number {
  const sizes = sizesOf(config);
  const biases = config.model.kind === 'mlp' && config.model.bias ? sizes.slice(1).reduce((s, n) => s + n, 0) : 0;
  return weightsOfSizes(sizes) + biases;
}

/** Moments that the optimiser keeps, in units of the weights. */
const moments = { sgd: 0, momentum: 1, adam: 2 } as const;

function training(config: RunConfig): { flops: number; steps: number; memoryBytes: number; diskBytes: number } {
  const { batchSize, epochs, optimizer } = config.training;
  const sizes = sizesOf(config);
  const steps = Math.ceil(config.data.train / batchSize) * epochs;
  const measured = Math.min(epochs, 200) + 1; // epochs at which loss and accuracy are taken on all samples
  const weights = 4 * weightCount(config);
  const samples = config.data.train + config.data.test;
  const activations = 4 * batchSize * sizes.reduce((s, n) => s + n, 0);
  return {
    steps,
    flops: steps * stepFlops(sizes, batchSize) + measured * forwardFlops(sizes, samples),
    memoryBytes: samples * (inputs + 1) * 4 + weights * (3 + moments[optimizer]) + 4 * activations,
    diskBytes: weights * (1 + moments[optimizer]),
  };
}

/** Operations in float64 products, in the eigensolver (n³) and in kernels of one analysis of both probe sets. */
function analysis(config: RunConfig): { products: number; cubes: number; kernels: number; memoryBytes: number; diskBytes: number } {
  const { alignment, spectrum, ntk, probe } = config.analysis;
  const sizes = sizesOf(config);
  const total = { products: 0, cubes: 0, kernels: 0, memoryBytes: 0, diskBytes: 4 * weightCount(config) };
  for (const P of [probe.train, probe.test]) {
    let most = 0;
    for (const N of hiddenOf(config)) {
      // ⟨K, L⟩ through features (N × N′) or through kernels (P × P), whichever costs less
      if (alignment) total.products += Math.min(2 * P * N * (N + inputs + classes), P * P * (2 * N + inputs + classes));
      if (spectrum) {
        const rank = Math.min(P, N);
        total.cubes += rank ** 3;
        total.products += 4 * P * N * rank;
        total.diskBytes += 16 * rank;
      }
      most = Math.max(most, 8 * 2 * P * N + (N > P ? 8 * 2 * P * P : 0));
    }
    if (ntk) {
      total.kernels += ntkFlops(sizes, P) + forwardFlops(sizes, P);
      if (spectrum) {
        total.cubes += P ** 3;
        total.diskBytes += 16 * P;
      }
      // K in float32, its copy in float64 for the spectrum, and the tangent factors of some blocks
      most = Math.max(most, (spectrum ? 12 * P * P : 0) + 200e6);
    }
    total.memoryBytes = Math.max(total.memoryBytes, most);
    total.diskBytes += 8 * 1024; // rows of the tables
  }
  return total;
}

const probesBytes = (config: RunConfig) => 4 * (config.analysis.probe.train + config.analysis.probe.test) * (inputs + classes + 1);

/** Memory and disk of a run; needs no measurement. */
export function sizeOfRun(config: RunConfig): Room {
  const snapshots = snapshotEpochs(config.analysis.snapshots, config.training.epochs).length;
  const [t, a] = [training(config), analysis(config)];
  return {
    memoryBytes: processBytes + t.memoryBytes + a.memoryBytes + 2 * probesBytes(config),
    diskBytes: t.diskBytes + snapshots * a.diskBytes + probesBytes(config),
  };
}

/** Cost by parts, in the order in which it falls due. */
export function estimate(config: RunConfig, { device, rates }: Calibration): Estimate {
  const snapshots = snapshotEpochs(config.analysis.snapshots, config.training.epochs).length;
  const [t, a] = [training(config), analysis(config)];
  const samples = config.data.train + config.data.test;
  const perSample = config.data.dataset === 'digits' ? 60e-6 : 10e-6; // seconds to make or to read one, measured
  const parts: Part[] = [
    {
      what: 'start and data',
      seconds: rates.startSeconds + samples * perSample,
      memoryBytes: processBytes,
      diskBytes: probesBytes(config),
    },
    {
      what: 'training',
      seconds: t.flops / rates.trainFlops + t.steps * rates.stepSeconds,
      memoryBytes: t.memoryBytes,
      diskBytes: t.diskBytes,
    },
    {
      what: `${snapshots} snapshot${snapshots === 1 ? '' : 's'}`,
      seconds: snapshots * (a.products / rates.gemmFlops + a.cubes / rates.eigenCubes + a.kernels / rates.kernelFlops),
      memoryBytes: a.memoryBytes + 2 * probesBytes(config),
      diskBytes: snapshots * a.diskBytes,
    },
  ];
  return {
    seconds: parts.reduce((s, p) => s + p.seconds, 0),
    ...sizeOfRun(config),
    parts,
    device,
    basis: 'counted operations at the speed that this device was just measured to have; other work on the machine makes it longer',
  };
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(2)} GB`;

/** Refuses what this machine cannot hold, and says what it could. */
export function checkFits(config: RunConfig, room: Room): void {
  const need = sizeOfRun(config);
  if (need.memoryBytes > room.memoryBytes) {
    const { probe } = config.analysis;
    const split = probe.train >= probe.test ? 'train' : 'test';
    const fitting = largest(probe[split], (P) => {
      const smaller = { train: Math.min(P, probe.train), test: Math.min(P, probe.test) };
      return sizeOfRun({ ...config, analysis: { ...config.analysis, probe: smaller } }).memoryBytes <= room.memoryBytes;
    });
    const what = `this run needs about ${gigabytes(need.memoryBytes)} of memory, this machine has ${gigabytes(room.memoryBytes)}`;
    throw badInput(
      fitting >= 4
        ? `analysis.probe.${split}: expected at most ${fitting} here, got ${probe[split]}: ${what}`
        : `model.hidden: expected fewer units or fewer samples (data.train, data.test): ${what}`,
    );
  }
  if (need.diskBytes > room.diskBytes)
    throw badInput(
      `analysis.snapshots: expected fewer, got ${snapshotEpochs(config.analysis.snapshots, config.training.epochs).length}: ` +
        `this run needs about ${gigabytes(need.diskBytes)} of disk, the library's has ${gigabytes(room.diskBytes)} free`,
    );
}

/** The largest n ≤ most for which `fits` holds, given that it holds for all smaller ones; 0 where it holds for none. */
function largest(most: number, fits: (n: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
