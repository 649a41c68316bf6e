// What a run will cost: counted operations, divided by what this machine was measured to do; memory and disk from sizes.
import { badInput } from '../contract/errors.ts';
import { snapshotEpochs, type RunConfig } from '../contract/config.ts';
import type { Estimate, Room } from '../contract/results.ts';
import {
  cpuMemoryBytes,
  gigabytes,
  heldBytes,
  largestBatch,
  moments,
  requireStep,
  workOf,
  type Calibration,
  type Work,
} from '../compute/index.ts';
import type { SampleShape } from '../data/index.ts';

type Part = Estimate['parts'][number];
/** Shape of the samples of a dataset by its name. @throws `bad-input` for one that is not here */
export type ShapeOf = (dataset: string) => SampleShape;

/** Node, tfjs, WebAssembly and BLAS of a compute process before it has any data: 180 MB measured, rounded up. */
const processBytes = 220e6;
/** A GPU's tiles of a tangent kernel and the factors that stay there between them, and the gradients of convolutions: upper bounds. */
const tangentBytes = (work: Work) => 600e6 + (work.maps > 0 ? 800e6 : 0);
/** On a GPU maps are held longer, until the commands that use them have been handed over: 1.26 times what the processor holds was measured. */
const gpuBatch = (work: Work) => (work.maps > 0 ? 1.3 : 1) * work.batchBytes;
/** Buffers that a GPU keeps for tensors to come, and those of commands not handed over yet. */
const spareBytes = 800e6;

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
    memoryBytes: samples * (work.inputs + 1) * 4,
    deviceBytes: heldBytes(config, work) + batchSize * work.batchBytes,
    gpuBytes: heldBytes(config, work) + batchSize * gpuBatch(work),
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

/** Memory and disk of a run; needs no measurement. What lies on the device lies in the machine's memory, unless that is a GPU's. */
export function sizeOfRun(config: RunConfig, shapeOf: ShapeOf, onGpu = false): Room & { gpuBytes: number } {
  const work = workOf(config, shapeOf(config.data.dataset));
  const snapshots = snapshotEpochs(config.analysis.snapshots, config.training.epochs).length;
  const [t, { layers, tangent }] = [training(config, work), analysis(config, work)];
  return {
    memoryBytes:
      processBytes + t.memoryBytes + (onGpu ? 0 : t.deviceBytes) + layers.memoryBytes + tangent.memoryBytes + 2 * probesBytes(config, work),
    gpuBytes: onGpu ? spareBytes + Math.max(t.gpuBytes, config.analysis.ntk ? tangentBytes(work) : 0) : 0,
    diskBytes: t.diskBytes + snapshots * (layers.diskBytes + tangent.diskBytes) + probesBytes(config, work),
  };
}

/** Cost by parts, in the order in which it falls due. */
export function estimate(config: RunConfig, { device, rates }: Calibration, shapeOf: ShapeOf): Estimate {
  const work = workOf(config, shapeOf(config.data.dataset));
  const onGpu = !device.startsWith('cpu');
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
      memoryBytes: t.memoryBytes + (onGpu ? 0 : t.deviceBytes),
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
    ...sizeOfRun(config, shapeOf, onGpu),
    parts,
    device,
    basis: 'counted operations at the speed that this device was just measured to have; other work on the machine makes it longer',
  };
}

/** Whether a training step is too large for the processor, so that it takes a GPU. */
export const needsGpu = (config: RunConfig, shapeOf: ShapeOf): boolean =>
  config.training.batchSize > largestBatch(config, workOf(config, shapeOf(config.data.dataset)), cpuMemoryBytes);

/** Refuses what this machine cannot hold, and says what it could. onGpu: there is one, and it is what trains */
export function checkFits(config: RunConfig, room: Room, shapeOf: ShapeOf, onGpu: boolean): void {
  if (!onGpu) requireStep(config, workOf(config, shapeOf(config.data.dataset)), { name: 'cpu', memoryBytes: cpuMemoryBytes });
  const need = sizeOfRun(config, shapeOf, onGpu);
  if (need.memoryBytes > room.memoryBytes) {
    const { probe } = config.analysis;
    const split = probe.train >= probe.test ? 'train' : 'test';
    const fitting = largest(probe[split], (P) => {
      const smaller = { train: Math.min(P, probe.train), test: Math.min(P, probe.test) };
      return sizeOfRun({ ...config, analysis: { ...config.analysis, probe: smaller } }, shapeOf, onGpu).memoryBytes <= room.memoryBytes;
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
