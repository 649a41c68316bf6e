// Element-wise kernels on float32: binary ones for equal shapes, scalars, rows and columns, and the unary ones that networks use.
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { binaryOps, unaryOps } from './kernels.ts';
import { allFloat, elements, type Override } from './override.ts';

const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** How y is spread over x: [rows, cols] and what y gives to each; null for other broadcasts. */
function spread(x: readonly number[], y: readonly number[]): { kind: 'binaryRow' | 'binaryColumn'; rows: number; cols: number } | null {
  if (x.length !== 2 || y.length > 2) return null;
  const [rows, cols] = x;
  const full = y.length === 2 ? y : [1, ...y];
  if (full[0] === 1 && full[1] === cols) return { kind: 'binaryRow', rows, cols };
  if (full[0] === rows && full[1] === 1) return { kind: 'binaryColumn', rows, cols };
  return null;
}

/** x [groups or 1, rows, cols] with y [groups or 1, 1, cols]: each group's row is spread over its rows. */
function grouped(x: readonly number[], y: readonly number[]): { groups: number; rows: number; cols: number } | null {
  if (x.length !== 3 || y.length !== 3 || y[1] !== 1 || y[2] !== x[2]) return null;
  if (x[0] !== y[0] && x[0] !== 1 && y[0] !== 1) return null;
  return { groups: Math.max(x[0], y[0]), rows: x[1], cols: x[2] };
}

/** Shape of x ∘ s with s of one element: x's, with leading ones where s has more axes. */
const shapeWith = (x: TensorInfo, s: TensorInfo): number[] =>
  s.shape.length > x.shape.length ? [...s.shape.slice(0, s.shape.length - x.shape.length), ...x.shape] : x.shape;

const binary =
  (op: number): Override =>
  ({ inputs: { a, b }, backend }) => {
    if (!allFloat(a, b)) return null;
    const { elementwise } = backend.kernels;
    const at = (t: TensorInfo) => backend.offset(t);
    if (sameShape(a.shape, b.shape)) {
      const o = backend.create(a.shape);
      elementwise.binary(op, at(a), at(b), at(o), elements(a.shape));
      return o;
    }
    if (elements(b.shape) === 1) {
      const o = backend.create(shapeWith(a, b));
      elementwise.binaryScalar(op, at(a), backend.view(b)[0], at(o), elements(a.shape));
      return o;
    }
    if (elements(a.shape) === 1) {
      const o = backend.create(shapeWith(b, a));
      elementwise.scalarBinary(op, backend.view(a)[0], at(b), at(o), elements(b.shape));
      return o;
    }
    const commutes = op === binaryOps.add || op === binaryOps.multiply;
    const swapped = commutes && !grouped(a.shape, b.shape);
    const [x, y] = swapped ? [b, a] : [a, b];
    const group = grouped(x.shape, y.shape);
    if (group) {
      const { groups, rows, cols } = group;
      const o = backend.create([groups, rows, cols]);
      const [sx, sy] = [x.shape[0] === 1 ? 0 : 4 * rows * cols, y.shape[0] === 1 ? 0 : 4 * cols];
      for (let g = 0; g < groups; g++) elementwise.binaryRow(op, at(x) + g * sx, at(y) + g * sy, at(o) + 4 * g * rows * cols, rows, cols);
      return o;
    }
    const over = spread(a.shape, b.shape);
    if (!over) return null;
    const o = backend.create(a.shape);
    elementwise[over.kind](op, at(a), at(b), at(o), over.rows, over.cols);
    return o;
  };

const unary =
  (op: number): Override =>
  ({ inputs: { x }, backend }) => {
    if (!allFloat(x)) return null;
    const o = backend.create(x.shape);
    backend.kernels.elementwise.unary(op, backend.offset(x), backend.offset(o), elements(x.shape));
    return o;
  };

const filled =
  (value: number): Override =>
  ({ inputs: { x }, backend }) => {
    if (!allFloat(x)) return null;
    const o = backend.create(x.shape);
    backend.kernels.elementwise.fill(backend.offset(o), value, elements(x.shape));
    return o;
  };

/** Where no number is lost, tfjs's own kernel hands on the same values under another type; here a type has its own bytes. */
const cast: Override = ({ inputs: { x }, attrs, backend }) => {
  const to = attrs.dtype as DataType;
  if (x.dtype === to || (x.dtype !== 'int32' && x.dtype !== 'bool') || (to !== 'float32' && to !== 'int32')) return null;
  const o = backend.create(x.shape, to);
  backend.view(o).set(backend.view(x));
  return o;
};

export const elementwiseOverrides: Record<string, Override> = {
  Cast: cast,
  Add: binary(binaryOps.add),
  Sub: binary(binaryOps.subtract),
  Multiply: binary(binaryOps.multiply),
  RealDiv: binary(binaryOps.divide),
  Relu: unary(unaryOps.relu),
  Tanh: unary(unaryOps.tanh),
  Erf: unary(unaryOps.erf),
  Square: unary(unaryOps.square),
  Exp: unary(unaryOps.exp),
  Sqrt: unary(unaryOps.sqrt),
  Neg: unary(unaryOps.negate),
  ZerosLike: filled(0),
  OnesLike: filled(1),
};
