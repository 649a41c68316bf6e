// The end of a backend of ours.
import * as tf from '@tensorflow/tfjs-core';

/** Takes a backend with its kernels out of tfjs; `before` is the current one again where this one was. */
export function unregister(name: string, before: string): void {
  const current = tf.engine().backendName === name;
  for (const { kernelName } of tf.getKernelsForBackend(name)) tf.unregisterKernel(kernelName, name);
  tf.removeBackend(name);
  if (current && before && tf.findBackendFactory(before)) void tf.setBackend(before);
}
