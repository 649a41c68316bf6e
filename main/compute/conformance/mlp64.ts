// A multilayer perceptron in float64 by its textbook formulas, one sample and one weight at a time: what a device's is held against.
//   h⁰ = x,  z = h W + b,  h = φ(z),  f = h^L W + b,  L = (1/B) Σ_x ‖f(x) − y(x)‖²
import type { NamedArray } from '../../contract/results.ts';

export type Smooth = 'tanh' | 'relu';
interface Layer {
  name: string;
  W: Float64Array;
  b: Float64Array;
  inputs: number;
  outputs: number;
}
export interface Mlp64 {
  layers: Layer[];
  activation: Smooth;
}
/** Of one sample: what each layer's weights act on, x first, and f. */
interface Pass {
  h: Float64Array[];
  f: Float64Array;
}

/** From a network's weights in order: `layer1.weight`, `layer1.bias`, … `readout.bias`. */
export function mlp64(weights: readonly NamedArray[], activation: Smooth): Mlp64 {
  const byName = new Map(weights.map((w) => [w.name, w]));
  const layers = weights
    .filter((w) => w.name.endsWith('.weight'))
    .map(({ name, shape, data }): Layer => {
      const bias = byName.get(name.replace('.weight', '.bias'));
      const [inputs, outputs] = shape;
      return { name, W: Float64Array.from(data), b: Float64Array.from(bias ? bias.data : new Float32Array(outputs)), inputs, outputs };
    });
  return { layers, activation };
}

const phi = (z: number, a: Smooth): number => (a === 'tanh' ? Math.tanh(z) : Math.max(0, z));
const slope = (h: number, a: Smooth): number => (a === 'tanh' ? 1 - h * h : h > 0 ? 1 : 0);

export function pass({ layers, activation }: Mlp64, x: ArrayLike<number>): Pass {
  const h = [Float64Array.from(x)];
  for (const [l, { W, b, inputs, outputs }] of layers.entries()) {
    const z = b.slice();
    for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) z[o] += h[l][i] * W[i * outputs + o];
    h.push(l === layers.length - 1 ? z : z.map((v) => phi(v, activation)));
  }
  return { h, f: h.pop() as Float64Array };
}

/** Gradients of Σ_c d_c f_c at one sample, added to `into`: weights and biases of each layer in turn. */
export function pull({ layers, activation }: Mlp64, { h }: Pass, d: Float64Array, into: { W: Float64Array; b: Float64Array }[]): void {
  let delta = d;
  for (let l = layers.length - 1; l >= 0; l--) {
    const { W, inputs, outputs } = layers[l];
    const back = new Float64Array(inputs);
    for (let o = 0; o < outputs; o++) into[l].b[o] += delta[o];
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) {
        into[l].W[i * outputs + o] += h[l][i] * delta[o];
        back[i] += W[i * outputs + o] * delta[o];
      }
    delta = l === 0 ? back : back.map((v, i) => v * slope(h[l][i], activation));
  }
}

export const emptyGradients = ({ layers }: Mlp64) =>
  layers.map(({ W, b }) => ({ W: new Float64Array(W.length), b: new Float64Array(b.length) }));

/** Class-traced NTK, divided by C: K_xx′ = (1/C) Σ_c ∇f_c(x)·∇f_c(x′), through the whole Jacobian. x [P, D] → [P, P] */
export function ntk64(net: Mlp64, x: Float32Array, P: number): Float64Array {
  const D = x.length / P;
  const C = net.layers[net.layers.length - 1].outputs;
  const J = Array.from({ length: P }, (_, i) => {
    const made = pass(net, x.subarray(i * D, (i + 1) * D));
    return Array.from({ length: C }, (_, c) => {
      const gradients = emptyGradients(net);
      pull(net, made, Float64Array.from({ length: C }, (_, k) => Number(k === c)), gradients); // prettier-ignore
      return gradients.flatMap(({ W, b }) => [...W, ...b]);
    });
  });
  const K = new Float64Array(P * P);
  for (let i = 0; i < P; i++)
    for (let j = 0; j < P; j++)
      for (let c = 0; c < C; c++) for (let k = 0; k < J[i][c].length; k++) K[i * P + j] += (J[i][c][k] * J[j][c][k]) / C;
  return K;
}

/** `steps` updates of Adam on one batch; answers the losses before each. x [B, D], y [B, C] */
export function trainAdam64(net: Mlp64, x: Float32Array, y: Float32Array, B: number, o: { rate: number; steps: number }): number[] {
  const [D, C] = [x.length / B, y.length / B];
  const parameters = net.layers.flatMap(({ W, b }) => [W, b]);
  const [m, v] = [0, 1].map(() => parameters.map((p) => new Float64Array(p.length)));
  const losses: number[] = [];
  for (let t = 1; t <= o.steps; t++) {
    const gradients = emptyGradients(net);
    let loss = 0;
    for (let s = 0; s < B; s++) {
      const made = pass(net, x.subarray(s * D, (s + 1) * D));
      const off = made.f.map((f, c) => f - y[s * C + c]);
      loss += off.reduce((sum, e) => sum + e * e, 0) / B;
      pull(net, made, off.map((e) => (2 * e) / B), gradients); // prettier-ignore
    }
    losses.push(loss);
    gradients
      .flatMap(({ W, b }) => [W, b])
      .forEach((g, p) =>
        g.forEach((value, k) => {
          m[p][k] = 0.9 * m[p][k] + 0.1 * value;
          v[p][k] = 0.999 * v[p][k] + 0.001 * value * value;
          parameters[p][k] -= (o.rate * (m[p][k] / (1 - 0.9 ** t))) / (Math.sqrt(v[p][k] / (1 - 0.999 ** t)) + 1e-8);
        }),
      );
  }
  return losses;
}
