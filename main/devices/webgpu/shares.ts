// Shares of a kernel's tile and their moments where the tile stays on the GPU: only sums are read. A GPU has no float64, so 4096 elements
// are summed in float32, in blocks of 64 × 64 and there by fours and sixteens; the blocks' sums are added in float64.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, TensorInfo } from '@tensorflow/tfjs-core';
import type { Share, ShareMoments } from '../ops.ts';
import { taken } from '../read.ts';
import type { GpuBackend } from './backend.ts';
import { once } from './dense.ts';
import type { Shader } from './shader.ts';

const side = 64;
/** what a block leaves: sums of its rows and of its columns, Σ T², Σ T·L, its part of the trace */
const left = 2 * side + 3;

/** Each of 16 × 16 threads has four rows by four columns that lie sixteen apart. `value` gives T at `k` and stores what is to be stored. */
const blocks = (key: string, reads: string[], writes: string[], numbers: Shader['numbers'], value: string): Shader =>
  once(key, () => ({
    key,
    reads,
    writes: [...writes, 'found'],
    numbers: { rows: 'u32', columns: 'u32', ...numbers },
    threads: 256,
    declarations: () => `
      var<workgroup> ofRows : array<f32, ${side * 17}>;
      var<workgroup> ofColumns : array<f32, ${side * 17}>;
      var<workgroup> ofAll : array<vec3<f32>, 256>;`,
    main: () => `
      let across = (u.columns + ${side - 1}u) / ${side}u;
      let top = (group / across) * ${side}u;
      let over = (group % across) * ${side}u;
      if (top >= u.rows) { return; }
      let down = t / 16u;
      let lane = t % 16u;
      var columns = vec4<f32>();
      var all = vec3<f32>();
      for (var r = 0u; r < 4u; r++) {
        let row = top + down * 4u + r;
        var values = vec4<f32>();
        var squares = vec4<f32>();
        var products = vec4<f32>();
        for (var c = 0u; c < 4u; c++) {
          let column = over + lane + 16u * c;
          if (row < u.rows && column < u.columns) {
            let k = row * u.columns + column;
            ${value}
            values[c] = value;
            squares[c] = value * value;
            products[c] = value * l[k];
            if (row == column) { all.z += value; }
          }
        }
        ofRows[(down * 4u + r) * 17u + lane] = (values.x + values.y) + (values.z + values.w);
        columns += values;
        all.x += (squares.x + squares.y) + (squares.z + squares.w);
        all.y += (products.x + products.y) + (products.z + products.w);
      }
      for (var c = 0u; c < 4u; c++) { ofColumns[(lane + 16u * c) * 17u + down] = columns[c]; }
      ofAll[t] = all;
      workgroupBarrier();
      let at = group * ${left}u;
      if (t < ${side}u) {
        var sum = 0.0;
        for (var k = 0u; k < 16u; k++) { sum += ofRows[t * 17u + k]; }
        found[at + t] = sum;
      } else if (t < ${2 * side}u) {
        var sum = 0.0;
        for (var k = 0u; k < 16u; k++) { sum += ofColumns[(t - ${side}u) * 17u + k]; }
        found[at + t] = sum;
      }
      for (var half = 128u; half > 0u; half >>= 1u) {
        workgroupBarrier();
        if (t < half) { ofAll[t] += ofAll[t + half]; }
      }
      if (t == 0u) {
        found[at + ${2 * side}u] = ofAll[0].x;
        found[at + ${2 * side + 1}u] = ofAll[0].y;
        found[at + ${2 * side + 2}u] = ofAll[0].z;
      }`,
  }));

const tensor = (info: TensorInfo): Tensor2D => tf.engine().makeTensorFromTensorInfo(info) as Tensor2D;

/** Reads what the blocks found and adds it up. */
async function gather(found: Tensor, m: number, n: number): Promise<ShareMoments> {
  const values = await taken(found);
  const across = Math.ceil(n / side);
  const [rows, columns] = [new Float64Array(m), new Float64Array(n)];
  const moments = { square: 0, product: 0, trace: 0, rows, columns };
  for (let block = 0, at = 0; at < values.length; block++, at += left) {
    const [top, over] = [side * Math.floor(block / across), side * (block % across)];
    for (let i = 0; i < side && top + i < m; i++) rows[top + i] += values[at + i];
    for (let j = 0; j < side && over + j < n; j++) columns[over + j] += values[at + side + j];
    moments.square += values[at + 2 * side];
    moments.product += values[at + 2 * side + 1];
    moments.trace += values[at + 2 * side + 2];
  }
  return moments;
}

const blocksOf = (m: number, n: number): number => Math.ceil(m / side) * Math.ceil(n / side);

/** S + T, in place where nothing else holds S, and T's moments with L. Consumes S. */
export function addShare(
  backend: GpuBackend,
  S: Tensor2D | null,
  { a, scale, add, b }: Share<Tensor2D>,
  L: Tensor2D,
): { sum: Tensor2D; moments: Promise<ShareMoments> } {
  const [m, n] = a.shape;
  const inPlace = S !== null && backend.refCount(S.dataId) === 1;
  const sum = inPlace ? S : tensor(backend.empty([m, n]));
  const groups = blocksOf(m, n);
  const found = tensor(backend.empty([groups, left]));
  const before = S === null ? '' : inPlace ? 's[k] + ' : 'before[k] + ';
  const shader = blocks(
    `share ${before} ${b !== null}`,
    ['a', 'l', ...(b ? ['b'] : []), ...(S && !inPlace ? ['before'] : [])],
    ['s'],
    { scale: 'f32', add: 'f32' },
    `let value = (u.scale * a[k] + u.add)${b ? ' * b[k]' : ''}; s[k] = ${before}value;`,
  );
  const reads = [a, L, ...(b ? [b] : []), ...(S && !inPlace ? [S] : [])];
  backend.run(shader, { reads, writes: [sum, found], numbers: { rows: m, columns: n, scale, add }, groups });
  if (S && !inPlace) S.dispose();
  return { sum, moments: gather(found, m, n) };
}

/** ⟨A, B⟩ of two matrices of one shape. */
export async function innerProduct(backend: GpuBackend, A: Tensor2D, B: Tensor2D): Promise<number> {
  const [m, n] = A.shape;
  const groups = blocksOf(m, n);
  const found = tensor(backend.empty([groups, left]));
  const shader = blocks('inner product', ['a', 'l'], [], {}, 'let value = a[k];');
  backend.run(shader, { reads: [A, B], writes: [found], numbers: { rows: m, columns: n }, groups });
  return (await gather(found, m, n)).product;
}
