// One pass of images through the residual network's layers, whatever a layer does there: in training, in use, or for the tangent kernel.
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Device } from '../devices/index.ts';
import type { ConvLayerShape } from './resnet11-layers.ts';

/** A convolutional layer with its variables. */
export interface ConvLayer extends ConvLayerShape {
  filters: Variable;
  gamma: Variable | null;
  /** β, or a bias without batch norm */
  beta: Variable;
  running: { mean: Variable; variance: Variable } | null;
}

/** z = scale·conv(h) + shift with the running statistics; scale and shift are the caller's, or of the tidy around. */
export function affineOf({ tf, ops }: Device, { gamma, beta, running }: ConvLayer): Affine {
  if (gamma && running) return ops.foldNorm(gamma, beta, running);
  return { scale: tf.onesLike(beta) as Tensor as Tensor1D, shift: beta.clone() as Tensor as Tensor1D, inverse: null };
}
export interface Affine {
  scale: Tensor1D;
  shift: Tensor1D;
  /** 1/√(σ² + ε); null without batch norm */
  inverse: Tensor1D | null;
}

/** ψ of the last layer [B, N] for images x [B, H, W, channels]. `unit` is one layer, given its input and what its skip connection adds. */
export function through(
  { tf }: Device,
  layers: readonly ConvLayer[],
  skip: boolean,
  x: Tensor4D,
  unit: (layer: ConvLayer, h: Tensor4D, skip: Tensor4D | null) => Tensor4D,
): Tensor2D {
  let h = x;
  let carried: Tensor4D | null = null;
  for (const layer of layers) {
    if (layer.opens) carried = h;
    h = unit(layer, h, layer.closes && skip ? carried : null);
    if (layer.pooled) h = layer.pooled.height === 1 ? tf.maxPool(h, [h.shape[1], h.shape[2]], 1, 'valid') : tf.maxPool(h, 2, 2, 'valid');
  }
  return tf.reshape(h, [h.shape[0], h.shape[3]]);
}
