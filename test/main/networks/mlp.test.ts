import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { activations } from '../../../main/contract/config.ts';
import { parseConfig } from '../../../main/contract/config.ts';
import type { NamedArray } from '../../../main/contract/results.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createNetwork, restoreWeights, weightsOf } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { createMlp, layerNames } from '../../../main/networks/mlp.ts';
import { refusal } from '../data/support.ts';
import { mlp, normals, shaken } from './support.ts';
import { mlpOf } from '../../support/configs.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

let before: number;
beforeEach(() => void (before = device.memory().tensors));
afterEach(() => expect(device.memory().tensors, 'tensors left behind').toBe(before));

const numbersOf = (weights: readonly NamedArray[], name: string) => weights.find((w) => w.name === name)?.data ?? new Float32Array();
const moments = (v: ArrayLike<number>) => {
  const mean = Array.from(v).reduce((s, a) => s + a, 0) / v.length;
  return { mean, variance: Array.from(v).reduce((s, a) => s + (a - mean) ** 2, 0) / v.length };
};

describe('what a network says of itself', () => {
  test('names of layers sort in their order, however many there are', () => {
    expect(layerNames(4)).toEqual(['layer1', 'layer2', 'layer3', 'layer4']);
    for (const n of [1, 9, 10, 64, 100]) expect(layerNames(n)).toEqual(layerNames(n).sort());
    expect(layerNames(12).slice(8, 10)).toEqual(['layer09', 'layer10']);
  });

  test('layers, widths and parameters, with biases and without', () => {
    const network = createMlp(device, mlp({ hidden: [7, 5] }), 1, 3, 2);
    const bare = createMlp(device, mlp({ hidden: [7, 5], bias: false }), 1, 3, 2);
    expect(network).toMatchObject({ layers: ['layer1', 'layer2'], widths: [7, 5], inputs: 3, classes: 2 });
    expect(weightsNow(network).map((w) => [w.name, w.shape])).toEqual([
      ['layer1.weight', [3, 7]],
      ['layer1.bias', [7]],
      ['layer2.weight', [7, 5]],
      ['layer2.bias', [5]],
      ['readout.weight', [5, 2]],
      ['readout.bias', [2]],
    ]);
    expect(weightsNow(bare).map((w) => w.name)).toEqual(['layer1.weight', 'layer2.weight', 'readout.weight']);
    network.dispose();
    bare.dispose();
  });

  test('a config names the network and its seed', () => {
    const config = parseConfig({ seed: 9, model: { hidden: [6], bias: false, parameterisation: 'ntk' } });
    const [network, same] = [createNetwork(device, config, [4], 3), createMlp(device, mlpOf(config), 9, 4, 3)];
    expect(weightsNow(network)).toEqual(weightsNow(same));
    network.dispose();
    same.dispose();
  });
});

describe('initial weights', () => {
  test.each(['standard', 'ntk'] as const)('%s: mean 0, variance 1/N_in or 1, biases 0', (parameterisation) => {
    const network = createMlp(device, mlp({ hidden: [200, 300], parameterisation }), 4, 100, 50);
    const weights = weightsNow(network);
    for (const [name, inputs] of [
      ['layer1.weight', 100],
      ['layer2.weight', 200],
      ['readout.weight', 300],
    ] as const) {
      const values = numbersOf(weights, name);
      const n = values.length;
      const expected = parameterisation === 'ntk' ? 1 : 1 / inputs;
      const { mean, variance } = moments(values);
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / n)); // 5 standard deviations of the mean of n normals
      expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / n)); // and of their variance
    }
    for (const name of ['layer1.bias', 'layer2.bias', 'readout.bias']) expect(numbersOf(weights, name).every((v) => v === 0)).toBe(true);
    network.dispose();
  });

  test('are the same for the same seed and no others for another', () => {
    const [a, again, other] = [1, 1, 2].map((seed) => createMlp(device, mlp(), seed, 6, 3));
    expect(weightsNow(again)).toEqual(weightsNow(a));
    const shared = weightsNow(other).flatMap((w, i) =>
      w.name.endsWith('.bias') ? [] : [...w.data].filter((v, j) => v === weightsNow(a)[i].data[j]),
    );
    expect(shared).toEqual([]);
    for (const n of [a, again, other]) n.dispose();
  });

  test('of the two parameterisations are the same numbers up to √N_in, so that the networks start equal', () => {
    const x = device.tf.tensor2d(normals(30, 8), [5, 6]);
    const [standard, ntk] = (['standard', 'ntk'] as const).map((parameterisation) => createMlp(device, mlp({ parameterisation }), 5, 6, 3));
    const outputs = [standard, ntk].map((n) => device.tf.tidy(() => n.forward(x).dataSync()));
    outputs[0].forEach((v, i) => expect(Math.abs(v - outputs[1][i])).toBeLessThan(1e-5)); // three layers of float32 roundings
    for (const t of [x, standard, ntk]) t.dispose();
  });
});

test.each(activations)('%s: a standard net with weights W equals an ntk net with weights W·√N_in', (activation) => {
  const standard = createMlp(device, mlp({ activation, hidden: [9, 16, 7] }), 1, 6, 3);
  const ntk = createMlp(device, mlp({ activation, hidden: [9, 16, 7], parameterisation: 'ntk' }), 2, 6, 3);
  const weights = shaken(standard, 20, 0.5);
  restoreWeights(device, standard, weights);
  restoreWeights(
    device,
    ntk,
    weights.map((w) => (w.name.endsWith('.bias') ? w : { ...w, data: Float32Array.from(w.data, (v) => v * Math.sqrt(w.shape[0])) })),
  );
  const x = device.tf.tensor2d(normals(60, 8), [10, 6]);
  device.tf.tidy(() => {
    const [a, b] = [standard, ntk].map((n) => n.features(x));
    for (const [l, layer] of [...a.layers, a.output].entries()) {
      const other = [...b.layers, b.output][l].dataSync();
      // sums of at most 16 products of size 1, twice rounded to float32 in four layers
      layer.dataSync().forEach((v, i) => expect(Math.abs(v - other[i])).toBeLessThan(5e-6 * (1 + Math.abs(v))));
    }
  });
  for (const t of [x, standard, ntk]) t.dispose();
});

describe('weights', () => {
  test('go out as copies and come back bit for bit', async () => {
    const network = createMlp(device, mlp(), 1, 6, 3);
    const kept = await weightsOf(network);
    const wanted = shaken(network, 3);
    restoreWeights(device, network, [...wanted].reverse()); // by name, in whatever order
    expect(await weightsOf(network)).toEqual(wanted);
    expect(weightsNow(network)).toEqual(wanted);
    expect(kept).not.toEqual(wanted); // the copies did not follow
    const out = await weightsOf(network);
    device.tf.tidy(() => device.ops.sgd(network.parameters[0].variable, device.tf.ones([6, 5]), { rate: 1 })); // in place
    expect(out).toEqual(wanted);
    expect(weightsNow(network)).not.toEqual(wanted);
    restoreWeights(device, network, out);
    wanted[0].data.fill(0);
    expect(numbersOf(weightsNow(network), 'layer1.weight').some((v) => v !== 0)).toBe(true);
    network.dispose();
  });

  test('of another network are refused by name and shape', async () => {
    const network = createMlp(device, mlp(), 1, 6, 3);
    const weights = weightsNow(network);
    const put = (w: NamedArray[]) => refusal(() => restoreWeights(device, network, w), 'failed');
    expect(await put(weights.slice(1))).toBe('weights: expected 6 arrays, got 5');
    expect(await put(weights.map((w) => (w.name === 'layer2.weight' ? { ...w, shape: [4, 5] } : w)))).toBe(
      'weights: expected layer2.weight [5,4], got [4,5]',
    );
    expect(await put(weights.map((w) => (w.name === 'readout.bias' ? { ...w, name: 'layer3.bias' } : w)))).toBe(
      'weights: expected readout.bias [3], got none',
    );
    expect(weightsNow(network)).toEqual(weights);
    network.dispose();
  });
});
