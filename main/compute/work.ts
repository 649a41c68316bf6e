// What a network costs, whatever its kind: counted once from the config and the shape of a sample. Estimates rest on it.
import type { RunConfig } from '../contract/config.ts';
import type { SampleShape } from '../data/index.ts';
import { resnet11Layers } from '../networks/index.ts';
import { forwardFlops, ntkFlops, stepFlops, weightsOfSizes } from './flops.ts';

export interface Work {
  /** D, numbers of a sample */
  inputs: number;
  classes: number;
  /** numbers that a snapshot keeps */
  weights: number;
  /** those of them that are trained */
  trained: number;
  /** floating-point operations a sample of the forward pass, and of a training step */
  forward: number;
  step: number;
  /** numbers of a sample's convolutional maps, which passes besides the products go over; 0 without convolutions */
  maps: number;
  /** numbers of the largest tensors: of a sample on its way through the network, and of the weights of a layer */
  largest: { sample: number; weights: number };
  /** bytes a sample of a batch takes on the device in a training step */
  batchBytes: number;
  /** N of each probed layer */
  widths: number[];
  /** operations of the class-traced NTK on P samples */
  ntk(P: number): number;
}

const product = (numbers: readonly number[]) => numbers.reduce((a, b) => a * b, 1);

export function workOf({ model, analysis }: RunConfig, { shape, classes }: SampleShape): Work {
  const inputs = product(shape);
  if (model.kind === 'mlp') {
    const sizes = [inputs, ...model.hidden, classes];
    const weights = weightsOfSizes(sizes) + (model.bias ? sizes.slice(1).reduce((s, n) => s + n, 0) : 0);
    return {
      inputs,
      classes,
      weights,
      trained: weights,
      forward: forwardFlops(sizes, 1),
      step: stepFlops(sizes, 1),
      maps: 0,
      largest: { sample: Math.max(...sizes), weights: Math.max(...sizes.slice(1).map((n, i) => n * sizes[i])) },
      batchBytes: 16 * sizes.reduce((s, n) => s + n, 0),
      widths: model.hidden,
      ntk: (P) => ntkFlops(sizes, P),
    };
  }
  const layers = resnet11Layers(model.width, shape);
  const last = layers[layers.length - 1].outputs * classes;
  const filters = layers.map((l) => l.kernel ** 2 * l.inputs * l.outputs);
  const products = layers.map((l, i) => 2 * l.height * l.width * filters[i]);
  const forward = products.reduce((s, n) => s + n, 2 * last);
  const maps = layers.reduce((s, l) => s + l.height * l.width * l.outputs, 0);
  const vectors = layers.reduce((s, l) => s + l.outputs, 0);
  const all = filters.reduce((s, n) => s + n, last);
  const gradients = classes * all; // numbers of a sample's gradients of all outputs
  return {
    inputs,
    classes,
    weights: all + vectors * (model.batchNorm ? 4 : 1),
    trained: all + vectors * (model.batchNorm ? 2 : 1),
    forward,
    step: 3 * forward - products[0], // the data need no gradient
    maps,
    largest: {
      sample: Math.max(inputs, ...layers.map((l) => l.height * l.width * Math.max(l.inputs, l.outputs))),
      weights: Math.max(...filters, last),
    },
    // maps before and after the nonlinearity, their gradients and what a layer holds while it is at work: 3.2 to 3.4 were measured
    batchBytes: 4 * (3.5 * maps + 2 * inputs),
    widths: layers.filter((l) => l.probed).map((l) => (analysis.convFeatures === 'flatten' ? l.height * l.width : 1) * l.outputs),
    // half of each Gram matrix of gradients for its symmetry; the backward passes and the gradients themselves
    ntk: (P) => P * P * gradients + 3 * P * classes * forward,
  };
}
