// Threads for image batches: each serves wasm/src/convolution.ts on the shared memory and calls the machine's BLAS by itself, on one thread.
// On small products this is twice as fast as one caller with BLAS's own threads (README, devices).
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SharedMemory } from '../memory.ts';
import { cblas, sgemmPrototype, type Float32Blas, type NativeLibrary } from '../native.ts';
import { wasmExports, wasmModule, type WasmBuild } from '../wasm/load.ts';

interface ConvolutionKernels {
  workspace(): number;
  slotBytes(): number;
  run(slot: number): void;
  stop(slot: number): void;
  flip(w: number, wf: number, taps: number, CI: number, CO: number): void;
  unflip(s: number, dw: number, taps: number, CI: number, CO: number): void;
  gather(s: number, parts: number, n: number): void;
}

/** Sizes of a job; for batch norm and pooling the output's or the input's alone matter. */
export interface Geometry {
  batch: number;
  height: number;
  width: number;
  inputs: number;
  outHeight: number;
  outWidth: number;
  outputs: number;
  kernel: [number, number];
  stride: number;
  /** rows and columns of zeros before the first */
  padding: [number, number];
}

/** Numbers of the jobs in wasm/src/convolution.ts. */
export const jobs = { forward: 0, apply: 1, slopes: 2, backward: 3, input: 4, filter: 5, pool: 6, unpool: 7 } as const;

/** Samples are dealt out in so many groups, however many threads there are: partial sums are added group by group. */
export const groups = 8;
const columnBytes = 512 * 1024; // half of a second-level cache
const jobAt = 256; // parts/crew.ts
const jobWords = 32;

/** Where the work of a thread lies: packing space of our own product, columns, scratch. */
interface Layout {
  columns: number;
  scratch: number;
  stride: number;
}

// A thread needs nothing but the module, the memory and the BLAS, so its program is this text, and bundling has no second entry to know of.
const program = `
const { workerData } = require('node:worker_threads');
const { module, memory, slot, id, blas } = workerData;
let sgemm = () => { throw new Error('no BLAS'); };
if (blas) {
  const cblas = require(blas.koffi).load(blas.path).func(blas.prototype);
  const { base, rowMajor, trans, noTrans } = blas;
  sgemm = (tA, tB, m, n, k, a, lda, b, ldb, add, c, ldc) =>
    cblas(rowMajor, tA ? trans : noTrans, tB ? trans : noTrans, m, n, k, 1, base + (a >>> 0), lda, base + (b >>> 0), ldb, add, base + (c >>> 0), ldc);
}
new WebAssembly.Instance(module, { env: { memory }, blas: { sgemm } }).exports.serve(slot, id);
`;

export class Crew {
  readonly #shared: SharedMemory;
  readonly #kernels: ConvolutionKernels;
  readonly #native: { library: NativeLibrary; blas: Float32Blas } | null;
  readonly #slot: number;
  readonly #build: WasmBuild;
  readonly #threads: number;
  #started = false;
  #work = { offset: 0, bytes: 0 };

  constructor(
    shared: SharedMemory,
    build: WasmBuild,
    native: { library: NativeLibrary; blas: Float32Blas } | null,
    threads = Math.min(groups, availableParallelism()),
  ) {
    this.#shared = shared;
    this.#native = native;
    this.#build = build;
    this.#threads = threads;
    this.#kernels = wasmExports('convolution', shared.memory, build, {
      blas: { sgemm: native ? onMainThread(shared, native) : () => undefined },
    }) as unknown as ConvolutionKernels;
    this.#slot = shared.allocate(this.#kernels.slotBytes());
    shared.bytes(this.#slot, this.#kernels.slotBytes()).fill(0);
  }

  /** Does a job on all samples; `addresses` as wasm/src/convolution.ts has them for its kind. wide: floats a column of the job takes;
   *  scratch: floats of a sample's or a group of samples' δ, for `backward` */
  run(kind: number, g: Geometry, addresses: readonly number[], o: { wide?: number; scratch?: boolean } = {}): void {
    this.#start();
    const wide = o.wide ?? 0;
    const room = Math.max(columnBytes / 4, g.outWidth * wide);
    // As many whole samples as `backward` takes together.
    const samples = o.scratch ? Math.max(1, Math.floor(room / (g.outHeight * g.outWidth * wide))) : 0;
    const layout = this.#reserve(wide > 0 ? 4 * room : 0, 4 * samples * g.outHeight * g.outWidth * g.outputs);
    const words = [
      ...[kind, groups, this.#native ? 1 : 0, this.#work.offset, layout.stride, layout.columns, layout.scratch, room],
      ...[g.batch, g.height, g.width, g.inputs, g.outHeight, g.outWidth, g.outputs, ...g.kernel, g.stride, ...g.padding],
      ...addresses,
    ];
    if (words.length > jobWords) throw new Error(`a job of ${words.length} words`);
    this.#shared.ints(this.#slot + jobAt, jobWords).set(words);
    const all = this.#native?.library.threads() ?? null;
    try {
      if (all !== null && all > 1) this.#native?.library.setThreads(1);
      this.#kernels.run(this.#slot);
    } finally {
      if (all !== null && all > 1) this.#native?.library.setThreads(all);
    }
  }

  /** Runs `work` with `bytes` of memory that are freed after it. */
  with<T>(bytes: number, work: (offset: number) => T): T {
    const offset = this.#shared.allocate(bytes);
    try {
      return work(offset);
    } finally {
      this.#shared.free(offset);
    }
  }

  flip(w: number, wf: number, taps: number, inputs: number, outputs: number): void {
    this.#kernels.flip(w, wf, taps, inputs, outputs);
  }
  unflip(s: number, dw: number, taps: number, inputs: number, outputs: number): void {
    this.#kernels.unflip(s, dw, taps, inputs, outputs);
  }
  /** Adds the groups' partial float32 sums into the first. */
  gather(s: number, n: number): void {
    this.#kernels.gather(s, groups, n);
  }

  stop(): void {
    if (this.#started) this.#kernels.stop(this.#slot);
  }

  #reserve(columns: number, scratch: number): Layout {
    const line = (bytes: number) => Math.ceil(bytes / 64) * 64;
    const packing = this.#native ? 0 : line(this.#kernels.workspace());
    const layout = { columns: packing, scratch: packing + line(columns), stride: packing + line(columns) + line(scratch) };
    const bytes = layout.stride * this.#threads;
    if (bytes > this.#work.bytes) {
      if (this.#work.bytes > 0) this.#shared.free(this.#work.offset);
      this.#work = { offset: 0, bytes: 0 };
      this.#work = { offset: this.#shared.allocate(bytes), bytes };
    }
    return layout;
  }

  /** Threads are started at the first job: most programs have none. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const module = wasmModule('convolution', this.#build);
    const { memory } = this.#shared;
    const blas = this.#native && {
      koffi: createRequire(import.meta.url).resolve('koffi'),
      path: this.#native.library.path,
      prototype: sgemmPrototype('uintptr_t'),
      base: baseOf(this.#shared, this.#native.library),
      ...cblas,
    };
    for (let id = 1; id < this.#threads; id++)
      new Worker(program, { eval: true, workerData: { module, memory, slot: this.#slot, id, blas } }).unref();
  }
}

/** Shared memory never moves, so one look is enough. */
const baseOf = (shared: SharedMemory, library: NativeLibrary): number => library.address(new Uint8Array(shared.memory.buffer, 0, 1));

function onMainThread(shared: SharedMemory, { library, blas }: { library: NativeLibrary; blas: Float32Blas }) {
  const base = baseOf(shared, library);
  const { rowMajor, trans, noTrans } = cblas;
  const op = (transposed: number) => (transposed ? trans : noTrans);
  return (
    ...[tA, tB, m, n, k, a, lda, b, ldb, add, c, ldc]: [
      tA: number, tB: number, m: number, n: number, k: number, a: number, lda: number, b: number, ldb: number,
      add: number, c: number, ldc: number] // prettier-ignore
  ): void => {
    blas.sgemm(rowMajor, op(tA), op(tB), m, n, k, 1, base + (a >>> 0), lda, base + (b >>> 0), ldb, add, base + (c >>> 0), ldc);
  };
}
