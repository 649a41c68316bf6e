// Convolutional layers as operations: fused where the backend is the cpu or the webgpu device's, else composed of tfjs's own.
//   o = relu(z) + skip,   z = γ (conv(x, w) − μ)/√(σ² + ε) + β, or conv(x, w) + β without batch norm;  stride 1, same size
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D, TensorInfo, Variable } from '@tensorflow/tfjs-core';
import type { CpuBackend } from './cpu/backend.ts';
import { cpuBackend as cpu } from './cpu/current.ts';
import * as unit from './cpu/conv-unit.ts';
import * as gpuUnit from './webgpu/conv-unit.ts';
import { gpuBackend } from './webgpu/current.ts';

/** Added to the variance (Ioffe & Szegedy 2015), and the share of a batch in the running statistics; both as PyTorch has them. */
export const batchNorm = { epsilon: 1e-5, momentum: 0.1 };

export interface ConvUnit {
  /** [B, H, W, in] */
  x: Tensor4D;
  /** [k, k, in, out], k odd */
  w: Tensor4D;
  /** γ [out]; null: no batch norm, and β is a bias */
  gamma: Tensor1D | null;
  beta: Tensor1D;
  /** [B, H, W, out], added after the nonlinearity */
  skip: Tensor4D | null;
  /** take up the batch's mean and (unbiased) variance */
  running: { mean: Variable; variance: Variable } | null;
  /** false: x is data, its gradient is not needed */
  inputGradient: boolean;
}

const tensor = (info: TensorInfo): Tensor4D => tf.engine().makeTensorFromTensorInfo(info) as Tensor4D;
const vector = (values: Float32Array): Tensor1D => tf.tensor1d(values);
const values = (backend: CpuBackend, t: Tensor): Float32Array => (backend.view(t) as Float32Array).slice();

/** r ← (1 − m) r + m v */
function takeUp({ mean, variance }: { mean: Variable; variance: Variable }, m: Tensor1D, v: Tensor1D): void {
  for (const [running, value] of [
    [mean, m],
    [variance, v],
  ] as const)
    running.assign(tf.add(tf.mul(running, 1 - batchNorm.momentum), tf.mul(value, batchNorm.momentum)));
}

/** A layer in training, differentiable in x (unless it is data), w, γ, β and skip. */
export function convUnit(o: ConvUnit): Tensor4D {
  const backend = cpu();
  if (backend) return fused(backend, o);
  const gpu = gpuBackend();
  return gpu ? gpuUnit.convUnit(gpu, o, { epsilon: batchNorm.epsilon, share: batchNorm.momentum }) : composed(o);
}

function fused(backend: CpuBackend, { x, w, gamma, beta, skip, running, inputGradient }: ConvUnit): Tensor4D {
  const named = { w, beta, ...(gamma && { gamma }), ...(skip && { skip }), ...(inputGradient && { x }) };
  const names = Object.keys(named);
  const custom = tf.customGrad((...given) => {
    const save = given[names.length] as tf.GradSaveFunc;
    const g = gamma && values(backend, gamma);
    const made = unit.forward(backend, { x, w, gamma: g, beta: values(backend, beta), skip, epsilon: batchNorm.epsilon });
    const y = tensor(made.y);
    const { state } = made;
    if (running && state.moments) {
      const { mean, variance, samples } = state.moments;
      const unbiased = samples / Math.max(1, samples - 1);
      takeUp(running, vector(Float32Array.from(mean)), vector(Float32Array.from(variance, (v) => v * unbiased)));
    }
    save([x, w, y]);
    return {
      value: tensor(made.output),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
        const [sx, sw, sy] = saved;
        const d = unit.backward(backend, { x: sx, w: sw, y: sy, dy: dy as Tensor, gamma: g, state, inputGradient });
        const gradients: Record<string, () => Tensor> = {
          w: () => tensor(d.w),
          beta: () => vector(d.beta),
          gamma: () => vector(d.gamma as Float32Array),
          skip: () => (dy as Tensor).clone(),
          x: () => tensor(d.x as TensorInfo),
        };
        return names.map((name) => gradients[name]());
      },
    };
  });
  return custom(...(Object.values(named) as Tensor[]));
}

function composed({ x, w, gamma, beta, skip, running }: ConvUnit): Tensor4D {
  return tf.tidy(() => {
    const y = tf.conv2d(x, w, 1, 'same');
    let z: Tensor4D;
    if (gamma) {
      const { mean, variance } = tf.moments(y, [0, 1, 2]);
      const samples = y.size / y.shape[3];
      if (running) takeUp(running, mean as Tensor1D, tf.mul(variance, samples / Math.max(1, samples - 1)));
      const inverse = tf.rsqrt(tf.add(variance, batchNorm.epsilon));
      z = tf.add(tf.mul(tf.sub(y, mean), tf.mul(inverse, gamma)), beta);
    } else z = tf.add(y, beta);
    const h: Tensor4D = tf.relu(z);
    return skip ? tf.add(h, skip) : h;
  });
}

/** relu(scale·conv(x, w) + shift) + skip with one scale and shift a channel; not differentiable on the cpu device */
export function convAffine(x: Tensor4D, w: Tensor4D, scale: Tensor1D, shift: Tensor1D, skip: Tensor4D | null): Tensor4D {
  const backend = cpu();
  if (backend)
    return tf.tidy(() => tensor(unit.affine(backend, { x, w, skip, scale: values(backend, scale), shift: values(backend, shift) })));
  return tf.tidy(() => {
    const h: Tensor4D = tf.relu(tf.add(tf.mul(tf.conv2d(x, w, 1, 'same'), scale), shift));
    return skip ? tf.add(h, skip) : h;
  });
}

/** Batch norm with its running statistics as one scale and shift a channel: z = scale·conv + shift, and 1/√(σ² + ε) */
export interface Folded {
  scale: Tensor1D;
  shift: Tensor1D;
  inverse: Tensor1D;
}

/** scale = γ/√(σ² + ε), shift = β − μ·scale; the caller disposes them. On the cpu device in float64, rounded once. */
export function foldNorm(gamma: Tensor, beta: Tensor, running: { mean: Tensor; variance: Tensor }): Folded {
  const backend = cpu();
  if (backend) {
    const [g, b, m, v] = [gamma, beta, running.mean, running.variance].map((t) => backend.view(t) as Float32Array);
    const inverse = Float32Array.from(v, (s) => 1 / Math.sqrt(s + batchNorm.epsilon));
    const scale = Float32Array.from(g, (s, c) => s / Math.sqrt(v[c] + batchNorm.epsilon));
    return { inverse: vector(inverse), scale: vector(scale), shift: vector(Float32Array.from(b, (s, c) => s - m[c] * scale[c])) };
  }
  return tf.tidy(() => {
    const inverse = tf.div<Tensor1D>(1, tf.sqrt(tf.add(running.variance, batchNorm.epsilon)));
    const scale = tf.mul<Tensor1D>(gamma, inverse);
    return { inverse, scale, shift: tf.sub<Tensor1D>(beta, tf.mul(running.mean, scale)) };
  });
}
