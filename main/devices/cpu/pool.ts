// Threads for our own matrix product: each runs `serve` of wasm/src/product.ts on the shared memory until it is stopped.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SharedMemory } from '../memory.ts';
import { wasmExports, wasmModule, type WasmBuild } from '../wasm/load.ts';
import type { ProductKernels } from './kernels.ts';

export interface Pool {
  /** the calling thread included */
  readonly threads: number;
  /** where a job is laid down */
  readonly slot: number;
  stop(): void;
}

/** As many threads as processors, up to where the memory becomes the limit. */
export const defaultThreads = (): number => Math.min(8, availableParallelism());

// A thread needs nothing but the module and the memory, so its program is this text, and bundling has no second entry to know of.
const program = `
const { workerData } = require('node:worker_threads');
const { module, memory, slot, work } = workerData;
new WebAssembly.Instance(module, { env: { memory } }).exports.serve(slot, work);
`;

/** Starts `threads` − 1 workers. They sleep between products and do not keep the process alive. */
export function createPool(shared: SharedMemory, build: WasmBuild, threads: number): Pool {
  const kernels = wasmExports('product', shared.memory, build) as unknown as ProductKernels;
  const slot = shared.allocate(kernels.slotBytes());
  shared.bytes(slot, kernels.slotBytes()).fill(0);
  const module = wasmModule('product', build);
  for (let i = 1; i < threads; i++) {
    const work = shared.allocate(kernels.workspace());
    new Worker(program, { eval: true, workerData: { module, memory: shared.memory, slot, work } }).unref();
  }
  return { threads, slot, stop: () => kernels.stop(slot) };
}
