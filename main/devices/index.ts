// Opens a device: a tfjs backend, the operations on it, and the float64 algebra that is the same on all.
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { badInput } from '../contract/errors.ts';
import type { DeviceReport } from '../contract/results.ts';
import { createAlgebra, type Algebra } from './algebra.ts';
import { registerCpu } from './cpu/register.ts';
import { findNative, float32Blas, type NativeSearch } from './native.ts';
import { createOps, type Ops, type ShareMoments } from './ops.ts';
import { wasmBuild } from './wasm/load.ts';

export type { Algebra, Ops, ShareMoments };
export type DeviceName = 'cpu' | 'webgpu' | 'cuda';
export const deviceNames = ['cpu', 'webgpu', 'cuda'] as const;

export interface Device {
  readonly name: DeviceName;
  /** 'OpenBLAS 0.3.21, 2 threads, …; relaxed SIMD' */
  readonly detail: string;
  /** tfjs with this device's backend set and ready */
  readonly tf: typeof import('@tensorflow/tfjs-core');
  /** fused operations; plain compositions where the backend lacks the kernel */
  readonly ops: Ops;
  /** float64, the same whatever the backend */
  readonly algebra: Algebra;
  /** live tensors, and bytes of their values */
  memory(): { tensors: number; bytes: number };
  dispose(): void;
}

export interface OpenOptions {
  /** false: work without the machine's BLAS and LAPACK even where they are found */
  native?: boolean;
}

const without: NativeSearch = { library: null, detail: 'no BLAS: switched off' };

/** Why a device other than the cpu cannot be used. */
function missing(name: 'webgpu' | 'cuda'): string {
  if (name === 'webgpu') return 'not in this version: training on WebGPU has not been built yet';
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu');
  } catch {
    return 'not in this version; besides, @tensorflow/tfjs-node-gpu is not installed';
  }
  return 'not in this version, though @tensorflow/tfjs-node-gpu is installed';
}

/** Opens a device; 'auto' takes the fastest usable one, which in this version is the cpu.
 *  @throws KernelscopeError `bad-input` for a device that cannot be used, with the reason */
export async function openDevice(name: 'auto' | DeviceName = 'auto', options: OpenOptions = {}): Promise<Device> {
  if (name === 'webgpu' || name === 'cuda') throw badInput(`device: ${name} cannot be used (${missing(name)}); accepted: auto | cpu`);
  if (name !== 'auto' && name !== 'cpu') throw badInput(`device: expected auto | ${deviceNames.join(' | ')}, got ${JSON.stringify(name)}`);
  const search = options.native === false ? without : await findNative();
  const native = search.library ? { library: search.library, blas: float32Blas(search.library) } : null;
  const registered = await registerCpu({ native });
  const { backend } = registered;
  return {
    name: 'cpu',
    detail: `${backend.products.detail}; ${backend.kernels.build === 'relaxed' ? 'relaxed' : 'plain'} SIMD`,
    tf,
    ops: createOps(),
    algebra: createAlgebra(search),
    memory: () => ({ tensors: tf.memory().numTensors, bytes: backend.shared.used }),
    dispose: () => registered.remove(),
  };
}

/** Every device with the reason why it is or is not usable; opens none. */
export async function listDevices(): Promise<DeviceReport[]> {
  const { detail } = await findNative();
  return [
    { name: 'cpu', usable: true, reason: `${detail}; ${wasmBuild()} SIMD` },
    { name: 'webgpu', usable: false, reason: missing('webgpu') },
    { name: 'cuda', usable: false, reason: missing('cuda') },
  ];
}
