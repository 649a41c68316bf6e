// Shares of a kernel's tile and their moments where the tile stays on the GPU: only sums are read. A GPU has no float64, so 4096 elements
// are summed in float32, in blocks of 64 × 64 and there by fours and sixteens; the blocks' sums are added in float64. Centring takes away what
// elements have in common, often all but a thousandth of their squares, and float32 sums would lose the rest with it: what a block sums is
// therefore each element's difference from one of its own, and what a sum loses is kept beside it,
//   T = s + d,  L = t + l:   Σ T = n s + Σ d,   Σ T² = n s² + 2 s Σ d + Σ d²,   Σ T L = n s t + s Σ l + t Σ d + Σ d l.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, TensorInfo } from '@tensorflow/tfjs-core';
import type { Share, ShareMoments } from '../ops.ts';
import { taken } from '../read.ts';
import type { GpuBackend } from './backend.ts';
import { once, type Shader } from './shader.ts';

const side = 64;
/** what a block leaves, each sum in two parts: Σ d of its rows, of its columns, Σ d², Σ d·l, Σ l, Σ d on the diagonal; and s and t */
const left = 2 * (2 * side + 4) + 2;

/** Sums of the rows, or columns, of which each of sixteen threads holds a part: `high` and `low` at `place`, four a thread. */
const lineSums = (high: string, low: string, place: string, at: number): string => `
      workgroupBarrier();
      for (var c = 0u; c < 4u; c++) { lines[${place}] = ${high}[c]; }
      workgroupBarrier();
      line = vec2<f32>();
      if (t < ${side}u) { for (var k = 0u; k < 16u; k++) { line = plus(line, lines[t * 17u + k]); } }
      workgroupBarrier();
      for (var c = 0u; c < 4u; c++) { lines[${place}] = ${low}[c]; }
      workgroupBarrier();
      if (t < ${side}u) {
        for (var k = 0u; k < 16u; k++) { line.y += lines[t * 17u + k]; }
        found[at + ${2 * at}u + 2u * t] = line.x;
        found[at + ${2 * at + 1}u + 2u * t] = line.y;
      }`;

/** Each of 16 × 16 threads has four rows by four columns that lie sixteen apart. `value`: T at `k`; `store`: what is written there. */
const blocks = (key: string, o: { reads: string[]; writes: string[]; numbers: Shader['numbers']; value: string; store: string }): Shader =>
  once(key, () => ({
    key,
    reads: o.reads,
    writes: [...o.writes, 'found'],
    numbers: { rows: 'u32', columns: 'u32', ...o.numbers },
    threads: 256,
    declarations: () => `
      var<workgroup> lines : array<f32, ${side * 17}>;
      var<workgroup> ofAll : array<vec4<f32>, 256>;
      var<workgroup> lostOfAll : array<vec4<f32>, 256>;
      // What a + b = s loses to rounding (Knuth). A compiler that takes floats for real numbers makes it 0, and the sum a plain one.
      fn lost(a : vec4<f32>, b : vec4<f32>, s : vec4<f32>) -> vec4<f32> {
        let c = s - a;
        return (a - (s - c)) + (b - c);
      }
      // A sum in two parts, and one number more.
      fn plus(sum : vec2<f32>, b : f32) -> vec2<f32> {
        let s = sum.x + b;
        let c = s - sum.x;
        return vec2<f32>(s, sum.y + ((sum.x - (s - c)) + (b - c)));
      }
      fn valueAt(k : u32) -> f32 { return ${o.value}; }`,
    main: () => `
      let across = (u.columns + ${side - 1}u) / ${side}u;
      let top = (group / across) * ${side}u;
      let over = (group % across) * ${side}u;
      if (top >= u.rows) { return; }
      // The second of the first row: the first may lie on the diagonal, where elements are like no others.
      let typical = top * u.columns + min(over + 1u, u.columns - 1u);
      let s0 = valueAt(typical);
      let t0 = l[typical];
      let down = t / 16u;
      let lane = t % 16u;
      var rows = vec4<f32>();
      var lowRows = vec4<f32>();
      var columns = vec4<f32>();
      var lowColumns = vec4<f32>();
      var all = vec4<f32>();
      var low = vec4<f32>();
      for (var r = 0u; r < 4u; r++) {
        let row = top + down * 4u + r;
        var values = vec4<f32>();
        var others = vec2<f32>();
        var ofRow = vec2<f32>();
        var product = 0.0;
        var diagonal = 0.0;
        for (var c = 0u; c < 4u; c++) {
          let column = over + lane + 16u * c;
          if (row < u.rows && column < u.columns) {
            let k = row * u.columns + column;
            let value = valueAt(k);
            ${o.store}
            let d = value - s0;
            let other = l[k] - t0;
            values[c] = d;
            product += d * other;
            ofRow = plus(ofRow, d);
            others = plus(others, other);
            if (row == column) { diagonal = d; }
          }
        }
        rows[r] = ofRow.x;
        lowRows[r] = ofRow.y;
        let below = columns + values;
        lowColumns += lost(columns, values, below);
        columns = below;
        let more = vec4<f32>(dot(values, values), product, others.x, diagonal);
        let sum = all + more;
        low += lost(all, more, sum) + vec4<f32>(0.0, 0.0, others.y, 0.0);
        all = sum;
      }
      ofAll[t] = all;
      lostOfAll[t] = low;
      let at = group * ${left}u;
      var line : vec2<f32>;
      ${lineSums('rows', 'lowRows', '(down * 4u + c) * 17u + lane', 0)}
      ${lineSums('columns', 'lowColumns', '(lane + 16u * c) * 17u + down', side)}
      for (var half = 128u; half > 0u; half >>= 1u) {
        workgroupBarrier();
        if (t < half) {
          let sum = ofAll[t] + ofAll[t + half];
          lostOfAll[t] += lostOfAll[t + half] + lost(ofAll[t], ofAll[t + half], sum);
          ofAll[t] = sum;
        }
      }
      if (t == 0u) {
        for (var k = 0u; k < 4u; k++) {
          found[at + ${4 * side}u + 2u * k] = ofAll[0][k];
          found[at + ${4 * side + 1}u + 2u * k] = lostOfAll[0][k];
        }
        found[at + ${left - 2}u] = s0;
        found[at + ${left - 1}u] = t0;
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
    const [height, width] = [Math.min(side, m - top), Math.min(side, n - over)];
    const sum = (k: number) => values[at + 2 * k] + values[at + 2 * k + 1];
    const [squares, products, others, diagonal] = [0, 1, 2, 3].map((k) => sum(2 * side + k));
    const [s, t] = values.subarray(at + left - 2, at + left);
    let differences = 0;
    for (let i = 0; i < height; i++) {
      rows[top + i] += width * s + sum(i);
      differences += sum(i);
    }
    for (let j = 0; j < width; j++) columns[over + j] += height * s + sum(side + j);
    moments.square += height * width * s * s + 2 * s * differences + squares;
    moments.product += height * width * s * t + s * others + t * differences + products;
    moments.trace += Math.max(0, Math.min(top + height, over + width) - Math.max(top, over)) * s + diagonal;
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
  const shader = blocks(`share ${before} ${b !== null}`, {
    reads: ['a', 'l', ...(b ? ['b'] : []), ...(S && !inPlace ? ['before'] : [])],
    writes: ['s'],
    numbers: { scale: 'f32', add: 'f32' },
    value: `(u.scale * a[k] + u.add)${b ? ' * b[k]' : ''}`,
    store: `s[k] = ${before}value;`,
  });
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
  const shader = blocks('inner product', { reads: ['a', 'l'], writes: [], numbers: {}, value: 'a[k]', store: '' });
  backend.run(shader, { reads: [A, B], writes: [found], numbers: { rows: m, columns: n }, groups });
  return (await gather(found, m, n)).product;
}
