// Matrix products, transposes, sums and the choice of rows.
import { broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { CpuBackend } from './backend.ts';
import { activationOps, binaryOps } from './kernels.ts';
import { allFloat, elements, type Override } from './override.ts';

interface Sides {
  m: number;
  n: number;
  k: number;
}

/** m, n, k of op(A) op(B) from the last two axes. @throws when the inner ones differ */
function sides(a: TensorInfo, b: TensorInfo, transA: boolean, transB: boolean): Sides {
  const [a0, a1] = a.shape.slice(-2);
  const [b0, b1] = b.shape.slice(-2);
  const [m, k] = transA ? [a1, a0] : [a0, a1];
  const [kb, n] = transB ? [b1, b0] : [b0, b1];
  util.assert(
    k === kb,
    () => `matMul: inner sides ${k} and ${kb} of [${a.shape.join()}] and [${b.shape.join()}] differ (transposed: ${transA}, ${transB})`,
  );
  return { m, n, k };
}

/** α op(A) op(B) of two matrices. A product of a tensor with its own transpose takes half the work. */
export function product(backend: CpuBackend, a: TensorInfo, b: TensorInfo, transA: boolean, transB: boolean, alpha: number): TensorInfo {
  const { m, n, k } = sides(a, b, transA, transB);
  const o = backend.create([m, n]);
  const c = backend.offset(o);
  if (a.dataId === b.dataId && transA !== transB && m === n) backend.products.gram(n, k, alpha, backend.offset(a), transA, c);
  else backend.products.gemm({ m, n, k, alpha, a: backend.offset(a), transA, b: backend.offset(b), transB, c, add: false });
  return o;
}

/** Which matrix of a tensor with outer axes `own` serves batch `i` of `outer`, over which it is spread. */
function batchOf(i: number, outer: readonly number[], own: readonly number[]): number {
  let [at, stride] = [0, 1];
  for (let axis = outer.length - 1, mine = own.length - 1; axis >= 0; axis--, mine--) {
    const index = i % outer[axis];
    i = (i - index) / outer[axis];
    if (mine < 0) continue;
    if (own[mine] > 1) at += index * stride;
    stride *= own[mine];
  }
  return at;
}

const batchMatMul: Override = ({ inputs: { a, b }, attrs, backend }) => {
  if (!allFloat(a, b)) return null;
  const [transA, transB] = [Boolean(attrs.transposeA), Boolean(attrs.transposeB)];
  const { m, n, k } = sides(a, b, transA, transB);
  if (a.shape.length === 2 && b.shape.length === 2) return product(backend, a, b, transA, transB, 1);
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const o = backend.create([...outer, m, n]);
  for (let i = 0; i < elements(outer); i++)
    backend.products.gemm({
      ...{ m, n, k, alpha: 1, transA, transB, add: false },
      a: backend.offset(a) + batchOf(i, outer, outerA) * m * k * 4,
      b: backend.offset(b) + batchOf(i, outer, outerB) * k * n * 4,
      c: backend.offset(o) + i * m * n * 4,
    });
  return o;
};

/** φ(A B + b) of tf.fused.matMul, for the activations that our kernels have. */
const fusedMatMul: Override = ({ inputs: { a, b, bias }, attrs, backend }) => {
  const activation = attrs.activation as keyof typeof activationOps | 'linear';
  // tf.fused.matMul gives its matrices a batch axis of 1.
  const batch = a.shape.slice(0, -2);
  const single = a.shape.length === b.shape.length && elements(batch) === 1 && elements(b.shape.slice(0, -2)) === 1;
  if (!allFloat(a, b) || !single || !['linear', 'relu', 'tanh'].includes(activation)) return null;
  const cols = b.shape.at(attrs.transposeB ? -2 : -1);
  if (bias && (!allFloat(bias) || elements(bias.shape) !== cols)) return null;
  const o = product(backend, a, b, Boolean(attrs.transposeA), Boolean(attrs.transposeB), 1);
  const { elementwise } = backend.kernels;
  const z = backend.offset(o);
  if (bias) elementwise.biasActivate(activationOps[activation], z, backend.offset(bias), o.shape[0], cols);
  else if (activation !== 'linear') elementwise.unary(activationOps[activation], z, z, elements(o.shape));
  return { ...o, shape: [...batch, ...o.shape] };
};

const transpose: Override = ({ inputs: { x }, attrs, backend }) => {
  const perm = attrs.perm as number[];
  if (!allFloat(x) || perm.length !== 2 || perm[0] !== 1) return null;
  const [rows, cols] = x.shape;
  const o = backend.create([cols, rows]);
  backend.kernels.layout.transpose(backend.offset(x), backend.offset(o), rows, cols);
  return o;
};

/** Sum or mean over all axes, the leading ones or the trailing ones. */
const reduction =
  (mean: boolean): Override =>
  ({ inputs: { x }, attrs, backend }) => {
    const axes = util.parseAxisParam(attrs.axis as number[], x.shape).sort((a, b) => a - b);
    const rank = x.shape.length;
    const size = elements(x.shape);
    const consecutive = axes.every((axis, i) => axis === axes[0] + i);
    const trailing = axes.at(-1) === rank - 1;
    if (!allFloat(x) || size === 0 || axes.length === 0 || !consecutive || !(trailing || axes[0] === 0)) return null;
    const kept = x.shape.filter((_, i) => !axes.includes(i));
    const shape = attrs.keepDims ? x.shape.map((n, i) => (axes.includes(i) ? 1 : n)) : kept;
    const o = backend.create(shape);
    const left = elements(kept);
    const { sums, elementwise } = backend.kernels;
    const [from, to] = [backend.offset(x), backend.offset(o)];
    if (left === 1) backend.view(o)[0] = sums.total(from, size);
    else if (trailing) sums.rowSums(from, to, left, size / left);
    else sums.columnSums(from, to, size / left, left);
    if (mean) elementwise.binaryScalar(binaryOps.multiply, to, left / size, to, left);
    return o;
  };

/** Rows of x by number (tf.gather on the first axis). */
const gather: Override = ({ inputs: { x, indices }, attrs, backend }) => {
  if (!allFloat(x) || indices.dtype !== 'int32' || indices.shape.length !== 1 || attrs.axis !== 0 || attrs.batchDims !== 0) return null;
  const [rows, ...rest] = x.shape;
  const width = elements(rest);
  const chosen = backend.view(indices);
  const o = backend.create([chosen.length, ...rest]);
  const [from, to] = [backend.view(x), backend.view(o)];
  for (const [i, row] of chosen.entries()) {
    util.assert(row >= 0 && row < rows, () => `gather: row ${row} of ${rows}`);
    to.set(from.subarray(row * width, (row + 1) * width), i * width);
  }
  return o;
};

export const matrixOverrides: Record<string, Override> = {
  BatchMatMul: batchMatMul,
  _FusedMatMul: fusedMatMul,
  Transpose: transpose,
  Sum: reduction(false),
  Mean: reduction(true),
  GatherV2: gather,
};
