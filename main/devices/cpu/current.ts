// The cpu device's backend where it is the current one: known by what it has, so that a page, which has no threads, need not load it.
import * as tf from '@tensorflow/tfjs-core';
import type { CpuBackend } from './backend.ts';

export function cpuBackend(): CpuBackend | null {
  const backend = tf.backend();
  return 'crew' in backend && 'products' in backend ? (backend as CpuBackend) : null;
}
