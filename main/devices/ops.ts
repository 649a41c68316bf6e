// Operations that training and kernels are written in: fused kernels where the current backend has them, plain tfjs otherwise.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Activation } from '../contract/config.ts';
import { cpuBackend } from './cpu/current.ts';
import { convAffine, convUnit, foldNorm, type ConvUnit, type Folded } from './convolution.ts';
import { own } from './own.ts';
import * as shares from './cpu/shares.ts';
import { registerDerivatives } from './derivatives.ts';
import { registerGradients } from './gradients.ts';
import { plainOps } from './plain.ts';
import { adam, momentum, sgd } from './updates.ts';
import { gpuBackend } from './webgpu/current.ts';
import * as gpuShares from './webgpu/shares.ts';

export interface Ops {
  /** φ(scale·x w + b), differentiable in x, w and b. x [B, I], w [I, O], b [O] or null → [B, O] */
  dense(x: Tensor2D, w: Tensor2D, b: Tensor1D | null, o: { scale: number; activation: Activation }): Tensor2D;
  /** φ(z), differentiable */
  activate(z: Tensor2D, a: Activation): Tensor2D;
  /** φ′ from the layer's output h = φ(z) for linear, relu and tanh, and from z itself for erf */
  derivative(h: Tensor2D, a: Activation): Tensor2D;
  /** K + (scale·A + add) ∘ B, all [m, n]; consumes K, in place where nothing else holds its values; null starts at 0 */
  accumulateProduct(K: Tensor2D | null, A: Tensor2D, scale: number, add: number, B: Tensor2D): Tensor2D;
  /** Adds a share T [m, n] of a kernel's tile to S [m, n] and answers T's moments with the tile L of another kernel, summed in float64 (on a
   *  GPU in two float32 within blocks of 64 × 64). Consumes S: go on with the answer's `sum`; null starts at 0. L may be disposed at once. */
  addShare(S: Tensor2D | null, share: Share<Tensor2D>, L: Tensor2D): { sum: Tensor2D; moments: Promise<ShareMoments> };
  /** ⟨A, B⟩ likewise; A and B of one shape, which may change or be disposed at once */
  innerProduct(A: Tensor2D, B: Tensor2D): Promise<number>;
  /** A tensor's values to be read before it is disposed: not copied where the device's memory can be looked into */
  peek(x: Tensor2D): Promise<Float32Array>;
  /** A convolutional layer in training: batch norm by the batch's moments, relu, skip connection; differentiable */
  convUnit(o: ConvUnit): Tensor4D;
  /** The same with one scale and shift a channel, as in use: relu(scale·conv(x, w) + shift) + skip; not differentiable */
  convAffine(x: Tensor4D, w: Tensor4D, scale: Tensor1D, shift: Tensor1D, skip: Tensor4D | null): Tensor4D;
  /** Batch norm with its running statistics as one scale and shift a channel, and 1/√(σ² + ε); not differentiable */
  foldNorm(gamma: Tensor, beta: Tensor, running: { mean: Tensor; variance: Tensor }): Folded;
  /** p ← p − rate·g */
  sgd(p: Variable, g: Tensor, o: { rate: number }): void;
  /** v ← momentum·v + g, p ← p − rate·v */
  momentum(p: Variable, g: Tensor, velocity: Variable, o: { rate: number; momentum: number }): void;
  /** Adam (Kingma & Ba 2015) with both bias corrections; `step` counts from 1; epsilon is added to √v̂ */
  adam(p: Variable, g: Tensor, m: Variable, v: Variable, o: AdamOptions): void;
}
/** T = (scale·a + add) ∘ b, or scale·a + add where b is null */
export interface Share<T> {
  a: T;
  scale: number;
  add: number;
  b: T | null;
}
export interface ShareMoments {
  /** ⟨T, T⟩ and ⟨T, L⟩ */
  square: number;
  product: number;
  /** Σ_k T_kk */
  trace: number;
  /** row sums [m] and column sums [n] */
  rows: Float64Array;
  columns: Float64Array;
}
export interface AdamOptions {
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  step: number;
}

const fused = (name: string): boolean => Boolean(tf.getKernel(name, tf.getBackend()));
const run = (name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap): Tensor2D =>
  tf.engine().runKernel<Tensor2D>(name, inputs, attrs);

const shape = (t: Tensor): string => `[${t.shape.join()}]`;

function checkDense(x: Tensor2D, w: Tensor2D, b: Tensor1D | null): void {
  const fits = x.rank === 2 && w.rank === 2 && x.shape[1] === w.shape[0] && (!b || (b.rank === 1 && b.shape[0] === w.shape[1]));
  tf.util.assert(fits, () => `dense: x ${shape(x)}, w ${shape(w)} and b ${b ? shape(b) : 'null'} do not fit`);
}

function checkSame(what: string, ...tensors: Tensor[]): void {
  const first = shape(tensors[0]);
  tf.util.assert(
    tensors.every((t) => shape(t) === first),
    () => `${what}: shapes differ: ${tensors.map(shape).join(', ')}`,
  );
}

/** The operations on whatever backend is tfjs's current one when they are called. */
export function createOps(): Ops {
  registerDerivatives();
  registerGradients();
  const ops: Ops = {
    dense(x, w, b, { scale, activation }) {
      checkDense(x, w, b);
      if (!fused(own.dense)) return plainOps.dense(x, w, b, { scale, activation });
      const inputs: tf.NamedTensorMap = b ? { x, w, b } : { x, w };
      // erf's derivative needs z, which only an operation of its own keeps.
      const within = activation === 'erf' ? 'linear' : activation;
      const z = run(own.dense, inputs, { scale, activation: within, bias: Boolean(b) });
      if (activation !== 'erf') return z;
      const h = ops.activate(z, 'erf');
      z.dispose();
      return h;
    },
    activate: (z, activation) => (fused(own.activate) ? run(own.activate, { z }, { activation }) : plainOps.activate(z, activation)),
    derivative(h, activation) {
      if (!fused(own.chain)) return plainOps.derivative(h, activation);
      return tf.tidy(() => run(own.chain, { g: tf.onesLike(h), h }, { activation }));
    },
    accumulateProduct(K, A, scale, add, B) {
      checkSame('accumulateProduct', ...(K ? [K] : []), A, B);
      if (!fused(own.accumulateProduct)) return plainOps.accumulateProduct(K, A, scale, add, B);
      const inPlace = K !== null && tf.backend().refCount(K.dataId) === 1;
      const inputs: tf.NamedTensorMap = K ? { k: K, a: A, b: B } : { a: A, b: B };
      const result = run(own.accumulateProduct, inputs, { scale, add, inPlace });
      K?.dispose();
      return result;
    },
    addShare(S, share, L) {
      checkSame('addShare', ...(S ? [S] : []), share.a, ...(share.b ? [share.b] : []), L);
      const backend = cpuBackend();
      if (backend) {
        const sum = S ?? run(own.empty, { like: L }, {});
        return { sum, moments: Promise.resolve(shares.addShare(backend, sum, S !== null, share, L)) };
      }
      const gpu = gpuBackend();
      return gpu ? gpuShares.addShare(gpu, S, share, L) : plainOps.addShare(S, share, L);
    },
    async innerProduct(A, B) {
      checkSame('innerProduct', A, B);
      const backend = cpuBackend();
      if (backend) return shares.innerProduct(backend, A, B);
      const gpu = gpuBackend();
      return gpu ? gpuShares.innerProduct(gpu, A, B) : plainOps.innerProduct(A, B);
    },
    async peek(x) {
      const backend = cpuBackend();
      if (backend) return backend.view(x) as Float32Array;
      const gpu = gpuBackend();
      return gpu ? gpu.peek(x) : x.data<'float32'>();
    },
    convUnit,
    convAffine,
    foldNorm,
    sgd: (p, g, o) => (checkSame('sgd', p, g), sgd(p, g, o)),
    momentum: (p, g, v, o) => (checkSame('momentum', p, g, v), momentum(p, g, v, o)),
    adam: (p, g, m, v, o) => (checkSame('adam', p, g, m, v), adam(p, g, m, v, o)),
  };
  return ops;
}
