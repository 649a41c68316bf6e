// From the GPU's memory to the processor's. Waiting for a GPU costs a millisecond however little is read, so that small buffers which are
// asked for in one turn come together: one staging buffer, one wait. Copies are recorded at once: what is done to a buffer after it was asked
// for is not seen.
import type { GpuBackend } from './backend.ts';

/** Bytes that are read together at most, unless few are to be kept for later use. */
const most = 2 ** 23;

interface Batch {
  staging: GPUBuffer;
  used: number;
  mapped: Promise<ArrayBuffer>;
  /** parts that have not been copied out */
  waiting: number;
}

export class Readback {
  readonly #backend: GpuBackend;
  readonly #together: number;
  #open: Batch | null = null;

  constructor(backend: GpuBackend, spareBytes: number) {
    this.#backend = backend;
    this.#together = Math.min(most, spareBytes / 2);
  }

  /** The buffer's bytes, copied. */
  async copied(buffer: GPUBuffer): Promise<ArrayBuffer> {
    const size = buffer.size;
    if (size > this.#together / 8) {
      const { staging, range } = await this.mapped(buffer);
      const bytes = range.slice(0);
      this.release(staging);
      return bytes;
    }
    if (this.#open && this.#open.used + size > this.#together) this.#open = null;
    const batch = (this.#open ??= this.#begin());
    const at = batch.used;
    // What is mapped begins at a multiple of 8.
    batch.used += Math.ceil(size / 8) * 8;
    batch.waiting++;
    this.#record(buffer, batch.staging, at);
    try {
      return (await batch.mapped).slice(at, at + size);
    } finally {
      if (--batch.waiting === 0) this.release(batch.staging);
    }
  }

  /** The buffer's bytes in the staging buffer they came through, there until `release`. */
  async mapped(buffer: GPUBuffer): Promise<{ staging: GPUBuffer; range: ArrayBuffer }> {
    const staging = this.#staging(buffer.size);
    this.#record(buffer, staging, 0);
    return { staging, range: await this.#map(staging, buffer.size) };
  }

  release(staging: GPUBuffer): void {
    if (staging.mapState === 'mapped') staging.unmap();
    this.#backend.bufferManager.releaseBuffer(staging);
  }

  #begin(): Batch {
    const batch: Batch = { staging: this.#staging(this.#together), used: 0, waiting: 0, mapped: Promise.resolve(new ArrayBuffer(0)) };
    // When this turn is over, all that it asks for has been recorded.
    batch.mapped = Promise.resolve().then(() => {
      if (this.#open === batch) this.#open = null;
      return this.#map(batch.staging, batch.used);
    });
    return batch;
  }

  #staging(bytes: number): GPUBuffer {
    return this.#backend.bufferManager.acquireBuffer(bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
  }

  #record(from: GPUBuffer, to: GPUBuffer, at: number): void {
    this.#backend.record((encoder) => encoder.copyBufferToBuffer(from, 0, to, at, from.size));
  }

  async #map(staging: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    this.#backend.handOver();
    await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    return staging.getMappedRange(0, bytes);
  }
}
