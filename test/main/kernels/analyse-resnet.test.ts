// Snapshots of a network with batch norm: no stored number depends on the order of the probe samples, nor on how they are cut into batches.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import type { ProbeSet, SplitAnalysis } from '../../../main/contract/results.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { analyseSplit } from '../../../main/kernels/analyse.ts';
import { layerFeatures } from '../../../main/kernels/layer-features.ts';
import { createNetwork, type Network } from '../../../main/networks/index.ts';
import { createStep } from '../../../main/training/step.ts';
import { gaussians } from '../../support/numerics.ts';

const [side, channels, classes, P] = [8, 3, 4, 40];
const D = side * side * channels;
const config = parseConfig({
  model: { kind: 'resnet11', width: 0.0625 },
  data: { train: 100, test: 100 },
  training: { batchSize: 20 },
  analysis: { probe: { train: P, test: P } },
});

let device: Device;
let network: Network;
beforeAll(async () => {
  device = await openDevice('cpu');
  network = createNetwork(device, config, [side, side, channels], classes);
  const step = createStep(device, network, config);
  const { tf } = device;
  for (let i = 0; i < 6; i++)
    tf.tidy(() => {
      const { x, y } = probe(20, 50 + i);
      step.run(tf.tensor2d(x, [20, D]), tf.tensor2d(y, [20, classes]), 0.02);
    });
  step.dispose();
});
afterAll(() => {
  network.dispose();
  device.dispose();
});

function probe(count: number, seed: number): ProbeSet {
  const next = gaussians(seed);
  const y = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) y[i * classes + (i % classes)] = 1;
  const x = Float32Array.from({ length: count * D }, next);
  return { ids: Int32Array.from({ length: count }, (_, i) => i), x, xShape: [count, side, side, channels], y, classes };
}

/** The same samples in another order. */
function reordered({ ids, x, y, xShape }: ProbeSet): ProbeSet {
  const order = Array.from(ids, (_, i) => (i * 17 + 5) % P);
  const rows = (values: Float32Array, n: number) => Float32Array.from(order.flatMap((i) => [...values.subarray(i * n, (i + 1) * n)]));
  return { ids: Int32Array.from(order, (i) => ids[i]), x: rows(x, D), y: rows(y, classes), xShape, classes };
}

/** Every number of an analysis by its place. */
function numbers({ layers, spectra, ntk }: SplitAnalysis): [string, number][] {
  const found: [string, number][] = [];
  const walk = (place: string, value: unknown): void => {
    if (typeof value === 'number') found.push([place, value]);
    else if (ArrayBuffer.isView(value) || Array.isArray(value))
      Array.from(value as ArrayLike<unknown>).forEach((v, i) => walk(`${place}/${i}`, v));
    else if (typeof value === 'object' && value !== null) for (const [k, v] of Object.entries(value)) walk(`${place}/${k}`, v);
  };
  walk('layers', layers);
  walk('ntk', ntk);
  // Spectra are compared as eigenvalues and as C(k) where an eigenspace ends: at each gap.
  for (const s of spectra) {
    walk(`${s.layer}/nullPower`, s.nullPower);
    s.eigenvalues.forEach((v, k) => found.push([`${s.layer}/eigenvalue ${k}`, v / s.eigenvalues[0]]));
    s.power.forEach((v, k) => {
      const next = s.eigenvalues[k + 1] ?? 0;
      if (s.eigenvalues[k] - next > 1e-3 * s.eigenvalues[0]) found.push([`${s.layer}/power ${k}`, v]);
    });
  }
  return found;
}

const near = (got: SplitAnalysis, want: SplitAnalysis) => {
  const [a, b] = [numbers(got), numbers(want)];
  expect(a.map(([place]) => place)).toEqual(b.map(([place]) => place));
  expect(a.length).toBeGreaterThan(400);
  // Features are float32; a spectrum's gap of 1e-3 of the largest eigenvalue multiplies their rounding.
  for (const [i, [place, value]] of a.entries())
    expect(Math.abs(value - b[i][1]), place).toBeLessThan(2e-4 * Math.max(0.05, Math.abs(b[i][1])));
};
const analyse = (of: ProbeSet, change: Partial<Network> = {}) =>
  analyseSplit({ device, network: { ...network, ...change }, probe: of, analysis: config.analysis });

test('another order of the probe samples', async () => {
  const set = probe(P, 1);
  near(await analyse(reordered(set)), await analyse(set));
});

test('batches of three and tiles of seven samples', async () => {
  const set = probe(P, 2);
  const small = { sampleBytes: { forward: 2 ** 28 / 3, tangents: 2 ** 28 / 7 } };
  near(await analyse(set, small), await analyse(set));
});

test('layers that are made again by rows are those that are kept', async () => {
  const { x } = probe(P, 3);
  const kept = await layerFeatures(device, network, { x, P, D });
  const again = await layerFeatures(device, network, { x, P, D, budget: 4 * P * network.widths[9] });
  expect(again.layers.map((l) => typeof l.features === 'function')).toEqual(network.widths.map((_, l) => l !== 9));
  expect(again.output).toEqual(kept.output);
  for (const [l, { features, N }] of again.layers.entries()) {
    const all = kept.layers[l].features as Float32Array;
    const rows = typeof features === 'function' ? await features(7, 29) : features.subarray(7 * N, 29 * N);
    const size = Math.max(...all.map(Math.abs));
    rows.forEach((v, i) => expect(Math.abs(v - all[7 * N + i])).toBeLessThan(2e-6 * size));
  }
});
