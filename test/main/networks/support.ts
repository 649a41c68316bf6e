// Small networks, and an MLP of its own in float64: plain loops over the definition.
import type { Activation, MlpConfig } from '../../../main/contract/config.ts';
import type { NamedArray } from '../../../main/contract/results.ts';
import type { Network } from '../../../main/networks/index.ts';
import { gaussians } from '../../support/numerics.ts';

export const mlp = (change: Partial<MlpConfig> = {}): MlpConfig => ({
  kind: 'mlp',
  hidden: [5, 4],
  activation: 'tanh',
  bias: true,
  parameterisation: 'standard',
  ...change,
});

/** Normal numbers, rounded to float32. */
export function normals(n: number, seed: number): Float32Array {
  const next = gaussians(seed);
  return Float32Array.from({ length: n }, next);
}

/** erf by its power series, exact to rounding for |z| < 5 */
function erf(z: number): number {
  let [term, sum] = [z, z];
  for (let n = 1; n < 200; n++) sum += (term *= (-z * z) / n) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * sum;
}
const phi: Record<Activation, (z: number) => number> = { relu: (z) => Math.max(0, z), tanh: Math.tanh, erf, linear: (z) => z };

export interface Reference {
  /** pre-activations of the hidden layers, layer by layer */
  z: number[][];
  /** features of the hidden layers, [B·N] each */
  layers: number[][];
  output: number[];
}

/** z = s·W h + b, h = φ(z), readout linear, with s = 1/√N_in under `ntk`. */
export function reference(model: MlpConfig, weights: readonly NamedArray[], x: ArrayLike<number>, inputs: number): Reference {
  const of = new Map(weights.map((w) => [w.name, w]));
  const names = weights.filter((w) => w.name.endsWith('.weight')).map((w) => w.name.slice(0, -7));
  const made: Reference = { z: [], layers: [], output: [] };
  const batch = x.length / inputs;
  let h = Array.from(x);
  for (const name of names) {
    const W = of.get(`${name}.weight`) as NamedArray;
    const b = of.get(`${name}.bias`);
    const [from, to] = W.shape;
    const s = model.parameterisation === 'ntk' ? 1 / Math.sqrt(from) : 1;
    const z = new Array<number>(batch * to).fill(0);
    for (let i = 0; i < batch; i++)
      for (let o = 0; o < to; o++) {
        for (let k = 0; k < from; k++) z[i * to + o] += s * h[i * from + k] * W.data[k * to + o];
        z[i * to + o] += b ? b.data[o] : 0;
      }
    if (name === 'readout') made.output = z;
    else {
      h = z.map(phi[model.activation]);
      made.z.push(z);
      made.layers.push(h);
    }
  }
  return made;
}

/** Gives every parameter, the biases too, numbers of its own. */
export const shaken = (network: Network, seed: number, size = 0.7): NamedArray[] =>
  network.parameters.map(({ name, variable }, i) => ({
    name,
    shape: [...variable.shape],
    data: normals(variable.size, seed + i).map((v) => v * size),
  }));
