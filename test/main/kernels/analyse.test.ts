// The analysis of a probe set: what was asked for and nothing else, the same numbers as direct calls, progress and an end on request.
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultConfig, type AnalysisConfig } from '../../../main/contract/config.ts';
import type { ProbeSet } from '../../../main/contract/results.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { analyseSplit, probeReference } from '../../../main/kernels/analyse.ts';
import { cka, gram, spectrumOf, unflat } from '../../support/numerics.ts';
import { kernelOf, make, type Made } from './tangent.ts';

let device: Device;
let made: Made;
let probe: ProbeSet;
beforeAll(async () => {
  device = await openDevice('cpu');
  made = make(device, { model: { hidden: [9, 6] }, P: 24, D: 5, classes: 3 });
  const ids = Int32Array.from({ length: 24 }, (_, i) => i);
  probe = { ids, x: made.x, xShape: [5], y: made.y, classes: 3 };
});
const analysis = (change: Partial<AnalysisConfig> = {}): AnalysisConfig => ({ ...defaultConfig().analysis, ...change });
const analyse = (change: Partial<AnalysisConfig> = {}, more: Partial<Parameters<typeof analyseSplit>[0]> = {}) =>
  analyseSplit({ device, network: made.network, probe, analysis: analysis(change), ...more });

test('layers, spectra and tangent kernel agree with the definitions', async () => {
  const { layers, spectra, ntk } = await analyse();
  const [Ky, Kx] = [gram(unflat(made.y, 3)), gram(unflat(made.x, 5))];
  const features = device.tf.tidy(() =>
    made.network.features(device.tf.tensor2d(made.x, [24, 5])).layers.map((t) => Array.from(t.dataSync())),
  );
  expect(layers.map((l) => [l.layer, l.features])).toEqual([
    ['layer1', 9],
    ['layer2', 6],
  ]);
  expect(spectra.map((s) => s.layer)).toEqual(['layer1', 'layer2', 'ntk']);
  for (const [l, layer] of layers.entries()) {
    const K = gram(unflat(features[l], layer.features));
    // both in float64 from the same float32 features
    expect(Math.abs(layer.ckaTarget - cka(K, Ky))).toBeLessThan(1e-12);
    expect(Math.abs(layer.ckaInput - cka(K, Kx))).toBeLessThan(1e-12);
    const { values } = spectrumOf(K, unflat(made.y, 3));
    expect(spectra[l].eigenvalues).toHaveLength(layer.features);
    spectra[l].eigenvalues.forEach((v, k) => expect(Math.abs(v - values[k] / 24)).toBeLessThan(1e-12 * values[0]));
  }
  const direct = await kernelOf(device, made);
  expect(ntk).toEqual(direct.alignment);
  const { values, power } = spectrumOf(unflat(direct.K as Float32Array, 24), unflat(made.y, 3));
  const total = made.y.reduce((s, v) => s + v * v, 0);
  spectra[2].eigenvalues.forEach((v, k) => expect(Math.abs(v - Math.max(0, values[k]) / 24)).toBeLessThan(1e-12 * values[0]));
  expect(Math.abs(spectra[2].power[23] - power.reduce((s, v) => s + v, 0) / total)).toBeLessThan(1e-12);
});

describe('computes only what is asked for', () => {
  test.each([
    [{ alignment: false }, [0, 3, true]],
    [{ spectrum: false }, [2, 0, true]],
    [{ ntk: false }, [2, 2, false]],
    [{ alignment: false, spectrum: false, ntk: false }, [0, 0, false]],
  ] as const)('%j', async (change, want) => {
    const { layers, spectra, ntk } = await analyse(change);
    expect([layers.length, spectra.length, ntk !== null]).toEqual(want);
  });
  test('centred spectra, marked as such', async () => {
    const { spectra } = await analyse({ centred: true });
    expect(spectra.every((s) => s.centred)).toBe(true);
    // a centred kernel has lost one of its P directions
    expect(spectra[2].eigenvalues[23]).toBeLessThan(1e-6 * spectra[2].eigenvalues[0]);
  });
});

test('a reference made beforehand changes nothing', async () => {
  const reference = await probeReference(device, probe);
  expect(await analyse({}, { reference })).toEqual(await analyse());
});

test('progress rises to 1, a signal ends it, no tensor is left', async () => {
  const seen: number[] = [];
  await analyse({}, { onProgress: (share) => void seen.push(share) });
  expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  expect(seen.at(-1)).toBeCloseTo(1, 12);
  const before = device.memory().tensors;
  for (const at of [0, 3]) {
    const stop = new AbortController();
    let count = 0;
    const stopped = analyse({}, { signal: stop.signal, onProgress: () => void (count++ === at && stop.abort()) });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  }
  expect(device.memory().tensors).toBe(before);
});

test('too few samples and dead layers are refused by name', async () => {
  const few: ProbeSet = { ...probe, ids: probe.ids.slice(0, 3), x: probe.x.slice(0, 15), y: probe.y.slice(0, 9) };
  await expect(analyse({}, { probe: few })).rejects.toThrow('at least 4 samples, got 3');
  const dead = make(device, { model: { hidden: [4, 4], activation: 'relu' }, P: 24, D: 5, classes: 3 });
  for (const { name, variable } of dead.network.parameters)
    if (name === 'layer2.bias') device.tf.tidy(() => variable.assign(device.tf.fill(variable.shape, -1e3)));
  await expect(analyse({}, { network: dead.network })).rejects.toThrow('layer2: its features are the same for all 24 samples');
});
