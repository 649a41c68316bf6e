// Updates of parameters: one pass in place on the cpu and webgpu devices, composed and assigned elsewhere.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { CpuBackend } from './cpu/backend.ts';
import { cpuBackend as cpu } from './cpu/current.ts';
import type { AdamOptions } from './ops.ts';
import { gpuBackend } from './webgpu/current.ts';
import * as gpu from './webgpu/updates.ts';

/** Where a variable's values lie, held by nothing else: a clone made before (a checkpoint, a tensor it was made from) keeps its values. */
function place(backend: CpuBackend, p: Variable): number {
  if (backend.refCount(p.dataId) > 1) {
    const copy = tf.tensor(backend.view(p), p.shape, 'float32');
    p.assign(copy);
    copy.dispose();
  }
  return backend.offset(p);
}

/** p ← p − rate·g */
export function sgd(p: Variable, g: Tensor, { rate }: { rate: number }): void {
  const backend = cpu();
  const there = gpuBackend();
  if (backend) backend.kernels.optimizers.sgd(place(backend, p), backend.offset(g), p.size, rate);
  else if (there) gpu.sgd(there, p, g, { rate });
  else tf.tidy(() => p.assign(tf.sub(p, tf.mul(g, rate))));
}

/** v ← momentum·v + g, p ← p − rate·v */
export function momentum(p: Variable, g: Tensor, v: Variable, o: { rate: number; momentum: number }): void {
  const backend = cpu();
  if (backend) {
    backend.kernels.optimizers.momentum(place(backend, p), backend.offset(g), place(backend, v), p.size, o.rate, o.momentum);
    return;
  }
  const there = gpuBackend();
  if (there) return gpu.momentum(there, p, g, v, o);
  tf.tidy(() => {
    v.assign(tf.add(tf.mul(v, o.momentum), g));
    p.assign(tf.sub(p, tf.mul(v, o.rate)));
  });
}

/** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − rate·m̂ / (√v̂ + ε), m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ) */
export function adam(p: Variable, g: Tensor, m: Variable, v: Variable, o: AdamOptions): void {
  const there = gpuBackend();
  if (there) return gpu.adam(there, p, g, m, v, o);
  const { rate, beta1, beta2, epsilon, step } = o;
  const backend = cpu();
  const scaled = rate / (1 - beta1 ** step);
  const root = 1 / Math.sqrt(1 - beta2 ** step);
  if (backend) {
    const [P, M, V] = [p, m, v].map((variable) => place(backend, variable));
    backend.kernels.optimizers.adam(P, backend.offset(g), M, V, p.size, beta1, 1 - beta1, beta2, 1 - beta2, scaled, root, epsilon);
    return;
  }
  tf.tidy(() => {
    m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
    v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
    p.assign(tf.sub(p, tf.div(tf.mul(m, scaled), tf.add(tf.mul(tf.sqrt(v), root), epsilon))));
  });
}
