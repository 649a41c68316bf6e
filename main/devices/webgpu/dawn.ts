// WebGPU under plain Node: the npm package `webgpu`, which is Chromium's own implementation (Dawn) as a native module. It is not in
// packages of the app: Electron's memory cage lets no native module hand out the memory that a GPU buffer is mapped to.
import { firstLine, KernelscopeError } from '../../contract/errors.ts';
import type { GpuSource } from './adapter.ts';

interface DawnModule {
  create(options: string[]): GPU;
  /** GPUBuffer, GPUBufferUsage, GPUMapMode, … */
  globals: object;
}

/** Held as long as the process lives: devices die with the object that made them. */
let made: GpuSource | null = null;

/** Loads Dawn and puts WebGPU's names where tfjs looks for them. @throws KernelscopeError `failed` with the reason */
export async function dawn(): Promise<GpuSource> {
  if (made) return made;
  if (process.versions['electron'])
    throw new KernelscopeError('failed', 'the desktop app has WebGPU in a window of its own, for work that names the device');
  let module: DawnModule;
  try {
    module = await import('webgpu');
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    throw new KernelscopeError(
      'failed',
      absent ? 'the optional package webgpu is not installed' : `the package webgpu does not load: ${firstLine(error)}`,
    );
  }
  Object.assign(globalThis, module.globals);
  const gpu = module.create([]);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return (made = { gpu, host: 'Dawn' });
}
