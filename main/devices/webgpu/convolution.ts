// Convolutions as tiled products whose operand is read from the image where it lies: no columns are ever written.
//   y = conv(x, w):  rows are positions, columns channels, k the taps of the filter and the channels under them.  Stride 1, same size, zeros
//   outside, filters [k, k, in, out] with k odd
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './backend.ts';
import { elements } from '../cpu/override.ts';
import { planProduct } from './product.ts';
import { each, elementwise, once } from './shader.ts';
import { tiled, tileFor, tilesOf, type Tile } from './tiled.ts';

interface Geometry {
  batch: number;
  height: number;
  width: number;
  inputs: number;
  outputs: number;
  kernel: number;
}

function geometryOf([batch, height, width, inputs]: readonly number[], filters: readonly number[]): Geometry {
  return { batch, height, width, inputs, outputs: filters[3], kernel: filters[0] };
}

/** WGSL of `fn seen(position, k)`: of the image `name` with `channels`, what filter tap and channel k sees. Sizes stand in the code, because
 *  dividing by a number that the compiler knows costs a tenth of dividing by one that it does not. */
const seen = (name: string, { height, width, kernel }: Geometry, channels: number): string => `
  fn seen(position : u32, k : u32) -> f32 {
    let tap = k / ${channels}u;
    let place = position % ${height * width}u;
    let row = i32(place / ${width}u + tap / ${kernel}u) - ${(kernel - 1) / 2};
    let column = i32(place % ${width}u + tap % ${kernel}u) - ${(kernel - 1) / 2};
    if (row < 0 || row >= ${height} || column < 0 || column >= ${width}) { return 0.0; }
    let image = position / ${height * width}u;
    return ${name}[((image * ${height}u + u32(row)) * ${width}u + u32(column)) * ${channels}u + k % ${channels}u];
  }`;

const nameOf = ({ height, width, inputs, outputs, kernel }: Geometry): string => [height, width, inputs, outputs, kernel].join(' ');

interface Plan {
  name: string;
  rows: number;
  columns: number;
  depth: number;
  tile: Tile;
  leftAlongK: boolean;
  rightAlongK: boolean;
  reads: [string, string];
  code: string;
}

/** One dispatch a block of rows, as products have it; `parts` sums of a part of the depth each, side by side. */
function run(backend: GpuBackend, o: Plan, reads: TensorInfo[], result: TensorInfo, chunk: number): void {
  const { rows, columns, depth, tile } = o;
  const parts = Math.ceil(depth / chunk);
  const shader = once(`${o.name} ${tile}`, () =>
    tiled({
      key: o.name,
      tile,
      reads: o.reads,
      writes: ['c'],
      declarations: () => `
        ${o.code}
        var<private> offset : u32;
        fn put(row : u32, column : u32, sum : f32) { c[offset + row * u.columns + column] = sum; }`,
      prepare: 'offset = part * u.rows * u.columns;',
      leftAlongK: o.leftAlongK,
      rightAlongK: o.rightAlongK,
    }),
  );
  const { rows: block } = planProduct(rows, columns, depth, tile, { ...backend.limits.product, inner: depth });
  for (let firstRow = 0; firstRow < rows; firstRow += block)
    backend.run(shader, {
      reads,
      writes: [result],
      numbers: { rows, columns, firstRow, begin: 0, end: depth, chunk },
      groups: tilesOf(Math.min(block, rows - firstRow), columns, tile),
      parts,
    });
}

/** conv(x, w) [B, H, W, out] */
export function convolve(backend: GpuBackend, x: TensorInfo, w: TensorInfo): TensorInfo {
  const g = geometryOf(x.shape, w.shape);
  const y = backend.empty([g.batch, g.height, g.width, g.outputs]);
  const [rows, columns, depth] = [g.batch * g.height * g.width, g.outputs, g.kernel ** 2 * g.inputs];
  const code = `
    ${seen('x', g, g.inputs)}
    fn left(row : u32, k : u32) -> f32 { return seen(row, k); }
    fn right(k : u32, column : u32) -> f32 { return w[k * ${columns}u + column]; }`;
  const tile = tileFor(rows, columns);
  const plan: Plan = { name: `convolve ${nameOf(g)}`, rows, columns, depth, tile, leftAlongK: true, rightAlongK: false, reads: ['x', 'w'], code }; // prettier-ignore
  run(backend, plan, [x, w], y, depth);
  return y;
}

/** ∂/∂x [B, H, W, in], `shape`, from d = ∂/∂y: d seen by the filters turned round */
export function inputGradient(backend: GpuBackend, d: TensorInfo, w: TensorInfo, shape: readonly number[]): TensorInfo {
  const g = geometryOf(shape, w.shape);
  const dx = backend.empty(shape);
  const [rows, columns, taps] = [g.batch * g.height * g.width, g.inputs, g.kernel ** 2];
  const code = `
    ${seen('d', g, g.outputs)}
    fn left(row : u32, k : u32) -> f32 { return seen(row, k); }
    fn right(k : u32, column : u32) -> f32 {
      return w[((${taps - 1}u - k / ${g.outputs}u) * ${columns}u + column) * ${g.outputs}u + k % ${g.outputs}u];
    }`;
  const tile = tileFor(rows, columns);
  const plan: Plan = { name: `to input ${nameOf(g)}`, rows, columns, depth: taps * g.outputs, tile, leftAlongK: true, rightAlongK: true, reads: ['d', 'w'], code }; // prettier-ignore
  run(backend, plan, [d, w], dx, plan.depth);
  return dx;
}

/** ∂/∂w [k, k, in, out], `shape`, from d = ∂/∂y: a sum over all positions, in parts that are added in their order */
export function filterGradient(backend: GpuBackend, x: TensorInfo, d: TensorInfo, shape: readonly number[]): TensorInfo {
  const g = geometryOf(x.shape, shape);
  const [rows, columns, depth] = [g.kernel ** 2 * g.inputs, g.outputs, g.batch * g.height * g.width];
  const code = `
    ${seen('x', g, g.inputs)}
    fn left(row : u32, k : u32) -> f32 { return seen(k, row); }
    fn right(k : u32, column : u32) -> f32 { return d[k * ${columns}u + column]; }`;
  const tile: Tile = Math.min(rows, columns) > 48 ? 64 : 32;
  // As many parts as keep a large GPU busy, none of them shorter than 256 positions.
  const wanted = Math.ceil(512 / tilesOf(rows, columns, tile));
  const chunk = Math.max(256, 16 * Math.ceil(depth / wanted / 16));
  const plan: Plan = { name: `to filters ${nameOf(g)}`, rows, columns, depth, tile, leftAlongK: false, rightAlongK: false, reads: ['x', 'd'], code }; // prettier-ignore
  const parts = Math.ceil(depth / chunk);
  const all = backend.empty([parts, ...shape]);
  run(backend, plan, [x, d], all, chunk);
  if (parts === 1) return { ...all, shape: [...shape] };
  const dw = backend.empty(shape);
  const shader = once('parts', (key) =>
    elementwise({
      key,
      reads: ['all'],
      writes: ['o'],
      numbers: { parts: 'u32' },
      each: 'var sum = 0.0; for (var p = 0u; p < u.parts; p++) { sum += all[p * u.size + i]; } o[i] = sum;',
    }),
  );
  each(backend, shader, elements(shape), { reads: [all], writes: [dw], numbers: { parts } });
  backend.disposeData(all.dataId);
  return dw;
}
