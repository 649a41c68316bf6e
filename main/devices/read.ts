// The one way from a device to numbers: asynchronous, because a GPU has to be waited for; on the cpu device it is a copy and no wait.
import type { Tensor } from '@tensorflow/tfjs-core';

/** The values of a float32 tensor, which is disposed. */
export async function taken(t: Tensor): Promise<Float32Array> {
  try {
    return (await t.data()) as Float32Array;
  } finally {
    t.dispose();
  }
}

/** The values of several, all of which are disposed. */
export const allTaken = (tensors: readonly Tensor[]): Promise<Float32Array[]> => Promise.all(tensors.map(taken));
