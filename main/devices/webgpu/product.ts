// Products of matrices in blocks: short enough dispatches for a display's watchdog, inside the device's limits, and sums whose error does
// not grow with the whole inner dimension, because each block of it is summed by itself.
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { KernelscopeError } from '../../contract/errors.ts';
import type { GpuBackend } from './backend.ts';

export interface ProductLimits {
  /** multiply-adds in one dispatch */
  work: number;
  /** of the inner dimension summed in one go */
  inner: number;
  /** rows or columns of a result in one dispatch */
  side: number;
}

/** 2³⁴ multiply-adds take a fifth of a second at 0.1 TFLOP/s; a display's watchdog waits two. */
export const productLimits = (workgroups: number): ProductLimits => ({ work: 2 ** 34, inner: 8192, side: 8 * workgroups });

/** How many rows and how much of the inner dimension a block has, for C [m, n] = A [m, k] B [k, n] */
export function planProduct(m: number, n: number, k: number, { work, inner, side }: ProductLimits): { rows: number; inner: number } {
  const depth = Math.min(k, inner);
  return { rows: Math.max(1, Math.min(m, side, Math.floor(work / (n * depth)))), inner: depth };
}

/** tfjs's kernels on this backend by name. */
export type Kernels = (name: string) => KernelFunc;

/** BatchMatMul; large products of rank 2 in blocks */
export const blockedProduct =
  (kernels: Kernels, limits: ProductLimits): KernelFunc =>
  (given) => {
    const whole = kernels('BatchMatMul');
    const { a, b } = given.inputs as Record<'a' | 'b', TensorInfo>;
    const backend = given.backend as GpuBackend;
    const { transposeA, transposeB } = given.attrs as Record<'transposeA' | 'transposeB', boolean>;
    const lead = a.shape.slice(0, -2).reduce((x, y) => x * y, 1);
    if (lead > backend.limits.workgroups)
      throw new KernelscopeError(
        'failed',
        `webgpu: ${lead} products at once were asked for, this device does ${backend.limits.workgroups}`,
      );
    if (a.shape.length > 2 || b.shape.length > 2) return whole(given);
    const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]];
    const n = transposeB ? b.shape[0] : b.shape[1];
    const plan = planProduct(m, n, k, limits);
    if (plan.rows >= m && plan.inner >= k) return whole(given);

    const run = (name: string, inputs: Record<string, TensorInfo> | TensorInfo[], attrs: object): TensorInfo =>
      kernels(name)({ inputs: inputs as never, attrs: attrs as never, backend }) as TensorInfo;
    const release = (...infos: TensorInfo[]) => infos.forEach((t) => backend.disposeData(t.dataId));
    /** rows r … r+rows−1 and inner p … p+depth−1 of an operand, whichever way it lies */
    const part = (x: TensorInfo, turned: boolean, r: number, rows: number, p: number, depth: number) =>
      run('Slice', { x }, { begin: turned ? [p, r] : [r, p], size: turned ? [depth, rows] : [rows, depth] });

    const strips: TensorInfo[] = [];
    for (let r = 0; r < m; r += plan.rows) {
      const rows = Math.min(plan.rows, m - r);
      let sum: TensorInfo | null = null;
      for (let p = 0; p < k; p += plan.inner) {
        const depth = Math.min(plan.inner, k - p);
        const [pa, pb] = [part(a, transposeA, r, rows, p, depth), part(b, !transposeB, 0, n, p, depth)];
        const c = run('BatchMatMul', { a: pa, b: pb }, { transposeA, transposeB });
        release(pa, pb);
        if (sum) {
          const more = run('Add', { a: sum, b: c }, {});
          release(sum, c);
          sum = more;
        } else sum = c;
      }
      strips.push(sum as TensorInfo);
    }
    if (strips.length === 1) return strips[0];
    const result = run('Concat', strips, { axis: 0 });
    release(...strips);
    return result;
  };
