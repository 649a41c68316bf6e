// Puts the cpu device into tfjs's registry: every kernel of tfjs's cpu backend under our name, ours before them where we have one.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { CpuBackend, type CpuOptions } from './backend.ts';
import { ownKernels } from './dense.ts';
import { elementwiseOverrides } from './elementwise.ts';
import { imageOverrides } from './images.ts';
import { matrixOverrides } from './matrix.ts';
import type { Override } from './override.ts';
import { unregister } from '../unregister.ts';

const overrides: Record<string, Override> = { ...elementwiseOverrides, ...matrixOverrides, ...imageOverrides };

function kernelFunc(override: Override, fallback: tf.KernelFunc | null): tf.KernelFunc {
  return (params) => {
    const call = {
      inputs: params.inputs as Record<string, tf.TensorInfo>,
      attrs: params.attrs ?? {},
      backend: params.backend as CpuBackend,
    };
    const result = override(call) ?? fallback?.(params);
    if (!result) throw new Error('a kernel without fallback gave nothing');
    return result;
  };
}

export interface Registered {
  name: string;
  backend: CpuBackend;
  remove(): void;
}

/** Registers a cpu device's backend and makes it tfjs's current one. Several may live side by side, each under its own name. */
export async function registerCpu(options: CpuOptions): Promise<Registered> {
  let name = 'kernelscope';
  for (let i = 2; tf.findBackendFactory(name); i++) name = `kernelscope-${i}`;
  const backend = new CpuBackend(options);
  const before = tf.engine().backendName;
  tf.registerBackend(name, () => backend, 0);
  for (const { kernelName, kernelFunc: fallback } of tf.getKernelsForBackend('cpu')) {
    const override = overrides[kernelName];
    tf.registerKernel({ kernelName, backendName: name, kernelFunc: override ? kernelFunc(override, fallback) : fallback });
  }
  for (const [kernelName, kernel] of Object.entries(ownKernels))
    tf.registerKernel({ kernelName, backendName: name, kernelFunc: kernelFunc(kernel, null) });
  await tf.setBackend(name);
  return {
    name,
    backend,
    remove: () => unregister(name, before),
  };
}
