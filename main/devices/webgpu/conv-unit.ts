// A convolutional layer in training on the webgpu device, with its gradient: what convolution.ts and norm.ts have, put together.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvUnit } from '../convolution.ts';
import type { GpuBackend } from './backend.ts';
import { convolve, filterGradient, inputGradient } from './convolution.ts';
import { apply, backward, momentsOf } from './norm.ts';
import { place } from './updates.ts';

const tensor = (info: TensorInfo): Tensor4D => tf.engine().makeTensorFromTensorInfo(info) as Tensor4D;

/** Differentiable in w, β, γ, skip and, where `inputGradient`, x. `share`: of a batch in the running statistics */
export function convUnit(backend: GpuBackend, o: ConvUnit, { epsilon, share }: { epsilon: number; share: number }): Tensor4D {
  const { x, w, gamma, beta, skip, running, inputGradient: wanted } = o;
  const named = { w, beta, ...(gamma && { gamma }), ...(skip && { skip }), ...(wanted && { x }) };
  const names = Object.keys(named);
  const custom = tf.customGrad((...given) => {
    const save = given[names.length] as tf.GradSaveFunc;
    const y = tensor(convolve(backend, x, w));
    const kept: Tensor[] = [x, w, y];
    const taken = running && { mean: place(backend, running.mean), variance: place(backend, running.variance), take: share };
    if (gamma) kept.push(tensor(momentsOf(backend, y, taken)));
    save(kept);
    const norm = gamma && { stats: kept[3], gamma };
    return {
      value: tensor(apply(backend, { y, beta, norm, epsilon }, skip)),
      gradFunc: (given: Tensor | Tensor[], saved: Tensor[]) => {
        const dy = given as Tensor;
        const [sx, sw, sy, stats] = saved;
        const back = backward(backend, { y: sy, beta, norm: gamma && { stats, gamma }, epsilon }, dy);
        const [d, dbeta, dgamma] = [back.d, back.beta, back.gamma].map(tensor);
        const gradients: Record<string, () => Tensor> = {
          w: () => tensor(filterGradient(backend, sx, d, sw.shape)),
          beta: () => dbeta,
          gamma: () => dgamma,
          skip: () => dy.clone(),
          x: () => tensor(inputGradient(backend, d, sw, sx.shape)),
        };
        return names.map((name) => gradients[name]());
      },
    };
  });
  return custom(...(Object.values(named) as Tensor[]));
}
