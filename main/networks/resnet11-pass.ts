// One pass of images through the residual network's layers, whatever a layer does there: in training, in use, or for the tangent kernel.
import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { batchNorm } from '../devices/convolution.ts';
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

/** z = scale·conv(h) + shift with the running statistics. */
export function affineOf({ gamma, beta, running }: ConvLayer): { scale: Float32Array; shift: Float32Array } {
  const [b] = [beta.dataSync() as Float32Array];
  if (!gamma || !running) return { scale: new Float32Array(b.length).fill(1), shift: b };
  const [g, m, v] = [gamma, running.mean, running.variance].map((t) => t.dataSync());
  const scale = Float32Array.from(g, (s, c) => s / Math.sqrt(v[c] + batchNorm.epsilon));
  return { scale, shift: Float32Array.from(b, (s, c) => s - m[c] * scale[c]) };
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
