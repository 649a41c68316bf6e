// A WebAssembly memory of one computation's own, its size known beforehand, and the float64 kernels on it.
import { KernelscopeError } from '../../contract/errors.ts';
import { wasmBuild, wasmModule, type WasmName } from '../wasm/load.ts';

const page = 65_536;
const limit = 65_536; // pages: 4 GiB
const line = 64; // bytes of a cache line

export interface Block {
  /** byte offset, what the kernels take */
  readonly at: number;
  readonly view: Float64Array;
}

/** Memory for float64 blocks of the given lengths, all zero. @throws KernelscopeError `failed` beyond 4 GiB or what the machine gives */
export function createScratch(...lengths: number[]): { memory: WebAssembly.Memory; blocks: Block[] } {
  const offsets: number[] = [];
  let bytes = line; // offset 0 stays free
  for (const length of lengths) {
    offsets.push(bytes);
    bytes += Math.ceil((length * 8) / line) * line + line;
  }
  const pages = Math.ceil(bytes / page);
  const needs = `own linear algebra: ${(bytes / 2 ** 30).toFixed(1)} GiB are needed`;
  if (pages > limit)
    throw new KernelscopeError('failed', `${needs}, and at most 4 can be had; an installed BLAS with LAPACK has no such limit`);
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }); // the kernels are built for shared memories
  } catch (error) {
    throw new KernelscopeError(
      'failed',
      `${needs}, and the machine refused them: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return { memory, blocks: lengths.map((n, i) => ({ at: offsets[i], view: new Float64Array(memory.buffer, offsets[i], n) })) };
}

/** Compiles each module once. */
export type Modules = <T>(name: WasmName, memory: WebAssembly.Memory) => T;
export function createModules(): Modules {
  const compiled = new Map<WasmName, WebAssembly.Module>();
  const build = wasmBuild();
  return <T>(name: WasmName, memory: WebAssembly.Memory): T => {
    const module = compiled.get(name) ?? wasmModule(name, build);
    compiled.set(name, module);
    return new WebAssembly.Instance(module, { env: { memory } }).exports as T;
  };
}
