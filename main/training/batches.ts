// The batches of an epoch: all samples in a seeded order, the last batch smaller where it must be; images augmented where the config says so.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../contract/config.ts';
import { createAugmenter, type Augmenter } from '../data/augment.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Device } from '../devices/index.ts';

/** Gathers training batches into two buffers that are used again each time. */
export class Batches {
  readonly perEpoch: number;
  readonly #device: Device;
  readonly #dataset: Dataset;
  readonly #size: number;
  readonly #augmenter: Augmenter | null;
  readonly #x: Float32Array;
  readonly #y: Float32Array;

  /** @throws `bad-input` where the config augments samples that are no images */
  constructor(device: Device, dataset: Dataset, config: RunConfig) {
    const { batchSize } = config.training;
    this.#device = device;
    this.#dataset = dataset;
    this.#size = batchSize;
    this.#augmenter = createAugmenter(config, dataset.shape);
    this.#x = new Float32Array(batchSize * dataset.inputs);
    this.#y = new Float32Array(batchSize * dataset.classes);
    this.perEpoch = Math.ceil(dataset.train.count / batchSize);
  }

  /** Batch b of an epoch (0, 1, …) with this order: x [B, D] and one-hot y [B, C]; the caller disposes both.
   *  It depends on order, b and epoch alone, not on what was taken before. */
  take(order: Int32Array, b: number, epoch: number): { x: Tensor2D; y: Tensor2D } {
    const { tf } = this.#device;
    const { inputs, classes, train } = this.#dataset;
    const rows = order.subarray(b * this.#size, (b + 1) * this.#size);
    if (this.#augmenter) this.#augmenter.gather(train.x, rows, this.#x, epoch, b);
    else rows.forEach((row, i) => this.#x.set(train.x.subarray(row * inputs, (row + 1) * inputs), i * inputs));
    const y = this.#y.fill(0);
    rows.forEach((row, i) => (y[i * classes + train.labels[row]] = 1));
    const n = rows.length;
    return { x: tf.tensor2d(this.#x.subarray(0, n * inputs), [n, inputs]), y: tf.tensor2d(y.subarray(0, n * classes), [n, classes]) };
  }
}
