// A small network's tangent kernel two ways: by tiles, and from explicit gradients of every output at every sample.
import type { Variable } from '@tensorflow/tfjs-core';
import { defaultConfig, type MlpConfig } from '../../../main/contract/config.ts';
import type { Device } from '../../../main/devices/index.ts';
import { tangentKernel, type TangentKernelOptions } from '../../../main/kernels/ntk.ts';
import { createNetwork, type Network } from '../../../main/networks/index.ts';
import { gaussians, multiply, type Matrix } from '../../support/numerics.ts';

export interface Case {
  model: Partial<MlpConfig>;
  P: number;
  D: number;
  classes: number;
  seed?: number;
}
export interface Made extends Case {
  network: Network;
  /** [P, D] */
  x: Float32Array;
  /** one-hot [P, C], classes in turn */
  y: Float32Array;
  /** f(x) [P, C] */
  outputs: Float32Array;
}

/** A network with random weights and, unlike at the start of training, random biases; inputs, targets, outputs. */
export function make(device: Device, c: Case): Made {
  const config = defaultConfig();
  config.seed = c.seed ?? 1;
  Object.assign(config.model, c.model);
  const network = createNetwork(device, config, [c.D], c.classes);
  const next = gaussians(7 + config.seed);
  const { tf } = device;
  for (const { name, variable } of network.parameters)
    if (name.endsWith('.bias'))
      tf.tidy(() =>
        variable.assign(
          tf.tensor(
            Float32Array.from({ length: variable.size }, () => 0.3 * next()),
            variable.shape,
          ),
        ),
      );
  const x = Float32Array.from({ length: c.P * c.D }, next);
  const y = new Float32Array(c.P * c.classes);
  for (let i = 0; i < c.P; i++) y[i * c.classes + (i % c.classes)] = 1;
  const outputs = tf.tidy(() => Float32Array.from(network.forward(tf.tensor2d(x, [c.P, c.D])).dataSync()));
  return { ...c, network, x, y, outputs };
}

export const kernelOf = (device: Device, { network, ...made }: Made, o: Partial<TangentKernelOptions> = {}) =>
  tangentKernel({ device, tangents: (t) => network.tangents(t), keep: true, ...made, ...o });

/** ∇f_i(x) for every sample and output → J[sample][output], each a list of all parameters in the network's order. */
export function gradients(device: Device, { network, x, P, D, classes }: Made): number[][][] {
  const { tf } = device;
  const variables: Variable[] = network.parameters.map((p) => p.variable);
  return Array.from({ length: P }, (_, i) =>
    Array.from({ length: classes }, (_, c) =>
      tf.tidy(() => {
        const one = tf.tensor2d(
          Float32Array.from({ length: classes }, (_, k) => +(k === c)),
          [1, classes],
        );
        const f = () => network.forward(tf.tensor2d(x.slice(i * D, (i + 1) * D), [1, D]));
        const { grads } = tf.variableGrads(() => tf.sum(tf.mul(f(), one)), variables);
        return variables.flatMap((v) => Array.from(grads[v.name].dataSync()));
      }),
    ),
  );
}

/** (1/C) Σ_c J_c J_cᵀ in float64 */
export function bruteForce(J: number[][][]): Matrix {
  const C = J[0].length;
  const sum = J.map(() => J.map(() => 0));
  for (let c = 0; c < C; c++) {
    const rows = J.map((sample) => sample[c]);
    const K = multiply(
      rows,
      rows[0].map((_, k) => rows.map((r) => r[k])),
    );
    for (const [i, row] of K.entries()) for (const [j, v] of row.entries()) sum[i][j] += v / C;
  }
  return sum;
}

/** Largest deviation relative to the largest element. */
export function deviation(K: ArrayLike<number>, want: Matrix): number {
  const flat = want.flat();
  const most = Math.max(...flat.map(Math.abs));
  return Math.max(...flat.map((v, k) => Math.abs(v - K[k]))) / most;
}
