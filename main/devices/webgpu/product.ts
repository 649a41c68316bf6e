// Products of two matrices: op(A) op(B) with a factor, a bias and an activation in the same pass. Large ones run in blocks: short enough
// dispatches for a display's watchdog, and sums whose error does not grow with the whole inner dimension, because each block of it is summed
// by itself. Every sum has one order, whatever else the device does.
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Activation } from '../../contract/config.ts';
import { KernelscopeError } from '../../contract/errors.ts';
import type { GpuBackend } from './backend.ts';
import { functionCode } from './functions.ts';
import { once, type Shader } from './shader.ts';
import { tiled, tileFor, tilesOf, type Tile } from './tiled.ts';

export interface ProductLimits {
  /** multiply-adds in one dispatch */
  work: number;
  /** of the inner dimension summed in one go */
  inner: number;
}

/** 2³⁴ multiply-adds take a fifth of a second at 0.1 TFLOP/s; a display's watchdog waits two. */
export const productLimits: ProductLimits = { work: 2 ** 34, inner: 2048 };

/** How many rows and how much of the inner dimension a block has, for C [m, n] = A [m, k] B [k, n]; whole tiles of rows */
export function planProduct(m: number, n: number, k: number, tile: Tile, { work, inner }: ProductLimits): { rows: number; inner: number } {
  const depth = Math.min(k, inner);
  return { rows: Math.min(m, tile * Math.max(1, Math.floor(work / (n * depth * tile)))), inner: depth };
}

interface Variant {
  transA: boolean;
  transB: boolean;
  bias: boolean;
  activation: Activation;
  tile: Tile;
}

function shaderOf({ transA, transB, bias, activation, tile }: Variant): Shader {
  const key = `product ${transA} ${transB} ${bias} ${activation}`;
  return once(`${key} ${tile}`, () =>
    tiled({
      key,
      tile,
      reads: bias ? ['a', 'b', 'bias'] : ['a', 'b'],
      writes: ['c'],
      numbers: { depth: 'u32', scale: 'f32', more: 'u32', last: 'u32' },
      leftAlongK: !transA,
      rightAlongK: transB,
      declarations: () => `
      ${functionCode(activation)}
      fn left(row : u32, k : u32) -> f32 { return a[${transA ? 'k * u.rows + row' : 'row * u.depth + k'}]; }
      fn right(k : u32, column : u32) -> f32 { return b[${transB ? 'column * u.depth + k' : 'k * u.columns + column'}]; }
      fn put(row : u32, column : u32, sum : f32) {
        let at = row * u.columns + column;
        var v = sum;
        if (u.more != 0u) { v += c[at]; }
        if (u.last != 0u) { v = activation(v * u.scale${bias ? ' + bias[column]' : ''}); }
        c[at] = v;
      }`,
    }),
  );
}

export interface Product {
  a: TensorInfo;
  b: TensorInfo;
  transA?: boolean;
  transB?: boolean;
  /** 1 unless given */
  scale?: number;
  /** [n] */
  bias?: TensorInfo;
  activation?: Activation;
}

/** φ(scale · op(A) op(B) + bias) [m, n], of two matrices */
export function product(backend: GpuBackend, o: Product): TensorInfo {
  const { a, b, bias, transA = false, transB = false, scale = 1, activation = 'linear' } = o;
  const [m, k] = transA ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]];
  const n = transB ? b.shape[0] : b.shape[1];
  const c = backend.empty([m, n]);
  const tile = tileFor(m, n);
  const shader = shaderOf({ transA, transB, bias: bias !== undefined, activation, tile });
  const plan = planProduct(m, n, k, tile, backend.limits.product);
  const reads = bias ? [a, b, bias] : [a, b];
  for (let firstRow = 0; firstRow < m; firstRow += plan.rows)
    for (let begin = 0; begin < k; begin += plan.inner) {
      const end = Math.min(k, begin + plan.inner);
      const numbers = {
        rows: m,
        columns: n,
        firstRow,
        begin,
        end,
        chunk: end - begin,
        depth: k,
        scale,
        more: +(begin > 0),
        last: +(end === k),
      };
      backend.run(shader, { reads, writes: [c], numbers, groups: tilesOf(Math.min(plan.rows, m - firstRow), n, tile) });
    }
  return c;
}

/** BatchMatMul: ours for two matrices, tfjs's own for many at once */
export const matrixProduct =
  (many: KernelFunc): KernelFunc =>
  (given) => {
    const { a, b } = given.inputs as Record<'a' | 'b', TensorInfo>;
    const backend = given.backend as GpuBackend;
    const { transposeA, transposeB } = given.attrs as Record<'transposeA' | 'transposeB', boolean>;
    const lead = a.shape.slice(0, -2).reduce((x, y) => x * y, 1);
    if (lead > backend.limits.workgroups)
      throw new KernelscopeError(
        'failed',
        `webgpu: ${lead} products at once were asked for, this device does ${backend.limits.workgroups}`,
      );
    const ours = a.shape.length === 2 && b.shape.length === 2 && a.shape[0] * a.shape[1] * b.shape[0] * b.shape[1] > 0;
    return ours && a.dtype === 'float32' && b.dtype === 'float32'
      ? product(backend, { a, b, transA: transposeA, transB: transposeB })
      : many(given);
  };
