// Residual network of Section V (layers in resnet11-layers.ts): z = γ (conv(h) − μ)/σ + β, h = relu(z) [+ skip], max pooling after each block,
// readout without bias on the last layer. In training μ, σ are the batch's; otherwise their running means, so that the network is a function
// of one sample and its kernels do not depend on the other samples.
//   filters ~ N(0, 2/(k² N_in)) (He et al. 2015), γ = 1, β = 0, readout ~ N(0, 1/N)
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { ResnetConfig } from '../contract/config.ts';
import type { Device } from '../devices/index.ts';
import { createGenerator } from '../devices/random.ts';
import type { Network, Parameter } from './index.ts';
import { resnet11Layers } from './resnet11-layers.ts';
import { affineOf, through, type ConvLayer } from './resnet11-pass.ts';
import { convTangents } from './resnet11-tangents.ts';

export interface ResnetOptions {
  seed: number;
  /** of one sample: [height, width, channels] */
  shape: readonly number[];
  classes: number;
  convFeatures: 'flatten' | 'mean';
}

/** A residual network with its weights drawn from the seed. @throws `bad-input` for samples that are not images of at least 4 × 4 */
export function createResnet11(device: Device, model: ResnetConfig, { seed, shape, classes, convFeatures }: ResnetOptions): Network {
  const { tf, ops } = device;
  const g = createGenerator(seed, 'weights');
  const variable = (values: Float32Array, dims: number[], trainable = true): Variable =>
    tf.tidy(() => tf.variable(tf.tensor(values, dims), trainable));
  const normal = (n: number, variance: number) => Float32Array.from({ length: n }, () => Math.sqrt(variance) * g.normal());
  const constant = (n: number, value: number) => new Float32Array(n).fill(value);

  const layers = resnet11Layers(model.width, shape).map((layer): ConvLayer => {
    const { kernel: k, inputs, outputs } = layer;
    return {
      ...layer,
      filters: variable(normal(k * k * inputs * outputs, 2 / (k * k * inputs)), [k, k, inputs, outputs]),
      gamma: model.batchNorm ? variable(constant(outputs, 1), [outputs]) : null,
      beta: variable(constant(outputs, 0), [outputs]),
      running: model.batchNorm
        ? { mean: variable(constant(outputs, 0), [outputs], false), variance: variable(constant(outputs, 1), [outputs], false) }
        : null,
    };
  });
  const last = layers[layers.length - 1];
  const readout = variable(normal(last.outputs * classes, 1 / last.outputs), [last.outputs, classes]);
  const inputs = shape.reduce((a, b) => a * b, 1);
  const images = (x: Tensor2D): Tensor4D => tf.reshape(x, [x.shape[0], ...shape] as [number, number, number, number]);

  const output = (x: Tensor2D, unit: Parameters<typeof through>[4]): Tensor2D =>
    ops.dense(through(device, layers, model.skip, images(x), unit), readout as Tensor as Tensor2D, null, {
      scale: 1,
      activation: 'linear',
    });

  /** The layers' maps with the running statistics, which are folded into one scale and shift a channel. */
  function evaluate(x: Tensor2D, seen?: (layer: ConvLayer, h: Tensor4D) => void): Tensor2D {
    return output(x, (layer, h, skip) => {
      const affine = affineOf(device, layer);
      const made = ops.convAffine(h, layer.filters as Tensor as Tensor4D, affine.scale, affine.shift, skip);
      for (const t of [affine.scale, affine.shift, affine.inverse]) t?.dispose();
      seen?.(layer, made);
      return made;
    });
  }

  const featureOf = (h: Tensor4D): Tensor2D => {
    const [B, H, W, C] = h.shape;
    if (convFeatures === 'flatten') return tf.reshape(h, [B, H * W * C]);
    return tf.reshape(tf.mean(tf.reshape(h, [B, H * W, C]), 1), [B, C]);
  };
  const probed = layers.filter((l) => l.probed);
  const parameters: Parameter[] = layers.flatMap(({ name, filters, gamma, beta }) => [
    { name: `${name}.weight`, variable: filters },
    ...(gamma ? [{ name: `${name}.scale`, variable: gamma }] : []),
    { name: `${name}.${gamma ? 'shift' : 'bias'}`, variable: beta },
  ]);
  parameters.push({ name: 'readout.weight', variable: readout });
  const buffers: Parameter[] = layers.flatMap(({ name, running }) =>
    running
      ? [
          { name: `${name}.mean`, variable: running.mean },
          { name: `${name}.variance`, variable: running.variance },
        ]
      : [],
  );

  return {
    layers: probed.map((l) => l.name),
    widths: probed.map((l) => (convFeatures === 'flatten' ? l.height * l.width * l.outputs : l.outputs)),
    inputs,
    classes,
    parameters,
    buffers,
    sampleBytes: {
      forward: 4 * layers.reduce((sum, l) => sum + l.height * l.width * l.outputs, inputs),
      // per-example gradients of all classes and the slopes that they are made from; with columns of the widest maps beside them
      tangents:
        4 *
        layers.reduce(
          (sum, l) =>
            sum + classes * ((l.kernel ** 2 * l.inputs + 2) * l.outputs + l.height * l.width * l.outputs) + l.height * l.width * l.inputs,
          inputs,
        ),
    },
    forward: (x) => evaluate(x),
    forwardInTraining: (x) =>
      output(x, (layer, h, skip) =>
        ops.convUnit({
          x: h,
          w: layer.filters as Tensor as Tensor4D,
          gamma: layer.gamma as Tensor1D | null,
          beta: layer.beta as Tensor as Tensor1D,
          skip,
          running: layer.running,
          inputGradient: layer !== layers[0],
        }),
      ),
    features(x) {
      const found: Tensor2D[] = [];
      const f = evaluate(x, (layer, h) => layer.probed && found.push(featureOf(h)));
      return { layers: found, output: f };
    },
    tangents: (x) => convTangents({ device, layers, readout: readout as Tensor as Tensor2D, skip: model.skip, classes }, images(x)),
    dispose: () => [...parameters, ...buffers].forEach((p) => p.variable.dispose()),
  };
}
