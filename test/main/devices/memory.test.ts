import { describe, expect, test } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { blockSize, SharedMemory } from '../../../main/devices/memory.ts';
import { numbers } from './support.ts';

describe('block sizes', () => {
  test('hold the bytes, are whole cache lines, waste at most an eighth or a line, and are their own block size', () => {
    for (const bytes of [0, 1, 63, 64, 65, 500, 1023, 40_000, 1_048_576, 1_048_577, 5e6, 3e8]) {
      const size = blockSize(bytes);
      expect(size).toBeGreaterThanOrEqual(Math.max(bytes, 64));
      expect(size % 64).toBe(0);
      expect(size - bytes).toBeLessThanOrEqual(Math.max(64, bytes / 8, bytes > 1_048_576 ? 65_536 : 0));
      expect(blockSize(size)).toBe(size);
    }
  });
});

describe('shared memory', () => {
  test('live blocks never overlap, never lie at 0 and keep what is written, through 4,000 random steps', () => {
    const shared = new SharedMemory(2048);
    const random = numbers(12_000, 7);
    const live: { offset: number; length: number; mark: number }[] = [];
    let at = 0;
    const next = () => (random[at++] + 1) / 2;
    let expected = 0;
    for (let step = 0; step < 4000; step++) {
      if (live.length < 5 || next() < 0.52) {
        const length = 1 + Math.floor(next() ** 4 * 300_000);
        const offset = shared.allocate(length * 4);
        expect(offset).toBeGreaterThan(0);
        expect(offset % 64).toBe(0);
        shared.floats(offset, length).fill(step);
        live.push({ offset, length, mark: step });
        expected += blockSize(length * 4);
      } else {
        const [gone] = live.splice(Math.floor(next() * live.length), 1);
        const values = shared.floats(gone.offset, gone.length);
        expect(values.every((v) => v === gone.mark)).toBe(true);
        shared.free(gone.offset);
        expected -= blockSize(gone.length * 4);
      }
      if (live.length > 60)
        for (const { offset, length } of live.splice(0, 40)) {
          shared.free(offset);
          expected -= blockSize(length * 4);
        }
      expect(shared.used).toBe(expected);
    }
  });

  test('a freed block is used again, and freed neighbours merge into a larger one before the limit is passed', () => {
    const shared = new SharedMemory(256); // 16 MB
    const a = shared.allocate(4e6);
    shared.free(a);
    expect(shared.allocate(4e6)).toBe(a);
    const b = shared.allocate(4e6);
    const c = shared.allocate(4e6);
    for (const block of [a, b, c]) shared.free(block);
    expect(shared.used).toBe(0);
    expect(shared.allocate(13e6)).toBeGreaterThan(0);
  });

  test('views survive growth', () => {
    const shared = new SharedMemory(4096);
    const view = shared.floats(shared.allocate(16), 4);
    view.set([1, 2, 3, 4]);
    const before = shared.memory.buffer.byteLength;
    shared.floats(shared.allocate(100e6), 1).fill(9);
    expect(shared.memory.buffer.byteLength).toBeGreaterThan(before);
    expect([...view]).toEqual([1, 2, 3, 4]);
    view[0] = 5;
    expect(shared.floats(view.byteOffset, 1)[0]).toBe(5);
  });

  test('past the limit: an error that names what was needed and what is in use; the memory goes on working', () => {
    const shared = new SharedMemory(512); // 33 MB
    const kept = shared.allocate(8e6);
    expect(() => shared.allocate(30e6)).toThrow(KernelscopeError);
    expect(() => shared.allocate(30e6)).toThrow(/cpu memory: 31 MB more were needed beside the 9 MB in use; .* at most 34 MB/);
    shared.free(kept);
    expect(shared.allocate(30e6)).toBeGreaterThan(0);
  });

  test('freeing twice or what was never allocated is refused', () => {
    const shared = new SharedMemory(256);
    const a = shared.allocate(10);
    shared.free(a);
    expect(() => shared.free(a)).toThrow(/no live block/);
    expect(() => shared.free(4096)).toThrow(/no live block/);
  });
});
