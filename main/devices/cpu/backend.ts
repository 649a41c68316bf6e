// The cpu device as a tfjs backend: tfjs's own slow and right cpu backend, with every tensor's values in one shared WebAssembly memory.
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { backend_util, DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { SharedMemory } from '../memory.ts';
import { loadKernels, type Kernels } from './kernels.ts';
import { Crew } from './crew.ts';
import { createProducts, type Products } from './products.ts';
import type { Float32Blas, NativeLibrary } from '../native.ts';

type Values = backend_util.BackendValues;
type NumericArray = Float32Array | Int32Array | Uint8Array;

/** What the backend holds of a tensor; `offset` is null for strings and complex numbers, which stay outside the memory. */
interface Held {
  values: Values;
  dtype: DataType;
  refCount: number;
  offset: number | null;
}

const numeric = (dtype: DataType): dtype is 'float32' | 'int32' | 'bool' => dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
const bytesOf = { float32: 4, int32: 4, bool: 1 } as const;
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export interface CpuOptions {
  native: { library: NativeLibrary; blas: Float32Blas } | null;
  memory?: SharedMemory;
}

export class CpuBackend extends MathBackendCPU {
  readonly shared: SharedMemory;
  readonly kernels: Kernels;
  readonly products: Products;
  /** threads for image batches */
  readonly crew: Crew;
  #next = 0;

  constructor(options: CpuOptions) {
    super();
    this.shared = options.memory ?? new SharedMemory();
    this.kernels = loadKernels(this.shared.memory);
    this.products = createProducts(this.shared, this.kernels, options.native);
    this.crew = new Crew(this.shared, this.kernels.build, options.native);
  }

  /** Copies `values` into the memory: they may be a part of another tensor, or the caller's to change. */
  override write(values: Values, shape: number[], dtype: DataType): DataId {
    const dataId = { id: this.#next++ };
    this.#hold(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: DataId, values: Values, shape: number[], dtype: DataType, refCount: number): void {
    this.#hold(dataId, values, shape, dtype, refCount);
  }

  /** A new tensor with arbitrary contents. */
  create(shape: number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): TensorInfo {
    const dataId = { id: this.#next++ };
    this.#reserve(dataId, sizeOf(shape), dtype, 1);
    return { dataId, shape, dtype };
  }

  /** A second tensor on the same values, of the same number of elements. */
  share(x: TensorInfo, shape: number[] = x.shape): TensorInfo {
    this.incRef(x.dataId);
    return { dataId: x.dataId, shape, dtype: x.dtype };
  }

  /** Where a numeric tensor's values lie in the memory. */
  offset(x: { dataId: DataId }): number {
    const { offset } = this.data.get(x.dataId) as Held;
    if (offset === null) throw new Error('the tensor is not numeric');
    return offset;
  }

  /** The values themselves, not a copy. */
  view(x: { dataId: DataId }): NumericArray {
    return this.data.get(x.dataId).values as NumericArray;
  }

  /** A copy: the memory is used again after the tensor is gone, and many callers cannot take shared buffers. */
  override readSync(dataId: DataId): Values {
    const values = super.readSync(dataId);
    return ArrayBuffer.isView(values) ? values.slice() : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const held = this.data.has(dataId) ? (this.data.get(dataId) as Held) : null;
    const gone = super.disposeData(dataId, force);
    if (gone && held && held.offset !== null) this.shared.free(held.offset);
    return gone;
  }

  override dispose(): void {
    this.products.dispose();
    this.crew.stop();
    super.dispose();
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return { unreliable: false, reasons: [] };
  }

  #hold(dataId: DataId, values: Values, shape: number[], dtype: DataType, refCount: number): void {
    if (!numeric(dtype)) {
      const held: Held = { values, dtype, refCount, offset: null };
      this.data.set(dataId, held);
      return;
    }
    // tfjs's kernels may ask for a tensor without giving values; they expect zeros where they then add.
    const target = this.#reserve(dataId, sizeOf(shape), dtype, refCount);
    if (values) target.set(values as NumericArray);
    else target.fill(0);
  }

  #reserve(dataId: DataId, size: number, dtype: 'float32' | 'int32' | 'bool', refCount: number): NumericArray {
    const offset = this.shared.allocate(size * bytesOf[dtype]);
    const values =
      dtype === 'float32'
        ? this.shared.floats(offset, size)
        : dtype === 'int32'
          ? this.shared.ints(offset, size)
          : this.shared.bytes(offset, size);
    const held: Held = { values, dtype, refCount, offset };
    this.data.set(dataId, held);
    return values;
  }
}
