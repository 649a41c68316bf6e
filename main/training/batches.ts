// The batches of an epoch: all samples in a seeded order, the last batch smaller where it must be.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Samples } from '../data/index.ts';
import type { Device } from '../devices/index.ts';

/** Gathers batches into two buffers that are used again each time. */
export class Batches {
  readonly perEpoch: number;
  readonly #device: Device;
  readonly #samples: Samples;
  readonly #size: number;
  readonly #inputs: number;
  readonly #classes: number;
  readonly #x: Float32Array;
  readonly #y: Float32Array;

  constructor(device: Device, samples: Samples, size: number, inputs: number, classes: number) {
    this.#device = device;
    this.#samples = samples;
    this.#size = size;
    this.#inputs = inputs;
    this.#classes = classes;
    this.#x = new Float32Array(size * inputs);
    this.#y = new Float32Array(size * classes);
    this.perEpoch = Math.ceil(samples.count / size);
  }

  /** Batch b of the epoch with this order: x [B, D] and one-hot y [B, C]; the caller disposes both. */
  take(order: Int32Array, b: number): { x: Tensor2D; y: Tensor2D } {
    const { tf } = this.#device;
    const [inputs, classes] = [this.#inputs, this.#classes];
    const rows = order.subarray(b * this.#size, (b + 1) * this.#size);
    const y = this.#y.fill(0);
    rows.forEach((row, i) => {
      this.#x.set(this.#samples.x.subarray(row * inputs, (row + 1) * inputs), i * inputs);
      y[i * classes + this.#samples.labels[row]] = 1;
    });
    const n = rows.length;
    return { x: tf.tensor2d(this.#x.subarray(0, n * inputs), [n, inputs]), y: tf.tensor2d(y.subarray(0, n * classes), [n, classes]) };
  }
}
