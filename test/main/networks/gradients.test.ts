import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activations } from '../../../main/contract/config.ts';
import type { NamedArray } from '../../../main/contract/results.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { restoreWeights } from '../../../main/networks/index.ts';
import { createMlp } from '../../../main/networks/mlp.ts';
import { meanSquaredError } from '../../../main/training/step.ts';
import { mlp, normals, reference, shaken } from './support.ts';

const [batch, inputs, classes] = [6, 3, 2];
const x = normals(batch * inputs, 1);
const y = normals(batch * classes, 2);

describe.each([true, false])('with the BLAS of the machine, where there is one: %s', (native) => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice('cpu', { native });
  });
  afterAll(() => device.dispose());

  const cases = activations.flatMap((activation) =>
    (['standard', 'ntk'] as const).flatMap((parameterisation) =>
      [true, false].map((bias) => [activation, parameterisation, bias ? 'biases' : 'no biases', bias] as const),
    ),
  );
  test.each(cases)('%s, %s, %s: outputs, features and gradients', (activation, parameterisation, _, bias) => {
    const model = mlp({ activation, parameterisation, bias });
    const { tf } = device;
    const before = device.memory().tensors;
    const network = createMlp(device, model, 3, inputs, classes);
    // ReLU has no derivative at 0: the weights of this seed keep every z further from 0 than the differences reach.
    const weights = shaken(network, 20, parameterisation === 'ntk' ? 1.2 : 0.7);
    restoreWeights(device, network, weights);
    const expected = reference(model, weights, x, inputs);

    const X = tf.tensor2d(x, [batch, inputs]);
    const Y = tf.tensor2d(y, [batch, classes]);
    const { layers, output } = network.features(X);
    // three layers of sums of at most 6 numbers of size 1: a dozen float32 roundings of 6e-8
    const near = (values: ArrayLike<number>, wanted: number[]) =>
      wanted.forEach((v, i) => expect(Math.abs(values[i] - v)).toBeLessThan(2e-6 * (1 + Math.abs(v))));
    layers.forEach((layer, l) => near(layer.dataSync(), expected.layers[l]));
    near(output.dataSync(), expected.output);
    expect([...tf.tidy(() => network.forward(X).dataSync())]).toEqual([...output.dataSync()]);

    const loss = (w: NamedArray[]) => reference(model, w, x, inputs).output.reduce((s, f, i) => s + (f - y[i]) ** 2, 0) / batch;
    const variables = network.parameters.map((p) => p.variable);
    const { value, grads } = tf.tidy(() => tf.variableGrads(() => meanSquaredError(device, network.forward(X), Y), variables));
    near(value.dataSync(), [loss(weights)]);

    const step = 1e-5;
    const smallest = Math.min(...expected.z.flat().map(Math.abs));
    if (activation === 'relu') expect(smallest).toBeGreaterThan(50 * step); // no kink is crossed
    network.parameters.forEach(({ variable }, p) => {
      const found = grads[variable.name].dataSync();
      for (let i = 0; i < variable.size; i++) {
        const moved = (by: number) =>
          loss(weights.map((w, q) => (q === p ? { ...w, data: Float64Array.from(w.data, (v, j) => (j === i ? v + by : v)) } : w)));
        const difference = (moved(step) - moved(-step)) / (2 * step);
        // differences: step² ≈ 1e-10 and 1e-16/step ≈ 1e-11; the gradient: some dozen float32 roundings of its terms
        expect(Math.abs(found[i] - difference)).toBeLessThan(5e-6 * (1 + Math.abs(difference)));
      }
    });
    tf.dispose([X, Y, value, grads, layers, output]);
    network.dispose();
    expect(device.memory().tensors).toBe(before);
  });
});
