// tfjs's WebGPU backend, made strict: what the device reports as an error is thrown at the next use, instead of zeros that look like results.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { backend_util, DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { KernelscopeError } from '../../contract/errors.ts';

type Values = backend_util.BackendValues;
type Run = WebGPUBackend['runWebGPUProgram'];

export interface GpuLimits {
  /** bytes that one tensor may take */
  tensorBytes: number;
  /** workgroups along one dimension of a dispatch */
  workgroups: number;
  /** bytes of buffers kept for tensors of the same size to come */
  spareBytes: number;
}

const size = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`);
const bytesOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 4);

export class GpuBackend extends WebGPUBackend {
  readonly limits: GpuLimits;
  /** set once the device can no longer be trusted */
  #fault: KernelscopeError | null = null;
  #closing = false;

  constructor(device: GPUDevice, info: GPUAdapterInfo, limits: GpuLimits) {
    super(device, info);
    this.limits = limits;
    // tfjs keeps every buffer that was ever used; past a limit they are given back, which is safe: what uses them has been submitted.
    const { bufferManager: buffers } = this;
    const release = buffers.releaseBuffer.bind(buffers);
    buffers.releaseBuffer = (buffer, reuse = true) =>
      release(buffer, reuse && buffers.numBytesAllocated - buffers.numBytesUsed < limits.spareBytes);
    device.addEventListener('uncapturederror', ({ error }) => {
      const memory = error instanceof GPUOutOfMemoryError;
      const first = error.message.split('\n')[0];
      this.#fault ??= new KernelscopeError(
        'failed',
        memory
          ? `webgpu memory: the device has no room beside the ${size(this.bufferManager.numBytesAllocated)} in use; smaller batches or probe sets need less`
          : `webgpu: the device refused an operation: ${first}`,
      );
    });
    void device.lost.then(({ reason, message }) => {
      if (this.#closing) return;
      this.#fault = new KernelscopeError('device-lost', `webgpu: the device was lost (${message.split('\n')[0] || reason})`);
    });
  }

  /** @throws KernelscopeError what the device reported since it was opened: `device-lost`, or `failed` */
  check(): void {
    if (this.#fault) throw this.#fault;
  }

  /** Copies `values`: they wait here until the first operation that needs them, and the caller may change its array before. */
  override write(values: Values, shape: number[], dtype: DataType): DataId {
    return super.write(ArrayBuffer.isView(values) ? (values.slice() as Values) : values, shape, dtype);
  }

  override async read(dataId: DataId): Promise<Values> {
    this.check();
    try {
      const values = await super.read(dataId);
      this.check();
      return values;
    } catch (error) {
      // The reason of a loss is told a turn after the reading has failed.
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.check();
      throw error;
    }
  }

  override readSync(dataId: DataId): Values {
    const held = this.tensorMap.get(dataId) as { values?: Values } | undefined;
    if (held?.values) return held.values;
    throw new Error('a tensor of the webgpu device was read without waiting; use data()');
  }

  override uploadToGPU(dataId: DataId): void {
    this.check();
    const { shape } = this.tensorMap.get(dataId);
    const bytes = bytesOf(shape);
    if (bytes > this.limits.tensorBytes)
      throw new KernelscopeError(
        'failed',
        `webgpu memory: a tensor [${shape.join()}] of ${size(bytes)} was needed; this device takes at most ${size(this.limits.tensorBytes)} in one. ` +
          'A smaller batch, fewer probe samples or a narrower network need less.',
      );
    super.uploadToGPU(dataId);
  }

  override runWebGPUProgram(...given: Parameters<Run>): TensorInfo {
    this.check();
    return super.runWebGPUProgram(...given);
  }

  override dispose(): void {
    this.#closing = true;
    super.dispose();
    this.device.destroy();
  }
}
