// The webgpu device under plain Node, on a GPU made of software: what its results rest on, and how it fails.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { taken } from '../../../main/devices/read.ts';
import { describe as describeAdapter, findAdapter } from '../../../main/devices/webgpu/adapter.ts';
import type { GpuBackend } from '../../../main/devices/webgpu/backend.ts';
import { planProduct } from '../../../main/devices/webgpu/product.ts';
import { noGpu, useSwiftshader } from '../../support/swiftshader.ts';
import { distance, naiveProduct, numbers } from './support.ts';
import { erf } from './support.ts';

const small = {
  selfTest: false,
  gpu: { limits: { tensorBytes: 2 ** 20, spareBytes: 2 ** 20, product: { work: 60_000, inner: 48 } } },
} as const;

describe.skipIf(noGpu)('the device', { timeout: 120_000 }, () => {
  let d: Device;
  beforeAll(async () => {
    useSwiftshader();
    d = await openDevice('webgpu', small);
  });
  afterAll(() => d.dispose());

  test('says what it is, and that it is software', () => {
    expect(d.detail).toMatch(/SwiftShader.*, software, on Dawn; up to 0\.00 GB in one tensor/);
    expect(d.tensorBytes).toBe(2 ** 20);
  });

  test.each([
    ['erf', 2e-7],
    ['tanh', 2e-7],
    ['exp', 2e-7],
  ] as const)('%s is right to two units in the last place, and NaN stays', async (name, relative) => {
    const n = 4001;
    const x = Float32Array.from({ length: n }, (_, i) => (i - 2000) / 400);
    x[0] = NaN;
    const got = await taken(d.tf.tidy(() => d.tf[name](d.tf.tensor1d(x))));
    const exact = { erf, tanh: Math.tanh, exp: Math.exp }[name];
    expect(got[0]).toBeNaN();
    for (let i = 1; i < n; i++)
      expect(Math.abs(got[i] - exact(x[i])), `${name} ${x[i]}`).toBeLessThan(relative * Math.abs(exact(x[i])) + 1e-12);
  });

  test('relu lets NaN pass, whatever its bits', async () => {
    const nan = new Float32Array(Uint32Array.of(0x7fc00000, 0xffc00000, 0x7f800001, 0xffffffff, 0xbf800000, 0x3f800000).buffer);
    const got = await taken(d.tf.tidy(() => d.tf.relu(d.tf.tensor1d(nan))));
    expect([...got].map(Number.isNaN)).toEqual([true, true, true, true, false, false]);
    expect([...got].slice(4)).toEqual([0, 1]);
  });

  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('products in blocks of rows and of the inner dimension, transposed %s and %s', async (ta, tb) => {
    const [m, n, k] = [77, 21, 130]; // two blocks of rows, three of the inner dimension, none of them whole
    const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
    const made = d.tf.tidy(() => {
      const [A, B] = [d.tf.tensor2d(a, ta ? [k, m] : [m, k]), d.tf.tensor2d(b, tb ? [n, k] : [k, n])];
      return d.tf.matMul(A, B, ta, tb);
    });
    expect(made.shape).toEqual([m, n]);
    // 130 terms of at most 1, each rounded
    expect(distance(await taken(made), naiveProduct(a, b, m, n, k, ta, tb))).toBeLessThan(1e-5);
  });

  test('a tensor that the device cannot hold is refused in one line', async () => {
    const big = () => d.tf.tidy(() => d.tf.neg(d.tf.zeros([1, 300_000])));
    expect(big).toThrow(KernelscopeError);
    expect(big).toThrow('webgpu memory: a tensor [1,300000] of 2 MB was needed; this device takes at most 2 MB in one.');
  });

  test('what was written is what was given, even if the array changes before it is used', async () => {
    const given = Float32Array.of(1, 2, 3);
    const t = d.tf.tensor1d(given);
    given.fill(7);
    expect([...(await taken(d.tf.add(t, 1)))]).toEqual([2, 3, 4]);
    t.dispose();
  });

  test('a kernel is read back once, and nobody reads without waiting', async () => {
    const K = d.tf.tidy(() => d.tf.matMul(d.tf.ones([192, 3]), d.tf.ones([3, 192])));
    expect(() => K.dataSync()).toThrow('read without waiting');
    const gpu = d.tf.backend() as GpuBackend;
    const read = vi.spyOn(gpu, 'getBufferData');
    const first = await K.data();
    expect([...first]).toEqual(Array<number>(192 * 192).fill(3));
    await d.ops.peek(K as Tensor2D);
    expect(read).toHaveBeenCalledTimes(1);
    // Its norm is found where it lies, and only that is read.
    expect(await d.ops.innerProduct(K as Tensor2D, K as Tensor2D)).toBe(9 * 192 * 192);
    expect(read.mock.calls[1][0].size).toBeLessThan((4 * 192 * 192) / 10);
    read.mockRestore();
    K.dispose();
  });

  test('buffers of sizes that do not come again are given back', async () => {
    const gpu = d.tf.backend() as GpuBackend;
    for (let i = 1; i <= 40; i++) {
      const t = d.tf.tidy(() => d.tf.neg(d.tf.ones([1000 * i])));
      expect((await taken(t)).length).toBe(1000 * i);
    }
    // 40 sizes of up to 160 kB, each a tensor, its negative and what it is read through: 9.8 MB if all were kept
    const { numBytesAllocated, numBytesUsed } = gpu.bufferManager;
    expect(numBytesAllocated - numBytesUsed).toBeLessThan(2 ** 20 + 500_000);
    expect(numBytesAllocated).toBeGreaterThan(0);
  });

  test('auto passes it over, and says why', async () => {
    const chosen = await openDevice('auto');
    expect(chosen.name).toBe('cpu');
    expect(chosen.passedOver?.find((p) => p.name === 'webgpu')?.reason).toMatch(
      /SwiftShader.*; computed by the processor, so only taken by name/,
    );
    chosen.dispose();
  });

  test('a closed device leaves nothing in tfjs’s registry', async () => {
    const before = d.tf.getBackend();
    const other = await openDevice('webgpu', small);
    const name = d.tf.getBackend();
    expect(name).not.toBe(before);
    other.dispose();
    expect(d.tf.getKernelsForBackend(name)).toEqual([]);
    await d.tf.setBackend(before);
  });
});

describe.skipIf(noGpu)('a device that is lost', { timeout: 120_000 }, () => {
  test('every reading and every operation after it says so', async () => {
    useSwiftshader();
    const d = await openDevice('webgpu', small);
    const [a, b] = [d.tf.ones([8, 8]), d.tf.ones([8, 8])];
    const product = d.tf.matMul(a, b);
    (d.tf.backend() as GpuBackend).device.destroy();
    await expect(product.data()).rejects.toMatchObject({
      code: 'device-lost',
      message: expect.stringMatching(/^webgpu: the device was lost \(.+\)$/) as string,
    });
    expect(() => d.tf.add(a, b)).toThrow('webgpu: the device was lost');
    d.dispose();
  });
});

describe.skipIf(noGpu)('a device that reports an error', { timeout: 120_000 }, () => {
  test('is not believed from then on: what is read next is the error, not zeros', async () => {
    useSwiftshader();
    const d = await openDevice('webgpu', small);
    const t = d.tf.ones([4]);
    const { device } = d.tf.backend() as GpuBackend;
    device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE }); // the two exclude each other
    await device.queue.onSubmittedWorkDone();
    const refused = /^webgpu: the device refused an operation: Buffer usages .+$/;
    await expect(t.data()).rejects.toMatchObject({ code: 'failed', message: expect.stringMatching(refused) as string });
    expect(() => d.tf.neg(t)).toThrow(refused);
    d.dispose();
  });
});

test('software adapters are known by their names', () => {
  const info = (description: string, isFallbackAdapter = false) =>
    ({ vendor: '', architecture: '', device: '', description, isFallbackAdapter }) as GPUAdapterInfo;
  expect(describeAdapter(info('SwiftShader driver 5.0.0'))).toEqual({ description: 'SwiftShader driver 5.0.0, software', software: true });
  expect(describeAdapter(info('llvmpipe (LLVM 15.0.6, 256 bits)')).software).toBe(true);
  expect(describeAdapter(info('Microsoft Basic Render Driver')).software).toBe(true);
  expect(describeAdapter(info('NVIDIA GeForce RTX 4090'))).toEqual({ description: 'NVIDIA GeForce RTX 4090', software: false });
  expect(describeAdapter(info('anything', true)).software).toBe(true);
  expect(describeAdapter({ ...info(''), vendor: 'apple', architecture: 'common-3' }).description).toBe('apple common-3');
});

test('a browser is asked again before it is believed that there is no GPU, Dawn is asked once', async () => {
  const answering = (...answers: (GPUAdapter | null)[]) => {
    const requestAdapter = vi.fn(() => Promise.resolve(answers.shift() ?? null));
    return { gpu: { requestAdapter } as unknown as GPU, requestAdapter };
  };
  const adapter = { info: { description: 'a chip' } } as GPUAdapter;
  const late = answering(null, null, adapter);
  expect(await findAdapter({ gpu: late.gpu, host: 'the browser', tries: 4 })).toMatchObject({
    adapter,
    description: 'a chip',
    software: false,
  });
  expect(late.requestAdapter).toHaveBeenCalledTimes(3);
  const never = answering();
  await expect(findAdapter({ gpu: never.gpu, host: 'Dawn' })).rejects.toThrow('Dawn finds no GPU here');
  expect(never.requestAdapter).toHaveBeenCalledTimes(1);
});

test('products are cut so that no block is too much work or too deep, in whole tiles', () => {
  const limits = { work: 100_000, inner: 20 };
  expect(planProduct(10, 5, 10, 32, limits)).toEqual({ rows: 10, inner: 10 });
  expect(planProduct(5000, 25, 10, 32, limits)).toEqual({ rows: 384, inner: 10 }); // 400 · 25 · 10 would be all
  expect(planProduct(5000, 25, 200, 32, limits)).toEqual({ rows: 192, inner: 20 });
  expect(planProduct(5000, 1e6, 10, 64, limits)).toEqual({ rows: 64, inner: 10 });
});
