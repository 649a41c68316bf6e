// Estimates against counts by hand, and against what must grow with what.
import os from 'node:os';
import { expect, test } from 'vitest';
import { forwardFlops, ntkFlops, stepFlops, workOf } from '../../../main/compute/index.ts';
import type { DeviceWish } from '../../../main/compute/index.ts';
import { parseConfig } from '../../../main/contract/config.ts';
import type { DeviceReport } from '../../../main/contract/results.ts';
import { checkFits, estimate, needsGpu } from '../../../main/services/estimate.ts';
import { playedCompute, presets, setUp } from './support.ts';

const rates = { trainFlops: 1e11, stepSeconds: 0, mapSeconds: 0, kernelFlops: 1e11, gemmFlops: 1e11, eigenCubes: 1e9, startSeconds: 0 };
const calibration = { device: 'cpu: played', rates };
const shapeOf = (dataset: string) => ({ shape: dataset === 'cifar10' ? [32, 32, 3] : [28, 28, 1], classes: 10 });

test('operations of a 2-3-2 network, counted by hand', () => {
  // forward: 2·(2·3 + 3·2) a sample; backward: the same to the weights, and 2·3·2 to the hidden layer
  expect(forwardFlops([2, 3, 2], 5)).toBe(5 * 24);
  expect(stepFlops([2, 3, 2], 5)).toBe(5 * (24 + 24 + 12));
  // on P = 10: X Xᵀ (2 columns), Δ Δᵀ of the last hidden layer (3 columns), h hᵀ of the readout (3 columns), half of each
  expect(ntkFlops([2, 3, 2], 10)).toBe(100 * (2 + 3 + 3));
  // one more hidden layer of 4: 784-free sizes, its Δ has N·C columns and its pull-back costs 2·P·C·N·N′
  expect(ntkFlops([2, 4, 3, 2], 10)).toBe(100 * (2 + 4 * 2 + 4 + 3 + 3) + 2 * 10 * 2 * 4 * 3);
});

test('parts add up, and every part grows with what it is made of', () => {
  const base = parseConfig({ training: { epochs: 10 } });
  const e = estimate(base, calibration, shapeOf);
  expect(e.seconds).toBeCloseTo(
    e.parts.reduce((s, p) => s + p.seconds, 0),
    12,
  );
  expect(e.parts.reduce((s, p) => s + p.diskBytes, 0)).toBeCloseTo(e.diskBytes, 3);
  expect(e.parts.reduce((s, p) => s + p.memoryBytes, 0)).toBeCloseTo(e.memoryBytes, 3);
  const seconds = (change: object, part: number) =>
    estimate(parseConfig({ training: { epochs: 10 } }, change), calibration, shapeOf).parts[part].seconds;
  expect(seconds({ training: { epochs: 20 } }, 1)).toBeGreaterThan(1.5 * e.parts[1].seconds);
  expect(seconds({ analysis: { probe: { train: 2000, test: 2000 } } }, 2)).toBeGreaterThan(1.3 * e.parts[2].seconds); // eigenproblems of N stay
  expect(seconds({ analysis: { probe: { train: 2000, test: 2000 } } }, 3)).toBeGreaterThan(3.5 * e.parts[3].seconds);
  expect(e.parts[3].seconds).toBeGreaterThan(0);
  expect([seconds({ analysis: { ntk: false } }, 2), seconds({ analysis: { ntk: false } }, 3)]).toEqual([e.parts[2].seconds, 0]);
  const disk = (snapshots: number[]) =>
    estimate(parseConfig({ training: { epochs: 10 }, analysis: { snapshots } }), calibration, shapeOf).parts[2].diskBytes;
  expect(disk([0, 1, 2, 3, 4, 5])).toBeCloseTo(3 * disk([0, 10]), 3);
});

test('what does not fit is refused with what would', () => {
  const config = parseConfig({ data: { train: 20_000 }, analysis: { probe: { train: 20_000, test: 4 } } });
  const room = { memoryBytes: 3e9, diskBytes: 1e12 };
  expect(() => checkFits(config, room, shapeOf, false)).toThrow(
    /^analysis\.probe\.train: expected at most \d+ here, got 20000: this run needs about 5\.\d GB of memory, this machine has 3\.0 GB$/,
  );
  const most = Number(/at most (\d+)/.exec(String(grab(() => checkFits(config, room, shapeOf, false))))?.[1]);
  const withProbe = (P: number) => parseConfig(config, { analysis: { probe: { train: P } } });
  expect(() => checkFits(withProbe(most), room, shapeOf, false)).not.toThrow();
  expect(() => checkFits(withProbe(most + 1), room, shapeOf, false)).toThrow('expected at most');
  expect(() => checkFits(parseConfig(), { memoryBytes: 1e12, diskBytes: 1e6 }, shapeOf, false)).toThrow(
    /^analysis\.snapshots: expected fewer, got 3: .* of disk/,
  );
});

test('resnet11: operations counted by hand, and a batch that the device cannot hold is refused with what would fit', () => {
  const config = (model: object, training: object = {}) =>
    parseConfig({ data: { dataset: 'cifar10' }, model: { kind: 'resnet11', ...model }, training });
  const work = workOf(config({ width: 0.25 }), shapeOf('cifar10'));
  // 3·16 + 2·16² at 32², 16·32 + 2·32² at 16², 32·64 + 2·64² at 8², each with nine taps; then 64·128, 128·64 and 64·10
  const products = 1024 * 9 * 560 + 256 * 9 * 2560 + 64 * 9 * 10_240 + 8192 + 8192 + 640;
  expect(work.forward).toBe(2 * products);
  expect(work.step).toBe(6 * products - 2 * 1024 * 9 * 48);
  expect(work.weights).toBe(9 * (560 + 2560 + 10_240) + 8192 + 8192 + 640 + 4 * (3 * 16 + 3 * 32 + 3 * 64 + 128 + 64));
  expect(work.widths).toEqual([16_384, 16_384, 8192, 8192, 8192, 4096, 4096, 4096, 128, 64]);
  const room = { memoryBytes: 1e12, diskBytes: 1e12 };
  const wide = (batchSize: number) => config({ width: 1 }, { batchSize, optimizer: 'sgd' });
  const paper = wide(4096);
  const work1 = workOf(paper, shapeOf('cifar10'));
  const message =
    /^training\.batchSize: expected at most (\d+) with this network, got 4096: a step would take 20 GB on the cpu device, which holds 3\.8 GB$/;
  expect(() => checkFits(paper, room, shapeOf, false)).toThrow(message);
  const most = Number(message.exec(String((grab(() => checkFits(paper, room, shapeOf, false)) as Error).message))?.[1]);
  expect(() => checkFits(wide(most), room, shapeOf, false)).not.toThrow();
  expect(() => checkFits(wide(most + 1), room, shapeOf, false)).toThrow('training.batchSize');
  expect([most, most + 1].map((batchSize) => needsGpu(wide(batchSize), shapeOf))).toEqual([false, true]);
  // On a GPU the batch lies in the GPU's memory, and not in the machine's.
  expect(() => checkFits(paper, room, shapeOf, true)).not.toThrow();
  const at = (device: string) => estimate(paper, { ...calibration, device }, shapeOf);
  const [cpu, gpu] = [at('cpu: played'), at('webgpu: played')];
  const step = 4096 * work1.batchBytes + 4 * (work1.weights * 3);
  expect(cpu.gpuBytes).toBe(0);
  expect(gpu.gpuBytes).toBeGreaterThan(step);
  expect(gpu.gpuBytes).toBeLessThan(1.3 * step + 1e9);
  expect(cpu.memoryBytes - gpu.memoryBytes).toBeCloseTo(step, 3);
  for (const e of [cpu, gpu]) expect(e.parts.reduce((s, p) => s + p.memoryBytes, 0)).toBeCloseTo(e.memoryBytes, 3);
});

function grab(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test('presets: complete configs, the paper’s experiment, and an estimate for each', async () => {
  expect(presets.map((p) => p.name)).toEqual(['demo', 'section-6-small', 'section-6', 'section-5-small', 'section-5']);
  const { compute } = playedCompute();
  const { services } = setUp(compute);
  const listed = await services['presets.list']({});
  for (const p of listed) expect(p.estimate?.seconds).toBeGreaterThan(0);
  expect(listed[2].estimate?.seconds).toBeGreaterThan(10 * (listed[1].estimate?.seconds ?? Infinity));
  expect(parseConfig(presets[2].config)).toMatchObject({
    data: { dataset: 'mnist', train: 10_000, test: 10_000 },
    model: { hidden: [200, 200, 200, 200], activation: 'relu', parameterisation: 'ntk' },
    training: { optimizer: 'adam', learningRate: 0.1, schedule: 'constant', batchSize: 500, epochs: 3000 },
  });
  expect(await services['run.estimate']({ preset: 'demo' })).toMatchObject({
    ...listed[0].estimate,
    room: { memoryBytes: os.totalmem(), diskBytes: expect.any(Number) as number },
  });
  await services.close();
});

test('a step that takes a GPU: refused where there is none, accepted where one is named or would be taken', async () => {
  const config = { data: { dataset: 'cifar10' }, model: { kind: 'resnet11', width: 1 }, training: { batchSize: 1024 } };
  const cpu = { name: 'cpu' as const, usable: true, reason: 'played' };
  const gpu = { name: 'webgpu' as const, usable: true, reason: 'a GPU' };
  const ask = async (devices: DeviceReport[], device?: DeviceWish) => {
    const { services } = setUp(playedCompute(undefined, devices).compute);
    try {
      return await services['run.estimate']({ config, ...(device && { device }) });
    } finally {
      await services.close();
    }
  };
  const refused = /^training\.batchSize: expected at most \d+ with this network, got 1024: a step would take 5\.\d GB on the cpu device/;
  await expect(ask([cpu])).rejects.toThrow(refused);
  await expect(ask([{ ...gpu, onlyByName: true }, cpu])).rejects.toThrow(refused);
  await expect(ask([{ ...gpu, usable: false }, cpu])).rejects.toThrow(refused);
  await expect(ask([gpu, cpu], 'cpu')).rejects.toThrow(refused);
  expect((await ask([gpu, cpu])).seconds).toBeGreaterThan(0);
  expect((await ask([{ ...gpu, onlyByName: true }, cpu], 'webgpu')).seconds).toBeGreaterThan(0);
});
