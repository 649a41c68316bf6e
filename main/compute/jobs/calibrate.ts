// A quick measurement of what a device does, on which estimates rest: about two seconds, and smaller work where the device is slow.
import type { Rank } from '@tensorflow/tfjs-core';
import { parseConfig } from '../../contract/config.ts';
import type { Dataset, Samples } from '../../data/index.ts';
import type { Device } from '../../devices/index.ts';
import { taken } from '../../devices/read.ts';
import { createNetwork } from '../../networks/index.ts';
import { train } from '../../training/index.ts';
import { createStep } from '../../training/step.ts';
import { stepFlops } from '../flops.ts';
import { workOf } from '../work.ts';
import type { Job } from '../worker.ts';

/** Any numbers in [0, 1) without a generator: the fractional parts of multiples of an irrational number. */
const numbers = (n: number) => Float32Array.from({ length: n }, (_, i) => (i * Math.SQRT2) % 1);

function samples(count: number, inputs: number, classes: number): Samples {
  const ids = Int32Array.from({ length: count }, (_, i) => i);
  return { x: numbers(count * inputs), labels: Uint8Array.from(ids, (i) => i % classes), ids, count };
}

/** Seconds of a training step: the fastest of some epochs. */
async function secondsOfStep(
  device: Device,
  o: { inputs: number; hidden: number[]; batchSize: number; steps: number; epochs: number },
): Promise<number> {
  const { inputs, hidden, batchSize, steps, epochs } = o;
  const config = parseConfig({
    data: { train: batchSize * steps, test: 4 },
    model: { hidden },
    training: { batchSize, epochs },
    analysis: { snapshots: ['last'], probe: { train: 4, test: 4 } },
  });
  const [some, few] = [samples(batchSize * steps, inputs, 10), samples(4, inputs, 10)];
  const dataset: Dataset = { name: 'any', shape: [inputs], inputs, classes: 10, train: some, test: few, hash: '' };
  const network = createNetwork(device, config, [inputs], 10);
  let fastest = Infinity;
  for await (const event of train({ device, network, dataset, config }))
    if (event.kind === 'epoch' && event.metrics.epoch > 0) fastest = Math.min(fastest, event.seconds / steps);
  network.dispose();
  return fastest;
}

/** Seconds of A Aᵀ, A [n, k] */
function secondsOfProduct({ tf }: Device, n: number, k: number): Promise<number> {
  return fastest(async () => {
    const product = tf.tidy(() => {
      const a = tf.tensor2d(numbers(n * k), [n, k]);
      return tf.matMul(a, a, false, true);
    });
    await taken(product);
  });
}

/** Seconds for each number of a convolutional network's maps, besides the products: what is left of a step of a narrow one. */
async function secondsOfMap(device: Device, trainFlops: number, batch: number): Promise<number> {
  const { tf } = device;
  const sample = { shape: [32, 32, 3], classes: 10 };
  const config = parseConfig({ model: { kind: 'resnet11', width: 0.125 } });
  const work = workOf(config, sample);
  const network = createNetwork(device, config, sample.shape, sample.classes);
  const step = createStep(device, network, config);
  const [x, y] = [tf.tensor2d(numbers(batch * work.inputs), [batch, work.inputs]), tf.zeros<Rank.R2>([batch, sample.classes])];
  const seconds = await fastest(async () => void (await taken(step.run(x, y, 0))));
  for (const made of [x, y, step, network]) made.dispose();
  return Math.max(0, seconds - (batch * work.step) / trainFlops) / (batch * work.maps);
}

/** The fastest of three, in seconds; of two where each takes long. The first alone would have the compiling of a GPU's programs in it. */
async function fastest(work: () => Promise<void> | void): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    await work();
    best = Math.min(best, (performance.now() - began) / 1e3);
    if (i > 0 && best > 0.5) break;
  }
  return best;
}

export const calibrate: Job<'calibrate'> = async ({ device: wish }, { host }) => {
  const device = await host.openDevice(wish);
  const startSeconds = host.age();
  const { algebra } = device;

  const side = 256;
  const probe = await secondsOfProduct(device, side, side);
  // 20 GFLOP/s is little for a processor and nothing for a GPU; what is slower gets a share of the work.
  const share = Math.min(1, (2 * side ** 3) / probe / 20e9);
  const part = (whole: number, least: number) => Math.max(least, Math.round(share * whole));

  const epochs = part(4, 2);
  const large = { inputs: 784, hidden: [200, 200, 200, 200], batchSize: part(500, 20), steps: part(4, 1), epochs };
  const small = { inputs: 8, hidden: [8, 8, 8, 8], batchSize: 8, steps: part(30, 3), epochs };
  const stepSeconds = await secondsOfStep(device, small);
  const largeSeconds = await secondsOfStep(device, large);
  const trainFlops = stepFlops([784, ...large.hidden, 10], large.batchSize) / Math.max(largeSeconds - stepSeconds, largeSeconds / 2);

  const [n, k] = [part(500, 100), part(2000, 200)];
  const kernel = await secondsOfProduct(device, n, k);
  const m = 400;
  const a = Float64Array.from(numbers(m * m));
  const c = new Float64Array(m * m);
  const gemm = await fastest(() => algebra.gemm({ m, n: m, k: m, a, b: a, c }));
  const eigen = await fastest(async () => {
    const K = new Float64Array(m * m);
    await algebra.syrk({ n: m, k: m, a, c: K });
    await algebra.symmetricPower(K, m, Float64Array.from(numbers(m * 10)), 10);
  });
  return {
    device: `${device.name}: ${device.detail}`,
    rates: {
      trainFlops,
      stepSeconds,
      mapSeconds: await secondsOfMap(device, trainFlops, part(48, 2)),
      kernelFlops: (2 * n * n * k) / kernel,
      gemmFlops: (2 * m ** 3) / gemm,
      eigenCubes: m ** 3 / eigen,
      startSeconds,
    },
  };
};
