// The loader of TensorFlow's Node package, on packages made here: the real one's native library cannot be had everywhere.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { loadTensorflow, repairUtil } from '../../../main/devices/cuda/load.ts';
import { createAlgebra } from '../../../main/devices/algebra.ts';
import { findTensorflow, openTensorflow } from '../../../main/devices/cuda/open.ts';
import { checkDevice } from '../../../main/devices/fixtures.ts';
import { temporaryFolder } from '../../support/folder.ts';

const place = temporaryFolder();

/** A folder with packages in its node_modules; answers a file in it to look from. */
function withPackages(packages: Record<string, string>): string {
  const folder = mkdtempSync(path.join(place, 'app-'));
  for (const [name, code] of Object.entries(packages)) {
    const own = path.join(folder, 'node_modules', name);
    mkdirSync(own, { recursive: true });
    writeFileSync(path.join(own, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }));
    writeFileSync(path.join(own, 'index.js'), code);
  }
  return path.join(folder, 'index.js');
}
const refusal = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(KernelscopeError);
    const { message } = error as KernelscopeError;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('nothing was refused');
};

describe('what Node 23 took out of util', () => {
  test('is put back, does what it did, and what is there stays', () => {
    const isString = () => 'mine';
    const target: Record<string, unknown> = { isString };
    expect(repairUtil(target)).toContain('isNullOrUndefined');
    expect(target['isString']).toBe(isString);
    const does = (name: string, value: unknown) => (target[name] as (v: unknown) => boolean)(value);
    expect([null, undefined, 0, ''].map((v) => does('isNullOrUndefined', v))).toEqual([true, true, false, false]);
    expect([null, {}, [], () => 0].map((v) => does('isObject', v))).toEqual([false, true, true, false]);
    expect([null, 1, {}, () => 0].map((v) => does('isPrimitive', v))).toEqual([true, true, false, false]);
    expect([/a/, new Date(0), new TypeError('x')].map((v, i) => does(['isRegExp', 'isDate', 'isError'][i], v))).toEqual([true, true, true]);
    expect(repairUtil(target)).toEqual([]);
  });

  test('is there when the package is loaded', () => {
    const from = withPackages({
      '@tensorflow/tfjs-node': `if (!require('util').isNullOrUndefined(null)) throw new Error('not repaired');
        exports.version = { 'tfjs-node': '4.22.0' };`,
    });
    expect(loadTensorflow(from).detail).toBe('@tensorflow/tfjs-node 4.22.0');
  });
});

describe('which package', () => {
  const fine = (version: string) => `exports.version = { 'tfjs-node': '${version}' };`;
  test('the GPU build before the CPU build', () => {
    const from = withPackages({ '@tensorflow/tfjs-node': fine('1.0.0'), '@tensorflow/tfjs-node-gpu': fine('2.0.0') });
    expect(loadTensorflow(from).detail).toBe('@tensorflow/tfjs-node-gpu 2.0.0');
  });
  test('none: says that it is not installed', () => {
    expect(refusal(() => loadTensorflow(withPackages({})))).toBe(
      '@tensorflow/tfjs-node-gpu is not installed (its native library could not be downloaded, or it was left out)',
    );
  });
  test('one whose native part is missing: says so, in its own words, on one line', () => {
    const from = withPackages({
      '@tensorflow/tfjs-node-gpu': `throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: /lib/napi-v8\\nPlease run npm rebuild");`,
    });
    expect(refusal(() => loadTensorflow(from))).toBe(
      '@tensorflow/tfjs-node-gpu does not load: The Node.js native addon module (tfjs_binding.node) can not be found at path: /lib/napi-v8',
    );
  });
  test('one that registers no backend is not used', () => {
    const from = withPackages({ '@tensorflow/tfjs-node-gpu': fine('4.22.0') });
    expect(refusal(() => findTensorflow(from))).toBe('@tensorflow/tfjs-node-gpu loads, but registers no backend tensorflow');
  });
});

describe('a package with a tfjs-core of its own', () => {
  const folder = temporaryFolder();
  /** A second tfjs-core, as the package brings one: the same code loaded from another place. */
  beforeAll(() => {
    const own = path.join(folder, 'core');
    mkdirSync(own, { recursive: true });
    copyFileSync('node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js', path.join(own, 'index.js'));
    symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  });
  afterAll(() => {
    for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) tf.unregisterKernel(kernelName, 'tensorflow');
    tf.removeBackend('tensorflow');
  });
  /** Registers a backend and its kernels there; they are those of plain JavaScript. */
  const registering = (isUsingGpuDevice: boolean) => `
    const own = require(${JSON.stringify(path.join(folder, 'core'))});
    const { MathBackendCPU } = require(${JSON.stringify(path.resolve('node_modules/@tensorflow/tfjs-backend-cpu'))});
    class Backend extends MathBackendCPU { get isUsingGpuDevice() { return ${isUsingGpuDevice}; } }
    if (own.findBackendFactory('tensorflow')) own.removeBackend('tensorflow');
    own.registerBackend('tensorflow', () => new Backend(), 3);
    if (own.getKernelsForBackend('tensorflow').length === 0)
      for (const kernel of own.getKernelsForBackend('cpu')) own.registerKernel({ ...kernel, backendName: 'tensorflow' });
    exports.version = { 'tfjs-node': '4.22.0' };`;

  test.each([
    [true, { detail: '@tensorflow/tfjs-node-gpu 4.22.0 on the GPU', software: false }],
    [false, { detail: '@tensorflow/tfjs-node-gpu 4.22.0 without a GPU', software: true }],
  ])('sees a GPU: %s', (sees, found) => {
    expect(findTensorflow(withPackages({ '@tensorflow/tfjs-node-gpu': registering(sees) }))).toEqual(found);
  });

  test('serves our operations, gradients included', async () => {
    await tf.setBackend('cpu');
    const device = await openTensorflow(createAlgebra(null), withPackages({ '@tensorflow/tfjs-node-gpu': registering(true) }));
    expect(tf.getBackend()).toBe('tensorflow');
    const checks = await checkDevice(device);
    expect(checks.filter((c) => !c.passed)).toEqual([]);
    device.dispose();
    expect(tf.getBackend()).toBe('cpu');
  });
});
