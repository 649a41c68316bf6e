// One shared WebAssembly memory that holds every tensor of the cpu device, and the allocator on it.
// Shared, because then it grows without detaching views, stays at one address, and threads can work on it.
import { KernelscopeError } from '../contract/errors.ts';

const page = 65_536;
const grain = 64; // a cache line, and a whole number of SIMD vectors: kernels may run over a block's padding
const maximumPages = 65_536;
const growth = 256; // pages at a time, so that small tensors do not each ask the system

/** 1.5 GB, 20 MB, … */
const shownBytes = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`);

/** A shared memory that may grow to 4 GiB, or as far as this machine's address space lets it. */
function createMemory(pages: number): WebAssembly.Memory {
  for (let maximum = pages; ; maximum >>= 1)
    try {
      return new WebAssembly.Memory({ initial: Math.min(growth, maximum), maximum, shared: true });
    } catch (error) {
      if (maximum <= growth) throw error;
    }
}

/** Bytes of the block that holds `bytes`: whole cache lines, in steps of at most an eighth, so that freed blocks are used again. */
export function blockSize(bytes: number): number {
  const lines = Math.max(1, Math.ceil(bytes / grain));
  // Above 1 MB a step of an eighth would waste too much of 4 GiB; a page is fine enough there.
  if (lines > 16_384) return Math.ceil((lines * grain) / page) * page;
  const step = 2 ** Math.max(0, 28 - Math.clz32(lines));
  return Math.ceil(lines / step) * step * grain;
}

interface Hole {
  offset: number;
  size: number;
}

export class SharedMemory {
  readonly memory: WebAssembly.Memory;
  /** bytes of live blocks, padding included */
  used = 0;
  #buffer: ArrayBufferLike;
  #limit: number;
  /** first byte never handed out; offset 0 stays free, so that 0 can mean "none" */
  #top = grain;
  /** freed blocks by size, the last freed used first: it is still in cache */
  #bins = new Map<number, number[]>();
  #binned = 0;
  /** freed space that was merged, ascending */
  #holes: Hole[] = [];
  #sizes = new Map<number, number>();

  /** @param pages at most; fewer are for tests */
  constructor(pages = maximumPages) {
    this.memory = createMemory(pages);
    this.#buffer = this.memory.buffer;
    this.#limit = pages * page;
  }

  /** Offset of a block of at least `bytes` bytes, a multiple of 64; its contents are arbitrary.
   *  @throws KernelscopeError `failed` when 4 GiB would be passed */
  allocate(bytes: number): number {
    const size = blockSize(bytes);
    const offset = this.#fromBin(size) ?? this.#fromHole(size) ?? this.#fromMerged(size) ?? this.#fromTop(size);
    this.#sizes.set(offset, size);
    this.used += size;
    return offset;
  }

  /** Gives a block back. @throws when `offset` is no live block */
  free(offset: number): void {
    const size = this.#sizes.get(offset);
    if (size === undefined) throw new Error(`no live block at ${offset}`);
    this.#sizes.delete(offset);
    this.used -= size;
    const bin = this.#bins.get(size);
    if (bin) bin.push(offset);
    else this.#bins.set(size, [offset]);
    this.#binned += size;
  }

  /** `length` float32 at `offset`; stays valid when the memory grows. */
  floats(offset: number, length: number): Float32Array {
    return new Float32Array(this.#buffer, offset, length);
  }
  ints(offset: number, length: number): Int32Array {
    return new Int32Array(this.#buffer, offset, length);
  }
  bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer, offset, length);
  }

  #fromBin(size: number): number | undefined {
    const offset = this.#bins.get(size)?.pop();
    if (offset !== undefined) this.#binned -= size;
    return offset;
  }

  /** Best fit; what is left over stays a hole. */
  #fromHole(size: number): number | undefined {
    let best = -1;
    for (const [i, hole] of this.#holes.entries()) if (hole.size >= size && (best < 0 || hole.size < this.#holes[best].size)) best = i;
    if (best < 0) return undefined;
    const hole = this.#holes[best];
    const offset = hole.offset;
    hole.offset += size;
    hole.size -= size;
    if (hole.size === 0) this.#holes.splice(best, 1);
    return offset;
  }

  /** Merges what lies freed in bins before the memory grows; what was freed at the top goes back under it. */
  #fromMerged(size: number): number | undefined {
    if (this.#binned === 0 || this.#top + size <= this.#buffer.byteLength) return undefined;
    const freed = [...this.#bins].flatMap(([binSize, offsets]) => offsets.map((offset) => ({ offset, size: binSize })));
    const all = [...this.#holes, ...freed].sort((a, b) => a.offset - b.offset);
    this.#bins.clear();
    this.#binned = 0;
    this.#holes = [];
    for (const hole of all) {
      const last = this.#holes.at(-1);
      if (last && last.offset + last.size === hole.offset) last.size += hole.size;
      else this.#holes.push(hole);
    }
    const last = this.#holes.at(-1);
    if (last && last.offset + last.size === this.#top) this.#top = (this.#holes.pop() as Hole).offset;
    return this.#fromHole(size);
  }

  #fromTop(size: number): number {
    const end = this.#top + size;
    if (end > this.#buffer.byteLength) this.#grow(end, size);
    const offset = this.#top;
    this.#top = end;
    return offset;
  }

  #grow(end: number, size: number): void {
    const missing = Math.ceil((end - this.#buffer.byteLength) / page);
    const room = (this.#limit - this.#buffer.byteLength) / page;
    try {
      if (missing > room) throw new RangeError('past the limit');
      this.memory.grow(Math.min(Math.max(missing, growth), room));
    } catch {
      throw new KernelscopeError(
        'failed',
        `cpu memory: ${shownBytes(size)} more were needed beside the ${shownBytes(this.used)} in use; one process of the cpu device holds at most ${shownBytes(this.#limit)}. ` +
          'Fewer probe samples or smaller blocks need less.',
      );
    }
    this.#buffer = this.memory.buffer;
  }
}
