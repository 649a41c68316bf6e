import { afterEach, describe, expect, test, vi } from 'vitest';
import { cblas, findNative, float32Blas } from '../../../main/devices/native.ts';
import { wasmBuild, wasmModule } from '../../../main/devices/wasm/load.ts';
import { distance, naiveProduct, numbers } from './support.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.doUnmock('koffi');
  vi.resetModules();
});
const { library, detail } = await findNative();

describe.skipIf(!library)(`the machine's BLAS (${detail})`, () => {
  if (!library) return;
  test('says what it is', () => {
    expect(library.detail).toContain(library.name);
    expect(library.detail).toContain(library.path);
  });
  test('multiplies typed arrays in place, in all four transposes', () => {
    const { sgemmArrays } = float32Blas(library);
    const [m, n, k] = [5, 4, 7];
    const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
    for (const [ta, tb] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ]) {
      // prettier-ignore
      const c = new Float32Array(m * n);
      const op = (t: boolean) => (t ? cblas.trans : cblas.noTrans);
      sgemmArrays(cblas.rowMajor, op(ta), op(tb), m, n, k, 1, a, ta ? m : k, b, tb ? k : n, 0, c, n);
      expect(distance(c, naiveProduct(a, b, m, n, k, ta, tb))).toBeLessThan(1e-6);
    }
  });
  test('a missing symbol is null, not an error', () => {
    expect(library.func('int no_such_symbol_here(int)')).toBeNull();
    expect(library.func('double cblas_ddot(int n, void *x, int dx, void *y, int dy)')).not.toBeNull();
  });
  test('addresses of a shared memory hold while it grows', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 512, shared: true });
    const before = library.address(new Uint8Array(memory.buffer));
    memory.grow(300);
    expect(library.address(new Uint8Array(memory.buffer))).toBe(before);
    expect(library.address(new Uint8Array(memory.buffer, 64))).toBe(before + 64);
  });
  test('threads can be set and read where the library tells', () => {
    const before = library.threads();
    if (before === null) return;
    library.setThreads(1);
    expect(library.threads()).toBe(1);
    library.setThreads(before);
    expect(library.threads()).toBe(before);
  });
});

describe('what is missing is said in words', () => {
  test('a library named by KERNELSCOPE_BLAS that has no BLAS is passed over', async () => {
    vi.stubEnv('KERNELSCOPE_BLAS', process.platform === 'linux' ? 'libm.so.6' : 'no-such-file');
    expect((await findNative()).library?.path).toBe(library?.path);
  });
  test('no koffi', async () => {
    vi.resetModules();
    vi.doMock('koffi', () => {
      throw new Error('not for this platform');
    });
    const { findNative: find } = await import('../../../main/devices/native.ts');
    const search = await find();
    expect(search.library).toBeNull();
    expect(search.detail).toMatch(/koffi did not load/);
  });
  test('koffi, but no library that opens', async () => {
    vi.resetModules();
    vi.doMock('koffi', () => ({
      load: () => {
        throw new Error('cannot open');
      },
    }));
    const { findNative: find } = await import('../../../main/devices/native.ts');
    expect(await find()).toEqual({ library: null, detail: expect.stringMatching(/^no BLAS found; looked for .+/) as string });
  });
});

test('this engine runs relaxed SIMD, or the plain build is valid', () => {
  // Node 24 and Electron 45 have relaxed SIMD: were the probe malformed, it would say plain here.
  expect(wasmBuild()).toBe('relaxed');
  for (const name of ['elementwise', 'layout', 'optimizers', 'product', 'sums'] as const)
    for (const build of ['relaxed', 'plain'] as const) {
      const imports = WebAssembly.Module.imports(wasmModule(name, build));
      expect(imports).toEqual([expect.objectContaining({ module: 'env', name: 'memory', kind: 'memory' })]);
    }
});
