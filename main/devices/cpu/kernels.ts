// The WebAssembly kernels by their signatures. Addresses are offsets into the shared memory; what each computes stands in wasm/src.
import { wasmBuild, wasmExports, type WasmBuild } from '../wasm/load.ts';

/** Numbers of the operations in wasm/src/elementwise.ts and parts/functions.ts. */
export const binaryOps = { add: 0, subtract: 1, multiply: 2, divide: 3 } as const;
export const unaryOps = { relu: 1, tanh: 2, erf: 3, square: 4, exp: 5, sqrt: 6, negate: 7 } as const;
export const activationOps = { linear: 0, relu: 1, tanh: 2, erf: 3 } as const;

interface Elementwise {
  binary(op: number, x: number, y: number, o: number, n: number): void;
  binaryScalar(op: number, x: number, s: number, o: number, n: number): void;
  scalarBinary(op: number, s: number, y: number, o: number, n: number): void;
  binaryRow(op: number, x: number, y: number, o: number, rows: number, cols: number): void;
  binaryColumn(op: number, x: number, y: number, o: number, rows: number, cols: number): void;
  unary(op: number, x: number, o: number, n: number): void;
  chain(kind: number, g: number, h: number, o: number, n: number): void;
  accumulateProduct(k: number, a: number, scale: number, shift: number, b: number, o: number, n: number): void;
  fill(x: number, value: number, n: number): void;
  biasActivate(kind: number, z: number, b: number, rows: number, cols: number): void;
}
interface Sums {
  total(x: number, n: number): number;
  rowSums(x: number, o: number, rows: number, cols: number): void;
  columnSums(x: number, o: number, rows: number, cols: number): void;
  chainSums(kind: number, g: number, h: number, o: number, sum: number, rows: number, cols: number): void;
}
interface Layout {
  transpose(x: number, o: number, rows: number, cols: number): void;
  mirror(x: number, n: number): void;
}
interface Moments {
  addShare(
    ...args: [s: number, more: number, a: number, scale: number, shift: number, b: number, l: number, m: number, n: number,
      rows: number, columns: number, out: number] // prettier-ignore
  ): void;
  innerProduct(x: number, y: number, n: number): number;
}
interface Optimizers {
  sgd(p: number, g: number, n: number, rate: number): void;
  momentum(p: number, g: number, v: number, n: number, rate: number, mu: number): void;
  adam(
    ...args: [
      p: number,
      g: number,
      m: number,
      v: number,
      n: number,
      b1: number,
      c1: number,
      b2: number,
      c2: number,
      step: number,
      root: number,
      eps: number,
    ]
  ): void;
}
export interface ProductKernels {
  workspace(): number;
  slotBytes(): number;
  serve(slot: number, work: number): void;
  stop(slot: number): void;
  multiply(
    ...args: [slot: number, work: number, m: number, n: number, k: number, alpha: number, a: number, transA: number, lda: number,
      b: number, transB: number, ldb: number, c: number, ldc: number, add: number, step: number, share: number] // prettier-ignore
  ): void;
}

export interface Kernels {
  build: WasmBuild;
  elementwise: Elementwise;
  sums: Sums;
  layout: Layout;
  optimizers: Optimizers;
  moments: Moments;
  product: ProductKernels;
}

/** The kernels on `memory`, in the build that this engine can run unless another is asked for. */
export function loadKernels(memory: WebAssembly.Memory, build: WasmBuild = wasmBuild()): Kernels {
  const load = (name: Parameters<typeof wasmExports>[0]): unknown => wasmExports(name, memory, build);
  return {
    build,
    elementwise: load('elementwise') as Elementwise,
    sums: load('sums') as Sums,
    layout: load('layout') as Layout,
    optimizers: load('optimizers') as Optimizers,
    moments: load('moments') as Moments,
    product: load('product') as ProductKernels,
  };
}
