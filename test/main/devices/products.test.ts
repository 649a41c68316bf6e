// Matrix products, by the machine's BLAS and by our own SIMD product, against sums in float64.
import { afterAll, describe, expect, test } from 'vitest';
import { createProducts } from '../../../main/devices/cpu/products.ts';
import { loadKernels } from '../../../main/devices/cpu/kernels.ts';
import { SharedMemory } from '../../../main/devices/memory.ts';
import { findNative, float32Blas } from '../../../main/devices/native.ts';
import { distance, half, naiveProduct, numbers } from './support.ts';

const search = await findNative();
const native = search.library ? { library: search.library, blas: float32Blas(search.library) } : null;
const sizes = [[1, 1, 1], [1, 17, 5], [17, 1, 5], [6, 8, 256], [7, 9, 257], [5, 3, 1], [101, 67, 33], [97, 1030, 3], [64, 64, 600], [301, 130, 90], [40, 900, 120]]; // prettier-ignore

describe.each(['BLAS', 'relaxed', 'plain', 'three threads'] as const)('%s', (kind) => {
  const shared = new SharedMemory(2048);
  const kernels = loadKernels(shared.memory, kind === 'plain' ? 'plain' : 'relaxed');
  const skip = kind === 'BLAS' && !native;
  const products = createProducts(shared, kernels, kind === 'BLAS' ? native : null, kind === 'three threads' ? 3 : 1);
  afterAll(() => products.dispose());
  const put = (values: Float32Array) => {
    const offset = shared.allocate(values.byteLength);
    shared.floats(offset, values.length).set(values);
    return offset;
  };

  test.skipIf(skip).each(sizes)('%i × %i × %i, all transposes, scaled, replacing and adding', (m, n, k) => {
    const [a, b, c0] = [numbers(m * k, 1), numbers(k * n, 2), numbers(m * n, 3)];
    for (const transA of [false, true])
      for (const transB of [false, true])
        for (const add of [false, true]) {
          const c = put(c0);
          products.gemm({ m, n, k, alpha: 0.5, a: put(a), transA, b: put(b), transB, c, add });
          const want = naiveProduct(a, b, m, n, k, transA, transB).map((v, i) => v / 2 + (add ? c0[i] : 0));
          // terms of at most ½ and a start of at most 1, rounded k + 1 times; errors add up like a random walk
          expect(distance(shared.floats(c, m * n), want)).toBeLessThan(4 * Math.sqrt(k + 4) * half * Math.max(1, Math.sqrt(k) / 4));
        }
  });

  test.skipIf(skip)('an empty sum gives 0, or leaves C as it is; empty sides do nothing', () => {
    const a = put(numbers(4, 1));
    const c = put(numbers(12, 4));
    const before = shared.floats(c, 12).slice();
    const empty = { alpha: 1, a, transA: false, b: a, transB: false, c };
    products.gemm({ ...empty, m: 3, n: 4, k: 0, add: true });
    products.gemm({ ...empty, m: 0, n: 4, k: 3, add: false });
    products.gemm({ ...empty, m: 3, n: 0, k: 3, add: false });
    expect(shared.floats(c, 12)).toEqual(before);
    products.gemm({ ...empty, m: 3, n: 4, k: 0, add: false });
    expect(shared.floats(c, 12)).toEqual(new Float32Array(12));
  });

  test.skipIf(skip).each([[1, 3], [5, 7], [64, 3], [70, 40], [129, 65], [300, 70], [200, 0]])('Gram matrix of side %i, depth %i', (n, k) => {
    const a = numbers(n * k, 5);
    for (const trans of [false, true]) {
      const c = put(numbers(n * n, 6));
      products.gram(n, k, 2, put(a), trans, c);
      const want = naiveProduct(a, a, n, n, k, trans, !trans).map((v) => 2 * v);
      const got = shared.floats(c, n * n);
      // the diagonal sums k positive terms to about 2k/3, rounding each of k times
      expect(distance(got, want)).toBeLessThan((k + 4) ** 1.5 * half);
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(got[i * n + j]).toBe(got[j * n + i]);
    }
  }); // prettier-ignore

  test.skipIf(skip)('NaN in a factor reaches exactly its row and column', () => {
    const [m, n, k] = [9, 11, 13];
    const [a, b] = [numbers(m * k, 7), numbers(k * n, 8)];
    a[2 * k + 4] = NaN;
    const c = put(new Float32Array(m * n));
    products.gemm({ m, n, k, alpha: 1, a: put(a), transA: false, b: put(b), transB: false, c, add: false });
    const rows = [...shared.floats(c, m * n).keys()].filter((i) => Number.isNaN(shared.floats(c, m * n)[i])).map((i) => Math.floor(i / n));
    expect(rows).toEqual(Array.from({ length: n }, () => 2));
  });

  test.skipIf(skip)('the same product a thousand times is the same to the last bit', () => {
    const [m, n, k] = [150, 110, 40];
    const [a, b] = [put(numbers(m * k, 1)), put(numbers(k * n, 2))];
    const [c, first] = [put(new Float32Array(m * n)), put(new Float32Array(m * n))];
    const run = (to: number) => products.gemm({ m, n, k, alpha: 1, a, transA: false, b, transB: false, c: to, add: false });
    run(first);
    for (let i = 0; i < 1000; i++) {
      if (i % 100 === 0) shared.floats(c, m * n).fill(NaN);
      run(c);
      if (i % 50 === 0) expect(distance(shared.floats(c, m * n), shared.floats(first, m * n))).toBe(0);
    }
  });

  test.skipIf(skip)('what lies around C is left alone', () => {
    const [m, n, k] = [7, 5, 9];
    const c = put(new Float32Array(m * n + 32).fill(42));
    products.gemm({ m, n, k, alpha: 1, a: put(numbers(m * k, 1)), transA: false, b: put(numbers(k * n, 2)), transB: false, c, add: false });
    expect([...shared.floats(c, m * n + 32).subarray(m * n)]).toEqual(Array.from({ length: 32 }, () => 42));
  });
});
