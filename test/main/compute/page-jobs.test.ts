// What the page makes again from stored weights, and compares: the same numbers as a process of Node has on its cpu device.
import { beforeAll, describe, expect, test } from 'vitest';
import { mlp, resnet, type Subject } from '../../../main/compute/conformance/networks.ts';
import type { Compute } from '../../../main/compute/index.ts';
import { recomputed, type CompareInput, type RegressInput } from '../../../main/compute/protocol.ts';
import type { NamedArray, ProbeSet, SimilarityMeasure } from '../../../main/contract/results.ts';
import { openDevice } from '../../../main/devices/index.ts';
import { createNetwork, weightsOf } from '../../../main/networks/index.ts';
import { inNodeAndPage, servedGpuPages } from '../../support/gpu-page.ts';
import { off } from '../../support/off.ts';

const { inNode, inPage } = inNodeAndPage(servedGpuPages());

const probeOf = ({ x, y, shape, classes, samples: P }: Subject): ProbeSet => ({
  ids: Int32Array.from({ length: P }, (_, i) => i),
  x,
  xShape: [P, ...shape],
  y,
  classes,
});

/** Initial weights of a subject's network, for some seeds: snapshots that differ. */
async function snapshotsOf({ config, shape, classes }: Subject, seeds: number[]): Promise<NamedArray[][]> {
  const device = await openDevice('cpu', { selfTest: false });
  try {
    const all: NamedArray[][] = [];
    for (const seed of seeds) {
      const network = createNetwork(device, { ...config, seed }, shape, classes);
      all.push(await weightsOf(network));
      network.dispose();
    }
    return all;
  } finally {
    device.dispose();
  }
}

let weights: Record<'mlp' | 'resnet', NamedArray[][]>;
beforeAll(async () => {
  weights = { mlp: await snapshotsOf(mlp, [3, 4]), resnet: await snapshotsOf(resnet, [3]) };
});

describe('recompute', () => {
  /** The arrays by name, and the shares of the work that were told. */
  async function recompute(compute: Compute, device: 'cpu' | 'webgpu', subject: Subject, snapshots: NamedArray[][]) {
    const arrays = new Map<string, { shape: number[]; data: number[] }>();
    const shares: number[] = [];
    const probe = probeOf(subject);
    const probes = [{ split: 'test' as const, probe }];
    const epochs = snapshots.map((_, i) => i);
    await compute.start('recompute', { config: subject.config, device, probes, epochs, what: [...recomputed] }, (report) => {
      if (report.kind === 'weights') return snapshots[report.epoch];
      if (report.kind === 'share') return void shares.push(report.done);
      const found = arrays.get(report.name) ?? { shape: report.shape, data: [] };
      expect(report.from).toBe(found.data.length);
      found.data.push(...report.data);
      arrays.set(report.name, found);
    }).result;
    return { arrays, shares };
  }

  for (const [name, subject] of Object.entries({ mlp, resnet }))
    test(`${name}: features, outputs and tangent kernels of every snapshot are those of the cpu`, { timeout: 240_000 }, async () => {
      const stored = weights[name as keyof typeof weights];
      const want = await recompute(inNode, 'cpu', subject, stored);
      const got = await recompute(inPage, 'webgpu', subject, stored);
      expect([...got.arrays.keys()]).toEqual([...want.arrays.keys()]);
      expect(got.shares).toEqual(want.shares);
      const P = subject.samples;
      for (let epoch = 0; epoch < stored.length; epoch++) {
        expect(want.arrays.get(`ntk/test/${epoch}`)?.shape).toEqual([P, P]);
        expect(want.arrays.get(`outputs/test/${epoch}`)?.shape).toEqual([P, subject.classes]);
      }
      expect(want.arrays.size).toBeGreaterThan(3 * stored.length);
      // The weights that were asked for are those that were taken: snapshots that differ have other numbers.
      const kernels = stored.map((_, epoch) => want.arrays.get(`ntk/test/${epoch}`)?.data ?? []);
      for (const later of kernels.slice(1)) expect(off(later, kernels[0])).toBeGreaterThan(1e-2);
      for (const [key, { shape, data }] of want.arrays) {
        expect(got.arrays.get(key)?.shape, key).toEqual(shape);
        expect(data, key).toHaveLength(shape.reduce((a, b) => a * b, 1));
        // float32 sums in another order, 6e-8 a rounding: 1.5e-7 was seen of two layers, 6.7e-7 of eleven
        expect(off(got.arrays.get(key)?.data ?? [], data), key).toBeLessThan(name === 'mlp' ? 2.9e-7 : 1.3e-6);
      }
    });

  test('weights of another network are refused as by any process', { timeout: 120_000 }, async () => {
    await expect(recompute(inPage, 'webgpu', mlp, weights.resnet)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('weights: expected') as string,
    });
  });
});

describe('compare', () => {
  const input = (device: 'cpu' | 'webgpu', measure: SimilarityMeasure, layer: string | null = null): CompareInput => ({
    device,
    probe: probeOf(mlp),
    measure,
    snapshots: [
      { config: mlp.config, epoch: 0, label: 'of one', layer },
      { config: mlp.config, epoch: 1, label: 'of another', layer: null },
    ],
    pairs: [
      [0, 0],
      [0, 1],
    ],
  });
  async function compare(compute: Compute, asked: CompareInput) {
    const shares: number[] = [];
    const found = await compute.start('compare', asked, (report) => {
      if (report.kind === 'weights') return weights.mlp[report.snapshot];
      shares.push(report.done);
    }).result;
    return { ...found, shares };
  }

  // One that works on products and one that decomposes: in the page both are done by our own float64 kernels, in Node by LAPACK.
  for (const measure of ['cka', 'svcca'] as const)
    test(`${measure} of every two layers is that of the cpu`, { timeout: 240_000 }, async () => {
      const want = await compare(inNode, input('cpu', measure));
      const got = await compare(inPage, input('webgpu', measure));
      expect(got.layers).toEqual(want.layers);
      expect(got.options).toEqual(want.options);
      expect(got.shares).toEqual([0.25, 0.5, 0.75, 1]);
      expect(got.pairs.map(({ a, b }) => [a, b])).toEqual([[0, 0], [0, 1]]); // prettier-ignore
      for (const [i, { values }] of want.pairs.entries()) {
        expect(values.flat().length).toBe(want.layers[0].length ** 2);
        // Means over many numbers that differ by 1e-7: 1.6e-8 was seen of CKA, 1e-8 of SVCCA.
        expect(off(got.pairs[i].values.flat(), values.flat())).toBeLessThan(3e-8);
      }
      // Two networks are not one: the second pair says something of its own.
      expect(off(want.pairs[1].values.flat(), want.pairs[0].values.flat())).toBeGreaterThan(1e-2);
    });

  test('a layer that is not there is refused, with those that are', { timeout: 120_000 }, async () => {
    await expect(compare(inPage, input('webgpu', 'cka', 'h9'))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/^layer: expected .* \| .*, got h9$/) as string,
    });
  });

  test('a wish to stop is heard between two snapshots', { timeout: 120_000 }, async () => {
    const handle = inPage.start('compare', input('webgpu', 'cka'), (report) => {
      if (report.kind === 'weights') return weights.mlp[report.snapshot];
      handle.cancel();
    });
    await expect(handle.result).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('regress', () => {
  const spectrum = { eigenvalues: Float64Array.of(3, 1, 0.5), power: Float64Array.of(0.5, 0.7, 0.9), nullPower: 0.1 };
  const input = (device: 'cpu' | 'webgpu', layer: string): RegressInput => ({
    ...{ device, config: mlp.config, split: 'test', probe: probeOf(mlp), layer, ridge: 0.1 },
    snapshots: [0, 1].map((epoch) => ({ epoch, spectrum })),
  });
  async function regress(compute: Compute, asked: RegressInput) {
    const shares: number[] = [];
    const curves = await compute.start('regress', asked, (report) => {
      if (report.kind === 'weights') return weights.mlp[report.epoch];
      shares.push(report.done);
    }).result;
    return { curves, shares };
  }

  test('learning curves of the tangent kernel at two snapshots are those of the cpu', { timeout: 240_000 }, async () => {
    const want = await regress(inNode, input('cpu', 'ntk'));
    const got = await regress(inPage, input('webgpu', 'ntk'));
    expect(got.shares).toEqual(want.shares);
    expect(got.shares.at(-1)).toBe(1);
    for (const [i, curve] of want.curves.entries()) {
      expect(got.curves[i]).toMatchObject({ epoch: i, layer: 'ntk', ridge: curve.ridge, theory: curve.theory });
      const numbers = (c: typeof curve) => [...c.measured.flatMap((m) => [m.error, m.heldError]), c.network.error];
      expect(off(numbers(got.curves[i]), numbers(curve))).toBeLessThan(1e-5); // kernels that differ by 3e-7, and the ridge's condition
    }
    expect(off([want.curves[1].network.error], [want.curves[0].network.error])).toBeGreaterThan(1e-3);
  });
});
