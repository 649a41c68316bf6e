// Networks as lists of layers with probes. What kernels, training and the store need of one, whatever its kind.
import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../contract/config.ts';
import type { NamedArray } from '../contract/results.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { Device } from '../devices/index.ts';
import { createMlp } from './mlp.ts';
import { createResnet11 } from './resnet11.ts';

export { resnet11Layers, type ConvLayerShape } from './resnet11-layers.ts';

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
  /** what training keeps beside the parameters: running means and variances of batch norm */
  readonly buffers: readonly Parameter[];
  /** bytes on the device that each sample of a batch takes in `forward`, at least; and in `tangents` */
  readonly sampleBytes: { forward: number; tangents: number };
  /** x [B, inputs] → f(x) [B, classes], differentiable; batch norm by its running statistics */
  forward(x: Tensor2D): Tensor2D;
  /** f(x) as a training step has it: batch norm by the batch's statistics, which its running ones take up */
  forwardInTraining(x: Tensor2D): Tensor2D;
  /** ψ^(ℓ)(x) [B, N_ℓ] of every probed layer, and f(x); as `forward` */
  features(x: Tensor2D): { layers: Tensor2D[]; output: Tensor2D };
  /** for the NTK (Eq. 6), layer by layer; the readout last; as `forward` */
  tangents(x: Tensor2D): TangentLayer[];
  dispose(): void;
}

/** The network of a config with its initial weights, drawn from the config's seed. shape: of one sample
 *  @throws `bad-input` for a network that such samples do not fit */
export function createNetwork(device: Device, config: RunConfig, shape: readonly number[], classes: number): Network {
  const { model, seed, analysis } = config;
  if (model.kind === 'mlp')
    return createMlp(
      device,
      model,
      seed,
      shape.reduce((a, b) => a * b, 1),
      classes,
    );
  return createResnet11(device, model, { seed, shape, classes, convFeatures: analysis.convFeatures });
}

const everything = (network: Network): Parameter[] => [...network.parameters, ...network.buffers];

/** Copies of all weights, and of batch norm's running statistics: dense weights N_in × N_out, convolutions H × W × in × out. */
export const weightsOf = (network: Network): Promise<NamedArray[]> => arraysOf(everything(network));

/** Copies of variables by their names. */
export const arraysOf = (all: readonly Parameter[]): Promise<NamedArray[]> =>
  Promise.all(
    all.map(async ({ name, variable }) => ({ name, shape: [...variable.shape], data: Float32Array.from(await variable.data()) })),
  );

/** Puts weights back. @throws `failed` where names or shapes are another network's; then nothing is changed */
export function restoreWeights(device: Device, network: Network, weights: readonly NamedArray[]): void {
  const byName = new Map(weights.map((w) => [w.name, w]));
  const all = everything(network);
  if (weights.length !== all.length) throw new KernelscopeError('failed', `weights: expected ${all.length} arrays, got ${weights.length}`);
  const found = all.map(({ name, variable }) => {
    const w = byName.get(name);
    if (!w || w.shape.join() !== variable.shape.join())
      throw new KernelscopeError(
        'failed',
        `weights: expected ${name} [${variable.shape.join()}], got ${w ? `[${w.shape.join()}]` : 'none'}`,
      );
    return { variable, w };
  });
  for (const { variable, w } of found) {
    const value = device.tf.tensor(w.data, w.shape, 'float32');
    variable.assign(value);
    value.dispose();
  }
}
