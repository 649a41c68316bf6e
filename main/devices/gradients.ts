// Gradients of our own kernels. Each is a function that tfjs calls only for the inputs that need it.
import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { own } from './own.ts';

const product = (a: Tensor, b: Tensor, transA: boolean, transB: boolean, scale: tf.Attribute): Tensor2D =>
  tf.engine().runKernel<Tensor2D>(own.product, { a, b }, { transA, transB, scale });

/** h = φ(s·x w + b): δ = dy ∘ φ′, ∂x = s·δ wᵀ, ∂w = s·xᵀδ, ∂b = 1ᵀδ */
const dense: GradConfig = {
  kernelName: own.dense,
  inputsToSave: ['x', 'w'],
  outputsToSave: [true],
  gradFunc: (dy, [x, w, h], { scale, activation, bias }) => {
    const made = tf.engine().runKernel<Tensor[]>(own.delta, { dy: dy as Tensor, h }, { activation, sums: bias });
    const [delta, sums] = made;
    return {
      x: () => product(delta, w, false, true, scale),
      w: () => product(x, delta, true, false, scale),
      b: () => sums,
    };
  },
};

/** h = φ(z): ∂z = dy ∘ φ′, from z for erf and from h for the others */
const activate: GradConfig = {
  kernelName: own.activate,
  inputsToSave: ['z'],
  outputsToSave: [true],
  gradFunc: (dy, [z, h], { activation }) => ({
    z: () => tf.engine().runKernel<Tensor>(own.chain, { g: dy as Tensor, h: activation === 'erf' ? z : h }, { activation }),
  }),
};

/** Registers them once in tfjs's registry, which is the process's. */
export function registerGradients(): void {
  for (const config of [dense, activate]) if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);
}
