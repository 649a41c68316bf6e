// The two small networks and the samples of the checks.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { parseConfig, type RunConfig } from '../../contract/config.ts';
import type { NamedArray } from '../../contract/results.ts';
import type { Device } from '../../devices/index.ts';
import { taken } from '../../devices/read.ts';
import { createNetwork, weightsOf, type Network } from '../../networks/index.ts';
import { createStep } from '../../training/step.ts';
import { values } from './compare.ts';

export interface Subject {
  name: string;
  config: RunConfig;
  /** of one sample */
  shape: number[];
  inputs: number;
  classes: number;
  samples: number;
  /** [P, D] */
  x: Float32Array;
  labels: number[];
  /** one-hot [P, C] */
  y: Float32Array;
}

function subject(name: string, config: object, shape: number[], samples: number): Subject {
  const classes = 3;
  const inputs = shape.reduce((a, b) => a * b, 1);
  const labels = Array.from({ length: samples }, (_, i) => (i * i + i) % classes);
  const y = new Float32Array(samples * classes);
  labels.forEach((label, i) => (y[i * classes + label] = 1));
  return { name, config: parseConfig(config), shape, inputs, classes, samples, x: values(samples * inputs, 0.31), labels, y };
}

export const mlp = subject(
  'MLP',
  { seed: 3, model: { hidden: [12, 9], activation: 'tanh' }, training: { optimizer: 'adam', learningRate: 0.01 } },
  [7],
  10,
);
/** Eleven convolutional layers of 4 to 32 channels, on images of 4 × 4. */
export const resnet = subject(
  'residual network',
  { seed: 3, model: { kind: 'resnet11', width: 0.0625 }, training: { optimizer: 'momentum', learningRate: 0.005 } },
  [4, 4, 2],
  12,
);

/** Its first samples alone. */
export const first = (samples: number, s: Subject): Subject => ({
  ...s,
  samples,
  x: s.x.subarray(0, samples * s.inputs),
  y: s.y.subarray(0, samples * s.classes),
  labels: s.labels.slice(0, samples),
});

export interface Trained {
  network: Network;
  losses: number[];
  weights: NamedArray[];
}

/** The network after `steps` updates on all samples; the caller disposes it. */
export async function trained(device: Device, s: Subject, steps: number): Promise<Trained> {
  const { tf } = device;
  const network = createNetwork(device, s.config, s.shape, s.classes);
  const step = createStep(device, network, s.config);
  const [x, y] = [tf.tensor2d(s.x, [s.samples, s.inputs]), tf.tensor2d(s.y, [s.samples, s.classes])] as Tensor2D[];
  const losses: number[] = [];
  try {
    for (let t = 0; t < steps; t++) losses.push((await taken(step.run(x, y, s.config.training.learningRate)))[0]);
    return { network, losses, weights: await weightsOf(network) };
  } finally {
    for (const made of [x, y, step]) made.dispose();
  }
}

/** All numbers of a network in one row; less those of `start`, what training has changed. */
export function flat(weights: readonly NamedArray[], start?: readonly NamedArray[]): Float64Array {
  const row = (arrays: readonly NamedArray[]) => Float64Array.from(arrays.flatMap((w) => [...w.data]));
  const from = start && row(start);
  return from ? row(weights).map((v, k) => v - from[k]) : row(weights);
}
