// What is made once for many runs of shaders: pipelines, and the buffers of their numbers.
import { packNumbers, wgsl, type Shader } from './shader.ts';

export interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
}

/** Numbers of calls that come again, as a training step's do, keep their buffer. */
const keptNumbers = 1024;

export class Prepared {
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #numbers = new Map<string, GPUBuffer>();
  /** buffers of numbers that the commands recorded so far may still read */
  #dropped: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  pipelineOf(shader: Shader): Pipeline {
    const known = this.#pipelines.get(shader.key);
    if (known) return known;
    const { reads, writes } = shader;
    const types: GPUBufferBindingType[] = [
      ...reads.map(() => 'read-only-storage' as const),
      ...writes.map(() => 'storage' as const),
      'uniform',
    ];
    const entries = types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }));
    const layout = this.#device.createBindGroupLayout({ entries });
    const module = this.#device.createShaderModule({ label: shader.key, code: wgsl(shader) });
    const pipeline = this.#device.createComputePipeline({
      label: shader.key,
      layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    });
    const made = { pipeline, layout };
    this.#pipelines.set(shader.key, made);
    return made;
  }

  /** A buffer that holds them, to be read by commands that are recorded now. */
  numbersOf({ numbers: fields }: Shader, numbers: Readonly<Record<string, number>>): GPUBuffer {
    const bytes = packNumbers(fields, numbers);
    const key = String.fromCharCode(...bytes);
    const known = this.#numbers.get(key);
    this.#numbers.delete(key);
    const buffer = known ?? this.#device.createBuffer({ size: bytes.length, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    if (!known) this.#device.queue.writeBuffer(buffer, 0, bytes);
    // The last used stands last; the first goes when there are too many.
    this.#numbers.set(key, buffer);
    const oldest = this.#numbers.size > keptNumbers ? this.#numbers.entries().next().value : undefined;
    if (oldest) {
      this.#numbers.delete(oldest[0]);
      this.#dropped.push(oldest[1]);
    }
    return buffer;
  }

  /** What was recorded has been handed over. */
  handedOver(): void {
    for (const buffer of this.#dropped) buffer.destroy();
    this.#dropped = [];
  }
}
