// Multilayer perceptron of Section VI: z = s·W h + b, h = φ(z), readout linear.
//   standard: W ~ N(0, 1/N_in), s = 1          ntk: W ~ N(0, 1), s = 1/√N_in          b = 0 at the start, with factor 1 in both
import type { Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import type { MlpConfig } from '../contract/config.ts';
import type { Device } from '../devices/index.ts';
import { createGenerator, type Generator } from '../devices/random.ts';
import type { Network, Parameter, TangentLayer } from './index.ts';

interface DenseLayer {
  name: string;
  weight: Variable;
  bias: Variable | null;
  /** the factor s outside the weights */
  factor: number;
  inputs: number;
  outputs: number;
}

/** Names of the probed layers: layer1 …, padded so that they sort in order. */
export const layerNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `layer${String(i + 1).padStart(String(count).length, '0')}`);

function createLayer(device: Device, model: MlpConfig, g: Generator, name: string, inputs: number, outputs: number): DenseLayer {
  const { tf } = device;
  const ntk = model.parameterisation === 'ntk';
  const deviation = ntk ? 1 : 1 / Math.sqrt(inputs);
  const start = Float32Array.from({ length: inputs * outputs }, () => deviation * g.normal());
  const variable = (values: Float32Array, shape: number[]): Variable => {
    const value = tf.tensor(values, shape);
    const made = tf.variable(value);
    value.dispose();
    return made;
  };
  return {
    name,
    weight: variable(start, [inputs, outputs]),
    bias: model.bias ? variable(new Float32Array(outputs), [outputs]) : null,
    factor: ntk ? 1 / Math.sqrt(inputs) : 1,
    inputs,
    outputs,
  };
}

/** An MLP with its weights drawn from the seed. */
export function createMlp(device: Device, model: MlpConfig, seed: number, inputs: number, classes: number): Network {
  const { tf, ops } = device;
  const g = createGenerator(seed, 'weights');
  const names = [...layerNames(model.hidden.length), 'readout'];
  const sizes = [inputs, ...model.hidden, classes];
  const layers = names.map((name, i) => createLayer(device, model, g, name, sizes[i], sizes[i + 1]));
  const readout = layers[layers.length - 1];
  const hidden = layers.slice(0, -1);
  const { activation } = model;

  const dense = (layer: DenseLayer, h: Tensor2D, linear: boolean) =>
    ops.dense(h, layer.weight as Tensor2D, layer.bias as Tensor1D | null, {
      scale: layer.factor,
      activation: linear ? 'linear' : activation,
    });

  function features(x: Tensor2D): { layers: Tensor2D[]; output: Tensor2D } {
    const out: Tensor2D[] = [];
    let h = x;
    for (const layer of hidden) out.push((h = dense(layer, h, false)));
    return { layers: out, output: dense(readout, h, true) };
  }

  /** φ′ at every hidden layer; from h where φ′ can be had from it, else from z. */
  function slopes(x: Tensor2D): { activations: Tensor2D[]; slopes: Tensor2D[] } {
    const activations: Tensor2D[] = [x];
    const found: Tensor2D[] = [];
    for (const layer of hidden) {
      const h = activations[activations.length - 1];
      if (activation === 'erf') {
        const z = dense(layer, h, true);
        activations.push(ops.activate(z, activation));
        found.push(ops.derivative(z, activation));
      } else {
        activations.push(dense(layer, h, false));
        found.push(ops.derivative(activations[activations.length - 1], activation));
      }
    }
    return { activations, slopes: found };
  }

  /** [n, C·m]: w_nc W_mn, the readout's weights w [n, C] times those of the layer under it, W [m, n] scaled. With it all C pull-backs
   *  through the last hidden layer are one product. */
  function outer(W: Tensor2D, n: number): Tensor2D {
    const w = tf.reshape(tf.mul(readout.weight, readout.factor), [n, classes, 1]);
    return tf.reshape(tf.matMul(w, tf.reshape(tf.transpose(W), [n, 1, W.shape[0]])), [n, classes * W.shape[0]]);
  }

  /** All C pull-backs of a layer at once: D [B·C, N] holds D_c = ∂f_c/∂z, sample by sample. */
  function tangents(x: Tensor2D): TangentLayer[] {
    const made: TangentLayer[] = [];
    tf.tidy(() => {
      const batch = x.shape[0];
      const { activations, slopes: slope } = slopes(x);
      const spread = (s: Tensor2D) => tf.reshape(s, [batch, 1, s.shape[1]]);
      const deltas: (Tensor2D | null)[] = [null];
      const wide = (t: Tensor2D, n: number): Tensor3D => tf.reshape(t, [batch, classes, n]);
      let D: Tensor2D | null = null;
      for (let l = hidden.length - 1; l >= 0; l--) {
        const W = tf.mul<Tensor2D>(layers[l + 1].weight, layers[l + 1].factor);
        const n = hidden[l].outputs;
        if (l === hidden.length - 1) {
          // D_c = φ′(z) ∘ W_c, so Σ_c D_c D_cᵀ = Σ_n φ′_n φ′_n′ ‖W_n‖²: the C columns collapse to one of width N.
          deltas.unshift(tf.mul<Tensor2D>(slope[l], tf.sqrt(tf.sum(tf.square(W), 1))));
          continue;
        }
        const above = hidden[l + 1].outputs;
        const back: Tensor3D = wide(D === null ? tf.matMul(slope[l + 1], outer(W, above)) : tf.matMul(D, W, false, true), n);
        const masked = tf.mul<Tensor3D>(back, spread(slope[l]));
        D = tf.reshape(masked, [batch * classes, n]);
        deltas.unshift(tf.reshape(masked, [batch, classes * n]));
      }
      for (const [l, { name, factor, bias }] of layers.entries())
        made.push({ name, input: l === 0 ? tf.clone(x) : activations[l], scale: factor ** 2, bias: bias !== null, delta: deltas[l] });
      return made.flatMap(({ input, delta }) => (delta ? [input, delta] : [input]));
    });
    return made;
  }

  const parameters: Parameter[] = layers.flatMap(({ name, weight, bias }) => [
    { name: `${name}.weight`, variable: weight },
    ...(bias ? [{ name: `${name}.bias`, variable: bias }] : []),
  ]);
  return {
    layers: hidden.map((l) => l.name),
    widths: hidden.map((l) => l.outputs),
    inputs,
    classes,
    parameters,
    buffers: [],
    sampleBytes: {
      forward: 4 * sizes.reduce((a, b) => a + b, 0),
      tangents: 4 * (sizes.slice(0, -1).reduce((a, b) => a + b, 0) + classes * model.hidden.reduce((a, b) => a + b, 0)),
    },
    forward: (x) => features(x).output,
    forwardInTraining: (x) => features(x).output,
    features,
    tangents,
    dispose: () => parameters.forEach(({ variable }) => variable.dispose()),
  };
}
