// The cuda device: TensorFlow's library through its Node package. That brings a tfjs-core of its own, which keeps its engine and registry
// where ours does (on globalThis), so its backend and kernels serve our operations.
import * as tf from '@tensorflow/tfjs-core';
import { KernelscopeError } from '../../contract/errors.ts';
import type { Algebra } from '../algebra.ts';
import type { Device } from '../index.ts';
import { createOps } from '../ops.ts';
import { loadTensorflow, type TensorflowPackage } from './load.ts';

const backendName = 'tensorflow';

/** TensorFlow sizes tensors by 31-bit dimensions; what a GPU's memory holds it says itself. */
const tensorBytes = 4 * 2 ** 31;

/** What the backend knows of its device; present since tfjs-node 1.3. */
interface NodeBackend {
  isUsingGpuDevice?: boolean;
}

const backendOf = (from?: string): { found: TensorflowPackage; backend: NodeBackend } => {
  const found = loadTensorflow(from);
  const backend = tf.findBackend(backendName) as NodeBackend | null;
  if (!backend) throw new KernelscopeError('failed', `${found.name} loads, but registers no backend ${backendName}`);
  return { found, backend };
};

const described = ({ detail }: TensorflowPackage, { isUsingGpuDevice }: NodeBackend) =>
  isUsingGpuDevice ? `${detail} on the GPU` : `${detail} without a GPU`;

/** Loads the package and says what it computes on. from: where it is looked for. @throws KernelscopeError `failed` with the reason */
export function findTensorflow(from?: string): { detail: string; software: boolean } {
  const { found, backend } = backendOf(from);
  return { detail: described(found, backend), software: backend.isUsingGpuDevice !== true };
}

/** Opens the device. @throws KernelscopeError `failed` with the reason */
export async function openTensorflow(algebra: Algebra, from?: string): Promise<Device & { software: boolean }> {
  const { found, backend } = backendOf(from);
  const before = tf.engine().backendName;
  if (!(await tf.setBackend(backendName))) throw new KernelscopeError('failed', `${found.name} loads, but its backend does not start`);
  return {
    name: 'cuda',
    detail: described(found, backend),
    software: backend.isUsingGpuDevice !== true,
    tf,
    ops: createOps(),
    algebra,
    tensorBytes,
    memoryBytes: null,
    memory: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
    dispose() {
      // The backend is the package's, which cannot be loaded twice; another device takes its place.
      if (tf.engine().backendName === backendName && before && tf.findBackendFactory(before)) void tf.setBackend(before);
    },
  };
}
