// Exact loss and accuracy on all samples of a split, in blocks.
import type { Dataset, Samples } from '../data/index.ts';
import { batchOf } from '../devices/batch.ts';
import type { Device } from '../devices/index.ts';
import { taken } from '../devices/read.ts';
import type { Network } from '../networks/index.ts';
import type { EpochMetrics } from '../contract/results.ts';

/** Mean squared error (summed over classes) and the share of samples whose largest output is their class's, in float64 from f(x). */
async function evaluate(
  device: Device,
  network: Network,
  samples: Samples,
  breathe: () => Promise<void>,
): Promise<{ loss: number; accuracy: number }> {
  const { tf } = device;
  const { inputs, classes } = network;
  const block = batchOf(device, network.sampleBytes.forward);
  let squared = 0;
  let right = 0;
  for (let from = 0; from < samples.count; from += block) {
    const count = Math.min(block, samples.count - from);
    const f = await taken(
      tf.tidy(() => network.forward(tf.tensor2d(samples.x.subarray(from * inputs, (from + count) * inputs), [count, inputs]))),
    );
    for (let i = 0; i < count; i++) {
      const label = samples.labels[from + i];
      let best = 0;
      for (let c = 0; c < classes; c++) {
        const value = f[i * classes + c];
        squared += (value - (c === label ? 1 : 0)) ** 2;
        if (value > f[i * classes + best]) best = c;
      }
      if (best === label) right++;
    }
    await breathe();
  }
  return { loss: squared / samples.count, accuracy: right / samples.count };
}

/** The metrics of an epoch, on all training and test samples. */
export async function epochMetrics(
  device: Device,
  network: Network,
  dataset: Dataset,
  epoch: number,
  breathe: () => Promise<void>,
): Promise<EpochMetrics> {
  const train = await evaluate(device, network, dataset.train, breathe);
  const test = await evaluate(device, network, dataset.test, breathe);
  return { epoch, trainLoss: train.loss, testLoss: test.loss, trainAccuracy: train.accuracy, testAccuracy: test.accuracy };
}
