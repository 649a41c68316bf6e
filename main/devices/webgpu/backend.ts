// tfjs's WebGPU backend, made strict: what the device reports as an error is thrown at the next use, instead of zeros that look like results.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { backend_util, DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { KernelscopeError } from '../../contract/errors.ts';
import { Prepared } from './prepared.ts';
import type { ProductLimits } from './product.ts';
import { Readback } from './readback.ts';
import { fold, type Shader } from './shader.ts';

type Values = backend_util.BackendValues;
type Run = WebGPUBackend['runWebGPUProgram'];

interface TensorData {
  shape: number[];
  dtype: DataType;
  /** held here: not handed to the GPU yet, or read from it */
  values?: Values;
  resource?: object;
}

export interface GpuLimits {
  /** bytes that one tensor may take */
  tensorBytes: number;
  /** workgroups along one dimension of a dispatch */
  workgroups: number;
  /** bytes of buffers kept for tensors of the same size to come */
  spareBytes: number;
  /** runs of shaders that are recorded before they are handed over, and bytes of what they make: until then nothing that they used is free */
  recorded: number;
  recordedBytes: number;
  product: ProductLimits;
}

const size = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`);
const bytesOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 4);

/** One run of a shader. */
export interface Work {
  /** in the shader's order; all float32 */
  reads: readonly TensorInfo[];
  writes: readonly TensorInfo[];
  numbers: Readonly<Record<string, number>>;
  /** workgroups along one line, and how often that line is run side by side */
  groups: number;
  parts?: number;
}

/** What tfjs's backend keeps of the commands that are recorded and not yet handed over. */
interface Recording {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<DataId>;
  dispatchCountInPass: number;
}

export class GpuBackend extends WebGPUBackend {
  readonly limits: GpuLimits;
  /** set once the device can no longer be trusted */
  #fault: KernelscopeError | null = null;
  #closing = false;
  readonly #prepared: Prepared;
  /** bytes of what the commands recorded so far make */
  #made = 0;
  readonly #readback: Readback;
  /** staging buffers that values were looked at in, until the tensor goes */
  readonly #looked = new Map<DataId, GPUBuffer>();

  constructor(device: GPUDevice, info: GPUAdapterInfo, limits: GpuLimits) {
    super(device, info);
    this.limits = limits;
    this.#prepared = new Prepared(device);
    this.#readback = new Readback(this, limits.spareBytes);
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

  override read(dataId: DataId): Promise<Values> {
    return this.#read(() => super.read(dataId));
  }

  async #read(reading: () => Promise<Values>): Promise<Values> {
    this.check();
    try {
      const values = await reading();
      this.check();
      return values;
    } catch (error) {
      // The reason of a loss is told a turn after the reading has failed.
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.check();
      throw error;
    }
  }

  override getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer> {
    return this.#readback.copied(buffer);
  }

  /** A float32 tensor's values without a copy, until it is disposed. */
  async peek({ dataId }: TensorInfo): Promise<Float32Array> {
    const { values, resource } = this.tensorMap.get(dataId) as TensorData;
    if (values || !resource || this.#looked.has(dataId)) return (await this.read(dataId)) as Float32Array;
    return (await this.#read(async () => {
      const { staging, range } = await this.#readback.mapped(resource as GPUBuffer);
      this.#looked.set(dataId, staging);
      return new Float32Array(range);
    })) as Float32Array;
  }

  override disposeData(dataId: DataId, force?: boolean): boolean {
    const gone = super.disposeData(dataId, force);
    const staging = gone ? this.#looked.get(dataId) : undefined;
    if (staging) this.#readback.release(staging);
    this.#looked.delete(dataId);
    return gone;
  }

  /** Commands besides the runs of shaders, in their order. */
  record(command: (encoder: GPUCommandEncoder) => void): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    command((this as unknown as Recording).commandEncoder as GPUCommandEncoder);
  }

  /** Hands over what is recorded. */
  handOver(): void {
    this.endComputePassEncoder();
    if ((this as unknown as Recording).commandEncoder) this.submitQueue();
  }

  override readSync(dataId: DataId): Values {
    const held = this.tensorMap.get(dataId) as { values?: Values } | undefined;
    if (held?.values) return held.values;
    throw new Error('a tensor of the webgpu device was read without waiting; use data()');
  }

  override uploadToGPU(dataId: DataId): void {
    this.check();
    const data = this.tensorMap.get(dataId) as TensorData;
    const bytes = bytesOf(data.shape);
    if (bytes > this.limits.tensorBytes)
      throw new KernelscopeError(
        'failed',
        `webgpu memory: a tensor [${data.shape.join()}] of ${size(bytes)} was needed; this device takes at most ${size(this.limits.tensorBytes)} in one. ` +
          'A smaller batch, fewer probe samples or a narrower network need less.',
      );
    const { values, dtype } = data;
    if (data.resource || !ArrayBuffer.isView(values) || dtype !== 'float32') return super.uploadToGPU(dataId);
    // tfjs makes a buffer in the processor's memory for every scalar. A queue's own way is cheaper, and its order is right: no command
    // that is recorded and not handed over yet uses a buffer that has just come from the pool.
    data.values = undefined;
    super.uploadToGPU(dataId);
    this.queue.writeBuffer(
      data.resource as unknown as GPUBuffer,
      0,
      values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>),
    );
  }

  override runWebGPUProgram(...given: Parameters<Run>): TensorInfo {
    this.check();
    const made = super.runWebGPUProgram(...given);
    this.#count([made]);
    return made;
  }

  #count(made: readonly TensorInfo[]): void {
    // tfjs hands over what is recorded by itself too.
    if (!(this as unknown as Recording).commandEncoder) return;
    for (const { shape } of made) this.#made += bytesOf(shape);
    if ((this as unknown as Recording).dispatchCountInPass >= this.limits.recorded || this.#made >= this.limits.recordedBytes)
      this.handOver();
  }

  /** A float32 tensor with arbitrary values. */
  empty(shape: readonly number[]): TensorInfo {
    return this.makeTensorInfo([...shape], 'float32');
  }

  /** Records one run of a shader; it is handed over with what comes before and after it. */
  run(shader: Shader, { reads, writes, numbers, groups, parts = 1 }: Work): void {
    this.check();
    const tensors = [...reads, ...writes];
    for (const { dataId } of tensors) this.uploadToGPU(dataId);
    const recording = this as unknown as Recording;
    for (const { dataId } of tensors) recording.commandQueueOwnedIds.add(dataId);
    // What was read of a tensor before it is written again holds no longer.
    for (const { dataId } of writes) (this.tensorMap.get(dataId) as TensorData).values = undefined;
    const { pipeline, layout } = this.#prepared.pipelineOf(shader);
    const buffers = [
      ...tensors.map(({ dataId }) => (this.tensorMap.get(dataId) as TensorData).resource as unknown as GPUBuffer),
      this.#prepared.numbersOf(shader, numbers),
    ];
    const bindGroup = this.device.createBindGroup({
      layout,
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    this.ensureCommandEncoderReady();
    const pass = (recording.computePassEncoder ??= (recording.commandEncoder as GPUCommandEncoder).beginComputePass());
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(...fold(groups, this.limits.workgroups), parts);
    recording.dispatchCountInPass++;
    this.#count(writes);
  }

  override submitQueue(): void {
    super.submitQueue();
    this.#made = 0;
    this.#prepared.handedOver();
  }

  override dispose(): void {
    this.#closing = true;
    super.dispose();
    this.device.destroy();
  }
}
