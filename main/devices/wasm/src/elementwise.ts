// Element-wise kernels. Blocks are padded to whole vectors by the allocator, so flat loops run over the padding and need no tail.
import { activate4, chain4, erf4, ERF, exp4, LINEAR, RELU, relu4, TANH, tanh4 } from './parts/functions';
import { bytes, madd } from './parts/simd';

export const ADD: i32 = 0;
export const SUBTRACT: i32 = 1;
export const MULTIPLY: i32 = 2;
export const DIVIDE: i32 = 3;

// @ts-ignore: decorator
@inline
function two(op: i32, x: v128, y: v128): v128 {
  if (op == ADD) return f32x4.add(x, y);
  if (op == SUBTRACT) return f32x4.sub(x, y);
  if (op == MULTIPLY) return f32x4.mul(x, y);
  return f32x4.div(x, y);
}

// @ts-ignore: decorator
@inline
function same(op: i32, x: usize, y: usize, o: usize, n: i32): void {
  const end = bytes(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(o + i, two(op, v128.load(x + i), v128.load(y + i)));
}

// @ts-ignore: decorator
@inline
function scalarRight(op: i32, x: usize, s: f32, o: usize, n: i32): void {
  const S = f32x4.splat(s);
  const end = bytes(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(o + i, two(op, v128.load(x + i), S));
}

// @ts-ignore: decorator
@inline
function scalarLeft(op: i32, s: f32, y: usize, o: usize, n: i32): void {
  const S = f32x4.splat(s);
  const end = bytes(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(o + i, two(op, S, v128.load(y + i)));
}

// A row may end inside a vector, and the last row's vector outside the block: rows have tails of single lanes.
// @ts-ignore: decorator
@inline
function rowRight(op: i32, x: usize, y: usize, o: usize, rows: i32, cols: i32): void {
  const body = bytes(cols & ~3);
  const width = bytes(cols);
  for (let r = 0; r < rows; r++) {
    let i: usize = 0;
    for (; i < body; i += 16) v128.store(o + i, two(op, v128.load(x + i), v128.load(y + i)));
    for (; i < width; i += 4) v128.store_lane<f32>(o + i, two(op, v128.load32_zero(x + i), v128.load32_zero(y + i)), 0);
    x += width;
    o += width;
  }
}

// @ts-ignore: decorator
@inline
function columnRight(op: i32, x: usize, y: usize, o: usize, rows: i32, cols: i32): void {
  const body = bytes(cols & ~3);
  const width = bytes(cols);
  for (let r = 0; r < rows; r++) {
    const S = v128.load_splat<f32>(y + bytes(r));
    let i: usize = 0;
    for (; i < body; i += 16) v128.store(o + i, two(op, v128.load(x + i), S));
    for (; i < width; i += 4) v128.store_lane<f32>(o + i, two(op, v128.load32_zero(x + i), S), 0);
    x += width;
    o += width;
  }
}

/** o = x ∘ y, all [n] */
export function binary(op: i32, x: usize, y: usize, o: usize, n: i32): void {
  if (op == ADD) same(ADD, x, y, o, n);
  else if (op == SUBTRACT) same(SUBTRACT, x, y, o, n);
  else if (op == MULTIPLY) same(MULTIPLY, x, y, o, n);
  else same(DIVIDE, x, y, o, n);
}

/** o = x ∘ s, x [n] */
export function binaryScalar(op: i32, x: usize, s: f32, o: usize, n: i32): void {
  if (op == ADD) scalarRight(ADD, x, s, o, n);
  else if (op == SUBTRACT) scalarRight(SUBTRACT, x, s, o, n);
  else if (op == MULTIPLY) scalarRight(MULTIPLY, x, s, o, n);
  else scalarRight(DIVIDE, x, s, o, n);
}

/** o = s ∘ y, y [n] */
export function scalarBinary(op: i32, s: f32, y: usize, o: usize, n: i32): void {
  if (op == ADD) scalarLeft(ADD, s, y, o, n);
  else if (op == SUBTRACT) scalarLeft(SUBTRACT, s, y, o, n);
  else if (op == MULTIPLY) scalarLeft(MULTIPLY, s, y, o, n);
  else scalarLeft(DIVIDE, s, y, o, n);
}

/** o = x ∘ y, x [rows, cols], y [cols]; o may be x */
export function binaryRow(op: i32, x: usize, y: usize, o: usize, rows: i32, cols: i32): void {
  if (op == ADD) rowRight(ADD, x, y, o, rows, cols);
  else if (op == SUBTRACT) rowRight(SUBTRACT, x, y, o, rows, cols);
  else if (op == MULTIPLY) rowRight(MULTIPLY, x, y, o, rows, cols);
  else rowRight(DIVIDE, x, y, o, rows, cols);
}

/** o = x ∘ y, x [rows, cols], y [rows]; o may be x */
export function binaryColumn(op: i32, x: usize, y: usize, o: usize, rows: i32, cols: i32): void {
  if (op == ADD) columnRight(ADD, x, y, o, rows, cols);
  else if (op == SUBTRACT) columnRight(SUBTRACT, x, y, o, rows, cols);
  else if (op == MULTIPLY) columnRight(MULTIPLY, x, y, o, rows, cols);
  else columnRight(DIVIDE, x, y, o, rows, cols);
}

export const SQUARE: i32 = 4;
export const EXP: i32 = 5;
export const SQRT: i32 = 6;
export const NEGATE: i32 = 7;

// @ts-ignore: decorator
@inline
function one(op: i32, x: v128): v128 {
  if (op == RELU) return relu4(x);
  if (op == TANH) return tanh4(x);
  if (op == ERF) return erf4(x);
  if (op == SQUARE) return f32x4.mul(x, x);
  if (op == EXP) return exp4(x);
  if (op == SQRT) return f32x4.sqrt(x);
  return f32x4.neg(x);
}

// @ts-ignore: decorator
@inline
function map(op: i32, x: usize, o: usize, n: i32): void {
  const end = bytes(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(o + i, one(op, v128.load(x + i)));
}

/** o = f(x), [n]; o may be x */
export function unary(op: i32, x: usize, o: usize, n: i32): void {
  if (op == RELU) map(RELU, x, o, n);
  else if (op == TANH) map(TANH, x, o, n);
  else if (op == ERF) map(ERF, x, o, n);
  else if (op == SQUARE) map(SQUARE, x, o, n);
  else if (op == EXP) map(EXP, x, o, n);
  else if (op == SQRT) map(SQRT, x, o, n);
  else map(NEGATE, x, o, n);
}

// @ts-ignore: decorator
@inline
function chained(kind: i32, g: usize, h: usize, o: usize, n: i32): void {
  const end = bytes(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(o + i, chain4(kind, v128.load(g + i), v128.load(h + i)));
}

/** o = g·φ′, [n]; h is φ's output for linear, relu, tanh and its input for erf; o may be g */
export function chain(kind: i32, g: usize, h: usize, o: usize, n: i32): void {
  if (kind == RELU) chained(RELU, g, h, o, n);
  else if (kind == TANH) chained(TANH, g, h, o, n);
  else if (kind == ERF) chained(ERF, g, h, o, n);
  else chained(LINEAR, g, h, o, n);
}

/** o = (scale·a + shift)·b, or k + that where k is not 0; all [n]; o may be k */
export function accumulateProduct(k: usize, a: usize, scale: f32, shift: f32, b: usize, o: usize, n: i32): void {
  const S = f32x4.splat(scale);
  const T = f32x4.splat(shift);
  const end = bytes(n);
  if (k) for (let i: usize = 0; i < end; i += 16) v128.store(o + i, madd(madd(S, v128.load(a + i), T), v128.load(b + i), v128.load(k + i)));
  else for (let i: usize = 0; i < end; i += 16) v128.store(o + i, f32x4.mul(madd(S, v128.load(a + i), T), v128.load(b + i)));
}

/** x ← value, [n] */
export function fill(x: usize, value: f32, n: i32): void {
  const V = f32x4.splat(value);
  const end = bytes(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(x + i, V);
}

// @ts-ignore: decorator
@inline
function biased(kind: i32, z: usize, b: usize, rows: i32, cols: i32): void {
  const body = bytes(cols & ~3);
  const width = bytes(cols);
  for (let r = 0; r < rows; r++) {
    let i: usize = 0;
    for (; i < body; i += 16) v128.store(z + i, activate4(kind, f32x4.add(v128.load(z + i), v128.load(b + i))));
    for (; i < width; i += 4) {
      const v = activate4(kind, f32x4.add(v128.load32_zero(z + i), v128.load32_zero(b + i)));
      v128.store_lane<f32>(z + i, v, 0);
    }
    z += width;
  }
}

/** z ← φ(z + b), z [rows, cols], b [cols] */
export function biasActivate(kind: i32, z: usize, b: usize, rows: i32, cols: i32): void {
  if (kind == RELU) biased(RELU, z, b, rows, cols);
  else if (kind == TANH) biased(TANH, z, b, rows, cols);
  else if (kind == ERF) biased(ERF, z, b, rows, cols);
  else biased(LINEAR, z, b, rows, cols);
}
