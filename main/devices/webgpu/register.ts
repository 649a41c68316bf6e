// Puts the webgpu device into tfjs's registry: every kernel of tfjs's webgpu backend under our name, ours before them where we have one.
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { FoundAdapter } from './adapter.ts';
import { GpuBackend, type GpuLimits } from './backend.ts';
import { convolutionKernels } from './conv-kernels.ts';
import { ownKernels, type Call } from './dense.ts';
import { unary, type GpuFunction } from './functions.ts';
import { matrixProduct, productLimits } from './product.ts';
import { elements } from '../cpu/override.ts';
import { unregister } from '../unregister.ts';

export interface GpuOptions {
  /** smaller limits than the device's, for tests */
  limits?: Partial<GpuLimits>;
}
export interface RegisteredGpu {
  name: string;
  backend: GpuBackend;
  remove(): void;
}

const functions: Record<string, GpuFunction> = { Relu: 'relu', Tanh: 'tanh', Erf: 'erf', Exp: 'exp' };

/** Limits that are asked for as high as the adapter has them; the others stay at what every device has. */
const wanted = [
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Opens the adapter's device and makes it tfjs's current backend. */
export async function registerGpu({ adapter }: FoundAdapter, { limits }: GpuOptions = {}): Promise<RegisteredGpu> {
  const requiredLimits = Object.fromEntries(wanted.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits });
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = device.limits;
  const own: GpuLimits = {
    tensorBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize),
    workgroups: maxComputeWorkgroupsPerDimension,
    spareBytes: 2 ** 29,
    recorded: 64,
    recordedBytes: 2 ** 28,
    product: productLimits,
    ...limits,
  };
  let name = 'kernelscope-webgpu';
  for (let i = 2; tf.findBackendFactory(name); i++) name = `kernelscope-webgpu-${i}`;
  // Split products add up by atomics, in another order each time; the packed program sums in one order. And what is asked of the GPU
  // is computed there, however small it is: the same operation must not round differently by where its operands happen to lie.
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', 3);
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', own.recorded);
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  const backend = new GpuBackend(device, adapter.info, own);
  const before = tf.engine().backendName;
  tf.registerBackend(name, () => backend, 0);
  const theirs = new Map(tf.getKernelsForBackend('webgpu').map((config) => [config.kernelName, config.kernelFunc]));
  const kernel = (kernelName: string): tf.KernelFunc => {
    const found = theirs.get(kernelName);
    if (!found) throw new Error(`tfjs's webgpu backend has no kernel ${kernelName}`);
    return found;
  };
  const ours: Record<string, tf.KernelFunc> = {
    BatchMatMul: matrixProduct(kernel('BatchMatMul')),
    ...convolutionKernels(kernel),
  };
  for (const [kernelName, f] of Object.entries(functions)) {
    const theirs = kernel(kernelName);
    ours[kernelName] = (given) => {
      const { x } = given.inputs as { x: tf.TensorInfo };
      return x.dtype === 'float32' && elements(x.shape) > 0 ? unary(given.backend as GpuBackend, f, x) : theirs(given);
    };
  }
  for (const [kernelName, kernelFunc] of theirs)
    tf.registerKernel({ kernelName, backendName: name, kernelFunc: ours[kernelName] ?? kernelFunc });
  for (const [kernelName, ours] of Object.entries(ownKernels))
    tf.registerKernel({ kernelName, backendName: name, kernelFunc: (given) => ours(given as unknown as Call) });
  await tf.setBackend(name);
  return {
    name,
    backend,
    remove: () => unregister(name, before),
  };
}
