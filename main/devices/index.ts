// Opens a device: a tfjs backend, the operations on it, and the float64 algebra that is the same on all.
import * as tf from '@tensorflow/tfjs-core';
import { badInput, firstLine } from '../contract/errors.ts';
import type { DeviceReport } from '../contract/results.ts';
import { createAlgebra, type Algebra } from './algebra.ts';
import { cpuMemoryBytes } from './batch.ts';
import { requireSound, unusable, usableReport } from './checked.ts';
import { registerCpu } from './cpu/register.ts';
import { findNative, float32Blas, type NativeSearch } from './native.ts';
import { createOps, type Ops, type ShareMoments } from './ops.ts';
import { wasmBuild } from './wasm/load.ts';
import type { GpuOptions } from './webgpu/register.ts';

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
  /** bytes that one tensor may take */
  readonly tensorBytes: number;
  /** bytes that all tensors together may take; null: nobody says */
  readonly memoryBytes: number | null;
  /** where `auto` chose it: the faster ones, and why not they */
  readonly passedOver?: readonly DeviceReport[];
  /** live tensors, and bytes of their values */
  memory(): { tensors: number; bytes: number };
  dispose(): void;
}

export interface OpenOptions {
  /** false: work without the machine's BLAS and LAPACK even where they are found */
  native?: boolean;
  /** false: do not compare it with known results first */
  selfTest?: boolean;
  /** of the webgpu device, for tests */
  gpu?: GpuOptions;
}

const without: NativeSearch = { library: null, detail: 'no BLAS: switched off' };
/** tfjs's cpu device holds all tensors in one memory of 4 GiB. */
const cpuTensorBytes = 2 ** 32;

async function openCpu({ native }: OpenOptions): Promise<Device> {
  const search = native === false ? without : await findNative();
  const registered = await registerCpu({ native: search.library ? { library: search.library, blas: float32Blas(search.library) } : null });
  const { backend } = registered;
  return {
    name: 'cpu',
    detail: `${backend.products.detail}; ${backend.kernels.build === 'relaxed' ? 'relaxed' : 'plain'} SIMD`,
    tf,
    ops: createOps(),
    algebra: createAlgebra(search),
    tensorBytes: cpuTensorBytes,
    memoryBytes: cpuMemoryBytes,
    memory: () => ({ tensors: tf.memory().numTensors, bytes: backend.shared.used }),
    dispose: () => registered.remove(),
  };
}

async function openWebgpu({ native, gpu }: OpenOptions): Promise<Device & { software: boolean }> {
  const { dawn } = await import('./webgpu/dawn.ts');
  const source = await dawn();
  const { openGpu } = await import('./webgpu/open.ts');
  return openGpu(source, createAlgebra(native === false ? without : await findNative()), gpu);
}

async function openCuda({ native }: OpenOptions): Promise<Device> {
  const { openTensorflow } = await import('./cuda/open.ts');
  return openTensorflow(createAlgebra(native === false ? without : await findNative()));
}

const openers: Record<DeviceName, (options: OpenOptions) => Promise<Device & { software?: boolean }>> = {
  cpu: openCpu,
  webgpu: openWebgpu,
  cuda: openCuda,
};

/** From the fastest on. */
const bySpeed = ['cuda', 'webgpu', 'cpu'] as const;

/** Opens a device and compares it with known results. `automatic`: nobody asked for it by name
 *  @throws with the reason why it cannot be used */
async function openChecked(name: DeviceName, options: OpenOptions, automatic: boolean): Promise<Device> {
  const device = await openers[name](options);
  try {
    if (automatic && device.software) throw badInput(`${device.detail}; computed by the processor, so only taken by name`);
    if (options.selfTest !== false) await requireSound(device);
    return device;
  } catch (error) {
    device.dispose();
    throw error;
  }
}

/** Opens a device once it has passed its self-test; 'auto' takes the first that does of cuda, webgpu on a real GPU, and cpu.
 *  @throws KernelscopeError `bad-input` for a device that cannot be used, with the reason */
export async function openDevice(name: 'auto' | DeviceName = 'auto', options: OpenOptions = {}): Promise<Device> {
  if (name !== 'auto' && !deviceNames.includes(name))
    throw badInput(`device: expected auto | ${deviceNames.join(' | ')}, got ${JSON.stringify(name)}`);
  if (name !== 'auto')
    try {
      return await openChecked(name, options, false);
    } catch (error) {
      throw unusable(name, error);
    }
  const passedOver: DeviceReport[] = [];
  for (const candidate of bySpeed)
    try {
      return { ...(await openChecked(candidate, options, true)), passedOver };
    } catch (error) {
      // The cpu has nobody after it: what is wrong there is wrong with this program.
      if (candidate === 'cpu') throw error;
      passedOver.push({ name: candidate, usable: false, reason: firstLine(error) });
    }
  throw new Error('unreachable: the cpu device comes last');
}

/** Every device with the reason why it is or is not usable. */
export async function listDevices(): Promise<DeviceReport[]> {
  const { detail } = await findNative();
  const reports: DeviceReport[] = [{ name: 'cpu', usable: true, reason: `${detail}; ${wasmBuild()} SIMD` }];
  for (const name of ['webgpu', 'cuda'] as const)
    try {
      reports.push({ name, usable: true, ...(await look[name]()) });
    } catch (error) {
      reports.push({ name, usable: false, reason: firstLine(error) });
    }
  return reports;
}

type Seen = ReturnType<typeof usableReport>;

/** What a device is, without opening it. @throws with the reason where it cannot be used */
const look = {
  async webgpu(): Promise<Seen> {
    const [{ dawn }, { findAdapter }] = [await import('./webgpu/dawn.ts'), await import('./webgpu/adapter.ts')];
    const source = await dawn();
    const { description, software } = await findAdapter(source);
    return usableReport(`${description}, on ${source.host}`, software);
  },
  async cuda(): Promise<Seen> {
    const { findTensorflow } = await import('./cuda/open.ts');
    const { detail, software } = findTensorflow();
    return usableReport(detail, software);
  },
};
