// What a run will cost: counted operations, divided by what this machine was measured to do; memory and disk from sizes.
import { badInput } from '../contract/errors.ts';
import { snapshotEpochs, type RunConfig } from '../contract/config.ts';
import type { Estimate, Room } from '../contract/results.ts';
import { workOf, type Calibration, type Work } from '../compute/index.ts';
import type { SampleShape } from '../data/index.ts';

type Part = Estimate['parts'][number];
/** Shape of the samples of a dataset by its name. @throws `bad-input` for one that is not here */
export type ShapeOf = (dataset: string) => SampleShape;

/** Node, tfjs, WebAssembly and BLAS of a compute process before it has any data: 180 MB measured, rounded up. */
const processBytes = 220e6;
/** What one process of the cpu device may hold: WebAssembly's 4 GiB, less what weights and small tensors take. */
const deviceBytes = 3.8e9;

/** Moments that the optimiser keeps, in units of the weights. */
const moments = { sgd: 0, momentum: 1, adam: 2 } as const;

function training(config: RunConfig, work: Work) {
  const { batchSize, epochs, optimizer } = config.training;
  const steps = Math.ceil(config.data.train / batchSize) * epochs;
  const measured = Math.min(epochs, 200) + 1; // epochs at which loss and accuracy are taken on all samples
  const samples = config.data.train + config.data.test;
  const weights = 4 * work.weights;
  // A pass over maps without gradient costs a third of a step's.
  const seen = epochs * config.data.train + (measured * samples) / 3;
  return {
    steps,
    flops: epochs * config.data.train * work.step + measured * samples * work.forward,
    maps: seen * work.maps,
    memoryBytes: samples * (work.inputs + 1) * 4 + weights * (3 + moments[optimizer]) + batchSize * work.batchBytes,
    diskBytes: weights + 4 * work.trained * moments[optimizer],
  };
}

/** Bytes of features that are kept at most (main/kernels/layer-features.ts); wider layers are made again by blocks of rows. */
const keptBytes = 2 ** 30;
const blockBytes = 512e6;

/** Operations in float64 products, in the eigensolver (n³) and in kernels; memory and disk. */
interface Load {
  products: number;
  cubes: number;
  kernels: number;
  memoryBytes: number;
  diskBytes: number;
}

/** One analysis of both probe sets: of the layers' kernels, and what the tangent kernel adds to it. */
function analysis(config: RunConfig, work: Work): { layers: Load; tangent: Load } {
  const { alignment, spectrum, ntk, probe } = config.analysis;
  const { inputs, classes, widths } = work;
  const total: Load = { products: 0, cubes: 0, kernels: 0, memoryBytes: 0, diskBytes: 4 * work.weights };
  const tangent: Load = { products: 0, cubes: 0, kernels: 0, memoryBytes: 0, diskBytes: 0 };
  for (const P of [probe.train, probe.test]) {
    let most = 0;
    for (const N of widths) {
      // ⟨K, L⟩ through features (N × N′) or through kernels (P × P), whichever costs less
      if (alignment) total.products += Math.min(2 * P * N * (N + inputs + classes), P * P * (2 * N + inputs + classes));
      if (spectrum) {
        const rank = Math.min(P, N);
        total.cubes += rank ** 3;
        total.products += N > P ? P * P * N : 4 * P * N * rank;
        total.diskBytes += 16 * rank;
      }
      most = Math.max(most, Math.min(8 * 2 * P * N, blockBytes) + (N > P && spectrum ? 8 * 2 * P * P : 0));
    }
    most += Math.min(
      keptBytes,
      widths.reduce((s, N) => s + 4 * P * N, 0),
    );
    total.kernels += P * work.forward;
    if (ntk) {
      tangent.kernels += work.ntk(P);
      if (spectrum) {
        tangent.cubes += P ** 3;
        tangent.diskBytes += 16 * P;
      }
      // K in float32, its copy in float64 for the spectrum, and the tangent factors of some blocks
      tangent.memoryBytes = Math.max(tangent.memoryBytes, (spectrum ? 12 * P * P : 0) + 200e6 + (work.maps > 0 ? 800e6 : 0));
    }
    total.memoryBytes = Math.max(total.memoryBytes, most);
    total.diskBytes += 8 * 1024; // rows of the tables
  }
  // One after the other: the larger of the two is what is held at most.
  tangent.memoryBytes = Math.max(0, tangent.memoryBytes - total.memoryBytes);
  return { layers: total, tangent };
}

const probesBytes = (config: RunConfig, { inputs, classes }: Work) =>
  4 * (config.analysis.probe.train + config.analysis.probe.test) * (inputs + classes + 1);

/** Memory and disk of a run; needs no measurement. */
export function sizeOfRun(config: RunConfig, shapeOf: ShapeOf): Room {
  const work = workOf(config, shapeOf(config.data.dataset));
  const snapshots = snapshotEpochs(config.analysis.snapshots, config.training.epochs).length;
  const [t, { layers, tangent }] = [training(config, work), analysis(config, work)];
  return {
    memoryBytes: processBytes + t.memoryBytes + layers.memoryBytes + tangent.memoryBytes + 2 * probesBytes(config, work),
    diskBytes: t.diskBytes + snapshots * (layers.diskBytes + tangent.diskBytes) + probesBytes(config, work),
  };
}

/** Cost by parts, in the order in which it falls due. */
export function estimate(config: RunConfig, { device, rates }: Calibration, shapeOf: ShapeOf): Estimate {
  const work = workOf(config, shapeOf(config.data.dataset));
  const snapshots = snapshotEpochs(config.analysis.snapshots, config.training.epochs).length;
  const [t, a] = [training(config, work), analysis(config, work)];
  const secondsOf = ({ products, cubes, kernels }: Load) =>
    products / rates.gemmFlops + cubes / rates.eigenCubes + kernels / rates.kernelFlops;
  const at = `at ${snapshots} snapshot${snapshots === 1 ? '' : 's'}`;
  const samples = config.data.train + config.data.test;
  const perSample = config.data.dataset === 'digits' ? 60e-6 : 10e-6; // seconds to make or to read one, measured
  const parts: Part[] = [
    {
      what: 'start and data',
      seconds: rates.startSeconds + samples * perSample,
      memoryBytes: processBytes,
      diskBytes: probesBytes(config, work),
    },
    {
      what: 'training',
      seconds: t.flops / rates.trainFlops + t.maps * rates.mapSeconds + t.steps * rates.stepSeconds,
      memoryBytes: t.memoryBytes,
      diskBytes: t.diskBytes,
    },
    {
      what: `layers ${at}`,
      seconds: snapshots * secondsOf(a.layers),
      memoryBytes: a.layers.memoryBytes + 2 * probesBytes(config, work),
      diskBytes: snapshots * a.layers.diskBytes,
    },
    {
      what: `NTK ${at}`,
      seconds: snapshots * secondsOf(a.tangent),
      memoryBytes: a.tangent.memoryBytes,
      diskBytes: snapshots * a.tangent.diskBytes,
    },
  ];
  return {
    seconds: parts.reduce((s, p) => s + p.seconds, 0),
    ...sizeOfRun(config, shapeOf),
    parts,
    device,
    basis: 'counted operations at the speed that this device was just measured to have; other work on the machine makes it longer',
  };
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(2)} GB`;

/** Refuses what this machine cannot hold, and says what it could. */
export function checkFits(config: RunConfig, room: Room, shapeOf: ShapeOf): void {
  const { batchBytes, maps } = workOf(config, shapeOf(config.data.dataset));
  const { batchSize } = config.training;
  // Batch norm needs the whole batch at once, so nothing but a smaller one helps.
  if (maps > 0 && batchSize * batchBytes > deviceBytes)
    throw badInput(
      `training.batchSize: expected at most ${Math.floor(deviceBytes / batchBytes)} with this network, got ${batchSize}: a step would take ` +
        `${gigabytes(batchSize * batchBytes)} on the device, which holds ${gigabytes(deviceBytes)}`,
    );
  const need = sizeOfRun(config, shapeOf);
  if (need.memoryBytes > room.memoryBytes) {
    const { probe } = config.analysis;
    const split = probe.train >= probe.test ? 'train' : 'test';
    const fitting = largest(probe[split], (P) => {
      const smaller = { train: Math.min(P, probe.train), test: Math.min(P, probe.test) };
      return sizeOfRun({ ...config, analysis: { ...config.analysis, probe: smaller } }, shapeOf).memoryBytes <= room.memoryBytes;
    });
    const what = `this run needs about ${gigabytes(need.memoryBytes)} of memory, this machine has ${gigabytes(room.memoryBytes)}`;
    throw badInput(
      fitting >= 4
        ? `analysis.probe.${split}: expected at most ${fitting} here, got ${probe[split]}: ${what}`
        : `${config.model.kind === 'mlp' ? 'model.hidden: expected fewer units' : 'model.width: expected less'} or fewer samples (data.train, data.test): ${what}`,
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
