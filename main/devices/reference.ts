// The second route for every device: tfjs's own backend in plain JavaScript, which sums in float64, and the operations composed on it.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Algebra } from './algebra.ts';
import type { Device } from './index.ts';
import { createOps } from './ops.ts';

/** Runs `f` on it and goes back to the device that was current; nothing else may compute meanwhile. */
export async function onReference<T>(algebra: Algebra, f: (reference: Device) => Promise<T>): Promise<T> {
  const before = tf.getBackend();
  await tf.setBackend('cpu');
  try {
    return await f({
      name: 'cpu',
      detail: 'tfjs’s own kernels in JavaScript',
      tf,
      ops: createOps(),
      algebra,
      tensorBytes: 2 ** 32,
      memoryBytes: null,
      memory: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
      dispose: () => undefined,
    });
  } finally {
    await tf.setBackend(before);
  }
}
