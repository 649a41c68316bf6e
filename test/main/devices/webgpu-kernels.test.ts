// The shaders of the webgpu device beside the cpu device or plain loops: sizes that fill several tiles, chunks and blocks, and what is updated
// in place.
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { allTaken, taken } from '../../../main/devices/read.ts';
import type { GpuBackend } from '../../../main/devices/webgpu/backend.ts';
import { tileFor } from '../../../main/devices/webgpu/tiled.ts';
import { noGpu, useSwiftshader } from '../../support/swiftshader.ts';
import { distance, half, naiveProduct, numbers } from './support.ts';

/** Largest deviation, in units of the largest value. */
const relative = (got: ArrayLike<number>, want: ArrayLike<number>): number =>
  distance(got, want) / Math.max(1e-3, ...Array.from(want, Math.abs));

describe.skipIf(noGpu)('shaders', { timeout: 120_000 }, () => {
  let gpu: Device;
  let cpu: Device;
  const names: string[] = [];
  beforeAll(async () => {
    useSwiftshader();
    cpu = await openDevice('cpu', { selfTest: false });
    names.push(cpu.tf.getBackend());
    gpu = await openDevice('webgpu', { selfTest: false });
    names.push(gpu.tf.getBackend());
  });
  afterAll(() => {
    gpu.dispose();
    cpu.dispose();
  });

  /** The values of what `make` gives on one of the devices; nothing is left there. */
  async function valuesOn(device: Device, make: (d: Device) => Tensor[] | Promise<Tensor[]>): Promise<Float32Array[]> {
    await device.tf.setBackend(names[device === cpu ? 0 : 1]);
    device.tf.engine().startScope();
    const before = device.tf.memory().numTensors;
    try {
      return await allTaken(await make(device));
    } finally {
      device.tf.engine().endScope();
      expect(device.tf.memory().numTensors).toBeLessThanOrEqual(before);
      await device.tf.setBackend(names[1]);
    }
  }

  test.each([
    [1, 1, 1, 32],
    [33, 65, 17, 32],
    [700, 801, 19, 64],
    [1500, 1601, 9, 128],
  ] as const)('a product of %i × %i, inner dimension %i, in tiles of %i', async (m, n, k, tile) => {
    expect(tileFor(m, n)).toBe(tile);
    const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
    for (const [ta, tb] of [
      [false, true],
      [true, false],
    ] as const) {
      // prettier-ignore
      const c = gpu.tf.matMul(gpu.tf.tensor2d(a, ta ? [k, m] : [m, k]), gpu.tf.tensor2d(b, tb ? [n, k] : [k, n]), ta, tb);
      expect(distance(await taken(c), naiveProduct(a, b, m, n, k, ta, tb))).toBeLessThan(4 * k * half);
    }
  });

  test.each(['relu', 'tanh', 'erf', 'linear'] as const)('a dense layer with %s in one pass, and its gradients', async (activation) => {
    const make = ({ tf, ops }: Device) => {
      const at = [tf.tensor2d(numbers(70 * 40, 1), [70, 40]), tf.tensor2d(numbers(40 * 33, 2), [40, 33]), tf.tensor1d(numbers(33, 3))];
      const r = tf.tensor2d(numbers(70 * 33, 4), [70, 33]);
      const f = (x: Tensor, w: Tensor, b: Tensor) => ops.dense(x as Tensor2D, w as Tensor2D, b as Tensor1D, { scale: 0.3, activation });
      return [f(at[0], at[1], at[2]), ...tf.grads((...x) => tf.sum(tf.mul(f(x[0], x[1], x[2]), r)))(at)];
    };
    const want = await valuesOn(cpu, make);
    // a product of 40, 33 or 70 terms, then a function good to two units in the last place
    (await valuesOn(gpu, make)).forEach((got, i) => expect(relative(got, want[i])).toBeLessThan(2e-6));
  });

  // B, H, W, in, out, kernel: one chunk of positions and several, parts of the filters' gradient, more channels than a workgroup has
  const layers = [[5, 6, 6, 3, 8, 3], [3, 9, 9, 2, 5, 5], [2, 18, 16, 16, 40, 3], [40, 4, 4, 7, 70, 3], [300, 1, 1, 36, 12, 1], [1, 1, 2, 1, 1, 1]] as const; // prettier-ignore
  describe.each(['batch norm', 'bias'] as const)('a convolutional layer, %s', (norm) => {
    test.each(layers)('[%i, %i, %i, %i] → %i, kernel %i: value, gradients and running statistics', async (B, H, W, I, O, k) => {
      for (const withSkip of [false, true]) {
        const make = ({ tf, ops }: Device) => {
          const image = (shape: [number, number, number, number], seed: number): Tensor4D =>
            tf.tensor4d(
              numbers(
                shape.reduce((x, y) => x * y),
                seed,
              ),
              shape,
            );
          // A mean far from 0, where a variance as a difference of sums would be lost.
          const x = tf.add(image([B, H, W, I], 1), 3);
          const at = [x, image([k, k, I, O], 2), tf.tensor1d(numbers(O, 3).map((v) => 1.5 + v)), tf.tensor1d(numbers(O, 4))];
          if (withSkip) at.push(image([B, H, W, O], 5));
          const running = { mean: tf.variable(tf.fill([O], 0.5), false), variable: tf.variable(tf.fill([O], 2), false) };
          const r = image([B, H, W, O], 6);
          const f = (...[x, w, gamma, beta, skip]: Tensor[]) =>
            ops.convUnit({
              x: x as Tensor4D,
              w: w as Tensor4D,
              gamma: norm === 'bias' ? null : (gamma as Tensor1D),
              beta: beta as Tensor1D,
              skip: withSkip ? (skip as Tensor4D) : null,
              running: norm === 'bias' ? null : { mean: running.mean, variance: running.variable },
              inputGradient: true,
            });
          const value = f(...at);
          const seen = [tf.clone(running.mean), tf.clone(running.variable)];
          const wanted = norm === 'bias' ? at.filter((_, i) => i !== 2) : at;
          const whole = (given: readonly Tensor[]) => (norm === 'bias' ? [given[0], given[1], at[2], ...given.slice(2)] : given);
          const gradients = tf.grads((...given) => tf.sum(tf.mul(f(...whole(given)), r)))(wanted);
          running.mean.dispose();
          running.variable.dispose();
          return [value, ...seen, ...gradients];
        };
        const want = await valuesOn(cpu, make);
        const got = await valuesOn(gpu, make);
        expect(got.length).toBe(want.length);
        // Sums of up to 2,500 terms divided by a deviation; two positions have a variance of rounding alone, which nothing can agree on.
        if (B * H * W > 2 || norm === 'bias') got.forEach((values, i) => expect(relative(values, want[i]), `${i}`).toBeLessThan(3e-5));
      }
    });
  });

  test.each([
    [1, 'same', 3],
    [1, 'valid', 1],
    [2, 'same', 3],
    [1, 'valid', 3],
    [1, 'same', 2],
  ] as const)('tfjs’s convolution with stride %i, %s, filters of side %i: ours or theirs', async (stride, pad, k) => {
    const make = ({ tf }: Device) => {
      const at = [tf.tensor4d(numbers(3 * 7 * 6 * 5, 1), [3, 7, 6, 5]), tf.tensor4d(numbers(k * k * 5 * 9, 2), [k, k, 5, 9])];
      const f = (x: Tensor, w: Tensor) => tf.conv2d(x as Tensor4D, w as Tensor4D, stride, pad);
      const r = tf.tensor(numbers(f(at[0], at[1]).size, 3), f(at[0], at[1]).shape);
      return [f(at[0], at[1]), ...tf.grads((x, w) => tf.sum(tf.mul(f(x, w), r)))(at)];
    };
    const want = await valuesOn(cpu, make);
    // sums of up to 126 products
    (await valuesOn(gpu, make)).forEach((got, i) => expect(relative(got, want[i])).toBeLessThan(2e-6));
  });

  test('an update leaves a clone that was made before as it was, and what was read of the parameter is read anew', async () => {
    const { tf, ops } = gpu;
    const start = numbers(50, 1);
    const p = tf.variable(tf.tensor1d(start)) as Variable;
    const before = p.clone();
    const g = tf.tensor1d(numbers(50, 2));
    expect(distance(await p.data(), start)).toBe(0);
    ops.sgd(p, g, { rate: 0.5 });
    const want = start.map((v, i) => v - 0.5 * numbers(50, 2)[i]);
    expect(distance(await p.data(), want)).toBeLessThan(4 * half);
    ops.sgd(p, g, { rate: 0.5 });
    expect(distance(await p.data(), want.map((v, i) => v - 0.5 * numbers(50, 2)[i]))).toBeLessThan(8 * half); // prettier-ignore
    expect(distance(await before.data(), start)).toBe(0);
    tf.dispose([p, before, g] as Tensor[]);
  });

  test('what is asked for in one turn comes after one wait, as it was when it was asked for', async () => {
    const { tf, ops } = gpu;
    const backend = tf.backend() as GpuBackend;
    const p = tf.variable(tf.tensor1d(numbers(1001, 1))) as Variable;
    const ones = tf.ones([1001]);
    const handed = vi.spyOn(backend, 'submitQueue');
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < 5; i++) {
      backend.uploadToGPU(p.dataId);
      asked.push(backend.getBufferData((backend.tensorMap.get(p.dataId) as { resource: GPUBuffer }).resource));
      ops.sgd(p, ones, { rate: 1 });
    }
    const big = tf.add<Tensor2D>(tf.fill([700, 1000], 2), 1); // more than is read together
    asked.push(ops.peek(big), p.data());
    const found = await Promise.all(asked);
    expect(handed.mock.calls.length).toBeLessThanOrEqual(2);
    handed.mockRestore();
    const start = numbers(1001, 1);
    for (let i = 0; i < 5; i++)
      expect(distance(new Float32Array(found[i] as ArrayBuffer), start.map((v) => v - i))).toBeLessThan(16 * half); // prettier-ignore
    expect(new Set(found[5] as Float32Array)).toEqual(new Set([3]));
    expect(distance(found[6] as Float32Array, start.map((v) => v - 5))).toBeLessThan(16 * half); // prettier-ignore
    // Looked at again, and once its values are gone from the staging buffer another tensor's come through it.
    expect((await ops.peek(big))[7]).toBe(3);
    big.dispose();
    const other = tf.neg<Tensor2D>(tf.fill([700, 1000], 4));
    expect(new Set(await ops.peek(other))).toEqual(new Set([-4]));
    tf.dispose([p, ones, other] as Tensor[]);
  });

  test('commands are handed over when they are many, or what they make is large', () => {
    const { tf } = gpu;
    const backend = tf.backend() as GpuBackend;
    backend.handOver();
    const handed = vi.spyOn(backend, 'submitQueue');
    const count = (side: number, runs: number) => {
      handed.mockClear();
      tf.tidy(() => {
        const a = tf.ones([side, 8]);
        for (let i = 0; i < runs; i++) tf.matMul(a, a, false, true);
      });
      const calls = handed.mock.calls.length;
      backend.handOver();
      return calls;
    };
    expect(count(8, 130)).toBe(2); // 64 and 64
    expect(count(4096, 9)).toBe(2); // 4 × 67 MB, twice
    handed.mockRestore();
  });

  test('more different numbers than are kept: each run has its own', async () => {
    const { tf, ops } = gpu;
    const p = tf.variable(tf.tensor1d([0, 0])) as Variable;
    const g = tf.tensor1d([-1, 1]);
    for (let i = 1; i <= 1500; i++) ops.sgd(p, g, { rate: i / 1024 });
    // whole multiples of 1/1024 up to 1,100, exact in float32
    expect([...(await p.data())]).toEqual([(1500 * 1501) / 2 / 1024, (-1500 * 1501) / 2 / 1024]);
    tf.dispose([p, g] as Tensor[]);
  });

  test.each([
    [1, 1],
    [64, 64],
    [65, 130],
    [200, 3],
  ])('shares of [%i, %i] and their moments, on sums that something else holds too', async (m, n) => {
    const { tf, ops } = gpu;
    const [s, a, b, l] = [1, 2, 3, 4].map((seed) => numbers(m * n, seed));
    const matrix = (x: Float32Array) => tf.tensor2d(x, [m, n]);
    const [S, A, B, L] = [s, a, b, l].map(matrix);
    const held = S.clone();
    const T = a.map((v, k) => (0.7 * v + 0.2) * b[k]);
    const { sum, moments } = ops.addShare(S, { a: A, scale: 0.7, add: 0.2, b: B }, L);
    const found = await moments;
    expect(distance(await taken(sum), T.map((v, k) => v + s[k]))).toBeLessThan(8 * half); // prettier-ignore
    expect(distance(await taken(held), s)).toBe(0);
    const dot = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x).reduce((q, v, k) => q + v * y[k], 0);
    const mean = (got: number, want: number, count: number) => expect(Math.abs(got - want) / count).toBeLessThan(4 * half);
    mean(found.square, dot(T, T), m * n);
    mean(found.product, dot(T, l), m * n);
    mean(
      found.trace,
      Array.from({ length: Math.min(m, n) }, (_, i) => T[i * n + i]).reduce((x, y) => x + y, 0),
      Math.min(m, n),
    );
    for (let i = 0; i < m; i++) mean(found.rows[i], dot(T.subarray(i * n, (i + 1) * n), new Float32Array(n).fill(1)), n);
    for (let j = 0; j < n; j++) mean(found.columns[j], Array.from({ length: m }, (_, i) => T[i * n + j]).reduce((x, y) => x + y, 0), m); // prettier-ignore
    tf.dispose([A, B, L]);
  });
});
