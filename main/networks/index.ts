// Networks as lists of layers with probes. What kernels, training and the store need of one, whatever its kind.
import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../contract/config.ts';
import type { NamedArray } from '../contract/results.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { Device } from '../devices/index.ts';
import { createMlp } from './mlp.ts';

export interface Parameter {
  /** `layer1.weight`, `layer1.bias`, … `readout.weight`, `readout.bias` */
  name: string;
  variable: Variable;
}

/** One weight layer's part in the class-traced NTK: (scale·A Aᵀ + [bias]) ∘ (Δ Δᵀ)/C. */
export interface TangentLayer {
  name: string;
  /** A [B, N_in]: what the layer's weights act on */
  input: Tensor2D;
  /** square of the factor outside the weights: 1, or 1/N_in */
  scale: number;
  bias: boolean;
  /** Δ [B, ·] with Δ Δᵀ = Σ_c D_c D_cᵀ; null for the readout, whose part is K^(L) = scale·A Aᵀ + [bias], divided by C already */
  delta: Tensor2D | null;
}

export interface Network {
  /** probed layers in order, without the output */
  readonly layers: readonly string[];
  /** features of each probed layer */
  readonly widths: readonly number[];
  readonly inputs: number;
  readonly classes: number;
  readonly parameters: readonly Parameter[];
  /** x [B, inputs] → f(x) [B, classes], differentiable */
  forward(x: Tensor2D): Tensor2D;
  /** ψ^(ℓ)(x) [B, N_ℓ] of every probed layer, and f(x) */
  features(x: Tensor2D): { layers: Tensor2D[]; output: Tensor2D };
  /** for the NTK (Eq. 6), layer by layer; the readout last */
  tangents(x: Tensor2D): TangentLayer[];
  dispose(): void;
}

/** The network of a config with its initial weights, drawn from the config's seed. */
export function createNetwork(device: Device, config: RunConfig, inputs: number, classes: number): Network {
  return createMlp(device, config.model, config.seed, inputs, classes);
}

/** Copies of all weights: dense ones N_in × N_out. */
export const weightsOf = (network: Network): NamedArray[] =>
  network.parameters.map(({ name, variable }) => ({ name, shape: [...variable.shape], data: Float32Array.from(variable.dataSync()) }));

/** Puts weights back. @throws `failed` where names or shapes are another network's */
export function restoreWeights(device: Device, network: Network, weights: readonly NamedArray[]): void {
  const byName = new Map(weights.map((w) => [w.name, w]));
  if (weights.length !== network.parameters.length)
    throw new KernelscopeError('failed', `weights: expected ${network.parameters.length} arrays, got ${weights.length}`);
  for (const { name, variable } of network.parameters) {
    const w = byName.get(name);
    if (!w || w.shape.join() !== variable.shape.join())
      throw new KernelscopeError(
        'failed',
        `weights: expected ${name} [${variable.shape.join()}], got ${w ? `[${w.shape.join()}]` : 'none'}`,
      );
    const value = device.tf.tensor(w.data, w.shape, 'float32');
    variable.assign(value);
    value.dispose();
  }
}
