// The webgpu device's backend where it is the current one: known by what it has, so that a program without a GPU need not load tfjs's.
import * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend } from './backend.ts';

export function gpuBackend(): GpuBackend | null {
  const backend = tf.backend();
  return 'limits' in backend && 'empty' in backend ? (backend as GpuBackend) : null;
}
