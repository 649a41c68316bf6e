// The class-traced NTK by layers against the inner products of gradients that define it (Eq. 6).
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activations } from '../../../main/contract/config.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { restoreWeights, type TangentLayer } from '../../../main/networks/index.ts';
import { createMlp } from '../../../main/networks/mlp.ts';
import { mlp, normals, shaken } from './support.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

const [batch, inputs, classes] = [5, 4, 3];
const x = normals(batch * inputs, 6);
const rowsOf = (t: Tensor2D) => Array.from({ length: t.shape[0] }, (_, i) => t.dataSync().subarray(i * t.shape[1], (i + 1) * t.shape[1]));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((s, v, i) => s + v * b[i], 0);
/** (scale·A Aᵀ + [bias]) ∘ Δ Δᵀ / C */
const part = ({ input, scale, bias, delta }: TangentLayer): number[] => {
  const [A, D] = [rowsOf(input), delta && rowsOf(delta)];
  return A.flatMap((a, i) => A.map((b, j) => (scale * dot(a, b) + (bias ? 1 : 0)) * (D ? dot(D[i], D[j]) / classes : 1)));
};

const cases = activations.flatMap((activation) =>
  (['standard', 'ntk'] as const).flatMap((parameterisation) =>
    [[6], [6, 5], [6, 5, 4]].map((hidden, i) => [activation, parameterisation, hidden, i % 2 === 0] as const),
  ),
);
test.each(cases)('%s, %s, hidden %j, biases %s', (activation, parameterisation, hidden, bias) => {
  const { tf } = device;
  const before = device.memory().tensors;
  const network = createMlp(device, mlp({ activation, parameterisation, hidden: [...hidden], bias }), 1, inputs, classes);
  restoreWeights(device, network, shaken(network, 20));
  const X = tf.tensor2d(x, [batch, inputs]);
  const layers = network.tangents(X);
  expect(layers.map((l) => l.name)).toEqual([...network.layers, 'readout']);

  const variables = network.parameters.map((p) => p.variable);
  /** ∇f_c(x_i) by parameter */
  const gradients = Array.from({ length: batch }, (_, i) =>
    Array.from({ length: classes }, (_, c) =>
      tf.tidy(() => {
        const chosen = tf.buffer([batch, classes]);
        chosen.set(1, i, c);
        const { grads } = tf.variableGrads(() => tf.sum(tf.mul(network.forward(X), chosen.toTensor())), variables);
        return network.parameters.map(({ name, variable }) => ({ layer: name.split('.')[0], data: grads[variable.name].dataSync() }));
      }),
    ),
  );
  for (const layer of layers) {
    const found = part(layer);
    for (let i = 0; i < batch; i++)
      for (let j = 0; j < batch; j++) {
        let expected = 0;
        for (let c = 0; c < classes; c++)
          gradients[i][c].forEach((g, p) => {
            if (g.layer === layer.name) expected += dot(g.data, gradients[j][c][p].data) / classes;
          });
        // float32 features and pull-backs through four layers of a few units
        expect(Math.abs(found[i * batch + j] - expected)).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
      }
  }
  tf.dispose(layers.flatMap(({ input, delta }) => (delta ? [input, delta] : [input])));
  tf.dispose(X);
  network.dispose();
  expect(device.memory().tensors).toBe(before);
});
