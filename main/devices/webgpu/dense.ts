// Our own kernels on the webgpu device: a dense layer with its activation in one pass, and what its gradient needs.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Activation } from '../../contract/config.ts';
import { elements } from '../cpu/override.ts';
import { own } from '../own.ts';
import type { GpuBackend } from './backend.ts';
import { functionCode, unary } from './functions.ts';
import { product } from './product.ts';
import { each, elementwise, once, type Shader } from './shader.ts';

export interface Call {
  inputs: Record<string, TensorInfo>;
  attrs: Record<string, unknown>;
  backend: GpuBackend;
}
export type Kernel = (call: Call) => TensorInfo | TensorInfo[];

/** WGSL of φ′ as `fn slope`, from φ's output for linear, relu and tanh, from its input for erf. NaN of relu has the slope 0. */
const slopes: Record<Activation, string> = {
  linear: 'return 1.0;',
  relu: 'return select(0.0, 1.0, h > 0.0);',
  tanh: 'return 1.0 - h * h;',
  erf: 'if (isNaN(h)) { return h; } return 1.1283791670955126 * power(max(-h * h, -103.0));',
};
function slopeCode(activation: Activation): string {
  const before = activation === 'erf' ? functionCode('erf') : '';
  return `${before} fn slope(h : f32) -> f32 { ${slopes[activation]} }`;
}

const chain: Kernel = ({ inputs: { g, h }, attrs, backend }) => {
  const activation = attrs['activation'] as Activation;
  const o = backend.empty(g.shape);
  const shader = once(`chain ${activation}`, (key) =>
    elementwise({ key, reads: ['g', 'h'], writes: ['o'], declarations: () => slopeCode(activation), each: 'o[i] = g[i] * slope(h[i]);' }),
  );
  each(backend, shader, elements(g.shape), { reads: [g, h], writes: [o] });
  return o;
};

/** Sixteen columns a workgroup, sixteen threads a column. */
const delta = (activation: Activation): Shader =>
  once(`delta ${activation}`, (key) => ({
    key,
    reads: activation === 'linear' ? ['dy'] : ['dy', 'h'],
    writes: activation === 'linear' ? ['s'] : ['d', 's'],
    numbers: { rows: 'u32', columns: 'u32' },
    threads: 256,
    declarations: () => `${slopeCode(activation)} var<workgroup> part_sums : array<f32, 256>;`,
    main: () => `
      let column = group * 16u + t % 16u;
      var sum = 0.0;
      if (column < u.columns) {
        for (var row = t / 16u; row < u.rows; row += 16u) {
          let i = row * u.columns + column;
          ${activation === 'linear' ? 'sum += dy[i];' : 'let v = dy[i] * slope(h[i]); d[i] = v; sum += v;'}
        }
      }
      part_sums[t] = sum;
      workgroupBarrier();
      if (t < 16u && column < u.columns) {
        var all = 0.0;
        for (var k = 0u; k < 16u; k++) { all += part_sums[t + 16u * k]; }
        s[column] = all;
      }`,
  }));

const deltaKernel: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { dy, h } = inputs;
  const activation = attrs['activation'] as Activation;
  const linear = activation === 'linear';
  const share = (): TensorInfo => {
    backend.incRef(dy.dataId);
    return { dataId: dy.dataId, shape: dy.shape, dtype: dy.dtype };
  };
  if (!attrs['sums']) return [linear ? share() : (chain({ inputs: { g: dy, h }, attrs, backend }) as TensorInfo)];
  const [rows, columns] = dy.shape;
  const s = backend.empty([columns]);
  const d = linear ? share() : backend.empty(dy.shape);
  backend.run(delta(activation), {
    reads: linear ? [dy] : [dy, h],
    writes: linear ? [s] : [d, s],
    numbers: { rows, columns },
    groups: Math.ceil(columns / 16),
  });
  return [d, s];
};

const accumulate: Kernel = ({ inputs: { k, a, b }, attrs, backend }) => {
  const numbers = { scale: attrs['scale'] as number, add: attrs['add'] as number };
  const inPlace = Boolean(k && attrs['inPlace']);
  if (inPlace) backend.incRef(k.dataId);
  const o = inPlace ? { ...k } : backend.empty(a.shape);
  const before = k ? (inPlace ? 'o[i] + ' : 'k[i] + ') : '';
  const shader = once(`accumulate ${before}`, (key) =>
    elementwise({
      key,
      reads: k && !inPlace ? ['a', 'b', 'k'] : ['a', 'b'],
      writes: ['o'],
      numbers: { scale: 'f32', add: 'f32' },
      each: `o[i] = ${before}(u.scale * a[i] + u.add) * b[i];`,
    }),
  );
  each(backend, shader, elements(a.shape), { reads: k && !inPlace ? [a, b, k] : [a, b], writes: [o], numbers });
  return o;
};

export const ownKernels: Record<string, Kernel> = {
  [own.dense]: ({ inputs: { x, w, b }, attrs, backend }) =>
    product(backend, {
      a: x,
      b: w,
      scale: attrs['scale'] as number,
      activation: attrs['activation'] as Activation,
      ...(b && { bias: b }),
    }),
  [own.delta]: deltaKernel,
  [own.product]: ({ inputs: { a, b }, attrs, backend }) =>
    product(backend, { a, b, transA: Boolean(attrs['transA']), transB: Boolean(attrs['transB']), scale: attrs['scale'] as number }),
  [own.activate]: ({ inputs: { z }, attrs, backend }) => unary(backend, attrs['activation'] as Activation, z),
  [own.chain]: chain,
  [own.accumulateProduct]: accumulate,
};
