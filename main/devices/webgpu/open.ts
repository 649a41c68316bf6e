// A webgpu device from a `GPU` object: the same under plain Node and in a page, which is why nothing here is Node's.
import * as tf from '@tensorflow/tfjs-core';
import type { Algebra } from '../algebra.ts';
import type { Device } from '../index.ts';
import { createOps } from '../ops.ts';
import { findAdapter, type GpuSource } from './adapter.ts';
import { registerGpu, type GpuOptions } from './register.ts';

export interface GpuDevice extends Device {
  /** computed by the processor: `auto` passes it over */
  readonly software: boolean;
  readonly gpu: GPUDevice;
}

/** Opens the fastest GPU behind `source`. @throws KernelscopeError `bad-input` where there is none */
export async function openGpu(source: GpuSource, algebra: Algebra, options: GpuOptions = {}): Promise<GpuDevice> {
  const found = await findAdapter(source);
  const registered = await registerGpu(found, options);
  const { backend } = registered;
  const { tensorBytes } = backend.limits;
  return {
    name: 'webgpu',
    detail: `${found.description}, on ${source.host}; up to ${(tensorBytes / 1e9).toFixed(2)} GB in one tensor`,
    software: found.software,
    gpu: backend.device,
    tf,
    ops: createOps(),
    algebra,
    tensorBytes,
    memoryBytes: null,
    memory: () => ({ tensors: tf.memory().numTensors, bytes: backend.bufferManager.numBytesUsed }),
    dispose: () => registered.remove(),
  };
}
