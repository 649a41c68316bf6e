// Updates of parameters on the webgpu device, in place: one pass over a parameter and what its optimiser keeps of it.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { AdamOptions } from '../ops.ts';
import type { GpuBackend } from './backend.ts';
import { each, elementwise, once, type Shader } from './shader.ts';

/** A variable whose values nothing else holds: a clone made before (a checkpoint, a tensor it was made from) keeps its own. */
export function place(backend: GpuBackend, p: Variable): Variable {
  if (backend.refCount(p.dataId) > 1) {
    const copy = backend.empty(p.shape);
    const shader = once('copy', (key) => elementwise({ key, reads: ['x'], writes: ['o'], each: 'o[i] = x[i];' }));
    each(backend, shader, p.size, { reads: [p], writes: [copy] });
    const tensor = tf.engine().makeTensorFromTensorInfo(copy);
    p.assign(tensor);
    tensor.dispose();
  }
  return p;
}

const shader = (name: string, writes: string[], numbers: string[], body: string): Shader =>
  once(name, (key) =>
    elementwise({ key, reads: ['g'], writes, numbers: Object.fromEntries(numbers.map((n) => [n, 'f32' as const])), each: body }),
  );

/** p ← p − rate·g */
export function sgd(backend: GpuBackend, p: Variable, g: Tensor, { rate }: { rate: number }): void {
  each(backend, shader('sgd', ['p'], ['rate'], 'p[i] -= u.rate * g[i];'), p.size, {
    reads: [g],
    writes: [place(backend, p)],
    numbers: { rate },
  });
}

/** v ← momentum·v + g, p ← p − rate·v */
export function momentum(backend: GpuBackend, p: Variable, g: Tensor, v: Variable, o: { rate: number; momentum: number }): void {
  const body = 'let next = u.momentum * v[i] + g[i]; v[i] = next; p[i] -= u.rate * next;';
  each(backend, shader('momentum', ['p', 'v'], ['rate', 'momentum'], body), p.size, {
    reads: [g],
    writes: [place(backend, p), place(backend, v)],
    numbers: { rate: o.rate, momentum: o.momentum },
  });
}

/** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − rate·m̂ / (√v̂ + ε), m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ) */
export function adam(backend: GpuBackend, p: Variable, g: Tensor, m: Variable, v: Variable, o: AdamOptions): void {
  const body = `
    let first = u.beta1 * m[i] + u.rest1 * g[i];
    let second = u.beta2 * v[i] + u.rest2 * (g[i] * g[i]);
    m[i] = first;
    v[i] = second;
    p[i] -= u.rate * first / (sqrt(second) * u.root + u.epsilon);`;
  const names = ['beta1', 'rest1', 'beta2', 'rest2', 'rate', 'root', 'epsilon'];
  each(backend, shader('adam', ['p', 'm', 'v'], names, body), p.size, {
    reads: [g],
    writes: [p, m, v].map((variable) => place(backend, variable)),
    numbers: {
      beta1: o.beta1,
      rest1: 1 - o.beta1,
      beta2: o.beta2,
      rest2: 1 - o.beta2,
      rate: o.rate / (1 - o.beta1 ** o.step),
      root: 1 / Math.sqrt(1 - o.beta2 ** o.step),
      epsilon: o.epsilon,
    },
  });
}
