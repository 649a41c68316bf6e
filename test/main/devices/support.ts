// A cpu device without the float64 algebra, tfjs's own cpu backend beside it as the slow second route, and test numbers.
import * as tf from '@tensorflow/tfjs-core';
import { CpuBackend } from '../../../main/devices/cpu/backend.ts';
import { registerCpu } from '../../../main/devices/cpu/register.ts';
import { findNative, float32Blas } from '../../../main/devices/native.ts';
import { createOps, type Ops } from '../../../main/devices/ops.ts';

export interface TestDevice {
  tf: typeof tf;
  ops: Ops;
  backend: CpuBackend;
  /** runs `f` on this device */
  ours<T>(f: () => T): T;
  /** runs `f` on tfjs's own cpu backend */
  theirs<T>(f: () => T): T;
  close(): void;
}

/** `native` with the machine's BLAS, which has to be there; otherwise with our own product. */
export async function openTestDevice(native: boolean): Promise<TestDevice> {
  const { library, detail } = await findNative();
  if (native && !library) throw new Error(detail);
  const registered = await registerCpu({ native: native && library ? { library, blas: float32Blas(library) } : null });
  const ops = createOps();
  const on = <T>(name: string, f: () => T): T => {
    void tf.setBackend(name); // both are there, so it takes effect at once
    if (tf.getBackend() !== name) throw new Error(`backend ${name} did not open`);
    try {
      return f();
    } finally {
      void tf.setBackend(registered.name);
    }
  };
  return {
    tf,
    ops,
    backend: registered.backend,
    ours: (f) => on(registered.name, f),
    theirs: (f) => on('cpu', f),
    close: () => registered.remove(),
  };
}

/** Seeded numbers in [−1, 1). */
export function numbers(n: number, seed: number): Float32Array {
  let s = seed >>> 0 || 1;
  return Float32Array.from({ length: n }, () => {
    s = (Math.imul(s, 1_664_525) + 1_013_904_223) >>> 0;
    return s / 2 ** 31 - 1;
  });
}

/** Largest |a − b|; NaN must stand where NaN stands, else Infinity. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) !== Number.isNaN(b[i])) return Infinity;
    if (!Number.isNaN(a[i]) && a[i] !== b[i]) most = Math.max(most, Math.abs(a[i] - b[i]));
  }
  return most;
}

/** op(A) op(B) in float64. A is [m, k], or [k, m] where ta; B likewise. */
export function naiveProduct(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  m: number,
  n: number,
  k: number,
  ta = false,
  tb = false,
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let p = 0; p < k; p++) c[i * n + j] += (ta ? a[p * m + i] : a[i * k + p]) * (tb ? b[j * k + p] : b[p * n + j]);
  return c;
}

export const half = 2 ** -24; // largest relative rounding error of float32

/** erf in float64: its Taylor series under 3, a continued fraction of erfc above; both good to 1e-15 here. */
export function erf(x: number): number {
  const t = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (t > 6) return Math.sign(x);
  if (t < 3) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-18; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = t;
  for (let n = 80; n > 0; n--) fraction = t + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-t * t) / (fraction * Math.sqrt(Math.PI)));
}
