// Batch norm, relu and skip connection of a convolutional layer on the webgpu device. Sums over positions are formed in chunks and merged in
// their order; variances about each chunk's own mean (Chan, Golub & LeVeque 1983), because a difference of float32 sums would lose them.
//   z = γ (y − μ)/√(σ² + ε) + β,  o = relu(z) + skip;   without batch norm z = y + β
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './backend.ts';
import { elements } from '../cpu/override.ts';
import { each, elementwise, once, type Shader } from './shader.ts';

/** Channels a workgroup, threads a channel, positions a chunk. */
const [channels, lanes, chunk] = [32, 8, 256];

const chunked = (key: string, o: Pick<Shader, 'reads' | 'writes' | 'numbers' | 'declarations'> & { body: string }): Shader =>
  once(key, () => ({
    key,
    ...o,
    numbers: { rows: 'u32', channels: 'u32', ...o.numbers },
    threads: channels * lanes,
    // `c` is the thread's channel, `lane` its place among those of the channel, `part` the chunk; `live`: there is such a channel
    main: () => `
      let lane = t / ${channels}u;
      let c = group * ${channels}u + t % ${channels}u;
      let live = c < u.channels;
      ${o.body}`,
  }));

const meanAndSquares = (): Shader =>
  chunked('chunk moments', {
    reads: ['y'],
    writes: ['found'],
    numbers: {},
    declarations: () => `var<workgroup> sums : array<f32, ${channels * lanes}>;`,
    body: `
      let first = part * ${chunk}u;
      let end = min(u.rows, first + ${chunk}u);
      var sum = 0.0;
      if (live) { for (var row = first + lane; row < end; row += ${lanes}u) { sum += y[row * u.channels + c]; } }
      sums[t] = sum;
      workgroupBarrier();
      var mean = 0.0;
      for (var k = 0u; k < ${lanes}u; k++) { mean += sums[t % ${channels}u + k * ${channels}u]; }
      mean /= f32(end - first);
      workgroupBarrier();
      var squares = 0.0;
      if (live) { for (var row = first + lane; row < end; row += ${lanes}u) { let v = y[row * u.channels + c] - mean; squares += v * v; } }
      sums[t] = squares;
      workgroupBarrier();
      if (live && lane == 0u) {
        var all = 0.0;
        for (var k = 0u; k < ${lanes}u; k++) { all += sums[t + k * ${channels}u]; }
        found[(2u * part) * u.channels + c] = mean;
        found[(2u * part + 1u) * u.channels + c] = all;
      }`,
  });

/** Means and sums of squares of the chunks into those of all, and into the running statistics. */
const mergeMoments = (running: boolean): Shader =>
  chunked(`merged moments ${running}`, {
    reads: ['found'],
    writes: running ? ['stats', 'mean', 'variance'] : ['stats'],
    numbers: running ? { take: 'f32' } : {},
    declarations: () => `
      struct Moments { n : f32, mean : f32, squares : f32 }
      var<workgroup> of_lanes : array<Moments, ${channels * lanes}>;
      fn merge(a : Moments, b : Moments) -> Moments {
        if (b.n == 0.0) { return a; }
        let n = a.n + b.n;
        let d = b.mean - a.mean;
        return Moments(n, a.mean + d * (b.n / n), a.squares + b.squares + d * d * (a.n * b.n / n));
      }`,
    body: `
      var own = Moments(0.0, 0.0, 0.0);
      let chunks = (u.rows + ${chunk - 1}u) / ${chunk}u;
      let each = (chunks + ${lanes - 1}u) / ${lanes}u;
      if (live) {
        for (var k = lane * each; k < min(chunks, (lane + 1u) * each); k++) {
          let n = f32(min(${chunk}u, u.rows - k * ${chunk}u));
          own = merge(own, Moments(n, found[(2u * k) * u.channels + c], found[(2u * k + 1u) * u.channels + c]));
        }
      }
      of_lanes[t] = own;
      workgroupBarrier();
      if (live && lane == 0u) {
        for (var k = 1u; k < ${lanes}u; k++) { own = merge(own, of_lanes[t + k * ${channels}u]); }
        let rows = f32(u.rows);
        stats[c] = own.mean;
        stats[u.channels + c] = own.squares / rows;
        ${running ? 'mean[c] += u.take * (own.mean - mean[c]); variance[c] += u.take * (own.squares / max(1.0, rows - 1.0) - variance[c]);' : ''}
      }`,
  });

/** The batch's mean and (biased) variance [2, C] of y; `running` takes up `take` of them, the variance unbiased */
export function momentsOf(
  backend: GpuBackend,
  y: TensorInfo,
  running: { mean: TensorInfo; variance: TensorInfo; take: number } | null,
): TensorInfo {
  const C = y.shape[y.shape.length - 1];
  const rows = elements(y.shape) / C;
  const chunks = Math.ceil(rows / chunk);
  const groups = Math.ceil(C / channels);
  const found = backend.empty([chunks, 2, C]);
  const stats = backend.empty([2, C]);
  backend.run(meanAndSquares(), { reads: [y], writes: [found], numbers: { rows, channels: C }, groups, parts: chunks });
  backend.run(mergeMoments(running !== null), {
    reads: [found],
    writes: running ? [stats, running.mean, running.variance] : [stats],
    numbers: { rows, channels: C, ...(running && { take: running.take }) },
    groups,
  });
  backend.disposeData(found.dataId);
  return stats;
}

/** What is between y and z. */
export interface Norm {
  /** [2, C] mean and variance, γ [C] */
  stats: TensorInfo;
  gamma: TensorInfo;
}

const normCode = (norm: boolean): string =>
  norm
    ? `fn inverse(c : u32) -> f32 { return 1.0 / sqrt(stats[u.channels + c] + u.epsilon); }
       fn normal(v : f32, c : u32) -> f32 { return (v - stats[c]) * inverse(c); }
       fn before(v : f32, c : u32) -> f32 { return gamma[c] * normal(v, c) + beta[c]; }`
    : 'fn before(v : f32, c : u32) -> f32 { return v + beta[c]; }';
const normReads = (norm: Norm | null): TensorInfo[] => (norm ? [norm.stats, norm.gamma] : []);
const normNames = (norm: Norm | null): string[] => (norm ? ['stats', 'gamma'] : []);
const normNumbers = (norm: Norm | null): Shader['numbers'] => ({ ...(norm && { epsilon: 'f32' as const }) });

interface Layer {
  y: TensorInfo;
  beta: TensorInfo;
  norm: Norm | null;
  epsilon: number;
}

/** relu(z) + skip */
export function apply(backend: GpuBackend, { y, beta, norm, epsilon }: Layer, skip: TensorInfo | null): TensorInfo {
  const o = backend.empty(y.shape);
  const shader = once(`apply ${norm !== null} ${skip !== null}`, (key) =>
    elementwise({
      key,
      reads: ['y', 'beta', ...normNames(norm), ...(skip ? ['skip'] : [])],
      writes: ['o'],
      numbers: { channels: 'u32', ...normNumbers(norm) },
      declarations: () => normCode(norm !== null),
      each: `
        let z = before(y[i], i % u.channels);
        o[i] = select(z, 0.0, z < 0.0)${skip ? ' + skip[i]' : ''};`,
    }),
  );
  each(backend, shader, elements(y.shape), {
    reads: [y, beta, ...normReads(norm), ...(skip ? [skip] : [])],
    writes: [o],
    numbers: { channels: y.shape[y.shape.length - 1], ...(norm && { epsilon }) },
  });
  return o;
}

const slopeSums = (norm: Norm | null): Shader =>
  chunked(`chunk slopes ${norm !== null}`, {
    reads: ['y', 'beta', ...normNames(norm), 'dy'],
    writes: ['found'],
    numbers: normNumbers(norm),
    declarations: () => `${normCode(norm !== null)} var<workgroup> sums : array<vec2<f32>, ${channels * lanes}>;`,
    body: `
      let first = part * ${chunk}u;
      let end = min(u.rows, first + ${chunk}u);
      var sum = vec2<f32>();
      if (live) {
        for (var row = first + lane; row < end; row += ${lanes}u) {
          let i = row * u.channels + c;
          if (before(y[i], c) > 0.0) { sum += vec2<f32>(dy[i], ${norm ? 'dy[i] * normal(y[i], c)' : '0.0'}); }
        }
      }
      sums[t] = sum;
      workgroupBarrier();
      if (live && lane == 0u) {
        var all = vec2<f32>();
        for (var k = 0u; k < ${lanes}u; k++) { all += sums[t + k * ${channels}u]; }
        found[(2u * part) * u.channels + c] = all.x;
        found[(2u * part + 1u) * u.channels + c] = all.y;
      }`,
  });

const addSlopes = (): Shader =>
  chunked('added slopes', {
    reads: ['found'],
    writes: ['dbeta', 'dgamma'],
    numbers: {},
    declarations: () => `var<workgroup> sums : array<vec2<f32>, ${channels * lanes}>;`,
    body: `
      let chunks = (u.rows + ${chunk - 1}u) / ${chunk}u;
      var sum = vec2<f32>();
      if (live) {
        for (var k = lane; k < chunks; k += ${lanes}u) {
          sum += vec2<f32>(found[(2u * k) * u.channels + c], found[(2u * k + 1u) * u.channels + c]);
        }
      }
      sums[t] = sum;
      workgroupBarrier();
      if (live && lane == 0u) {
        var all = vec2<f32>();
        for (var k = 0u; k < ${lanes}u; k++) { all += sums[t + k * ${channels}u]; }
        dbeta[c] = all.x;
        dgamma[c] = all.y;
      }`,
  });

/** From dy = ∂/∂o: ∂/∂β = Σ g and ∂/∂γ = Σ g x̂ [C] (0 without batch norm) and d = ∂/∂y, where g = dy ∘ 1[z > 0] and x̂ is y normalised,
 *    d = γ/√(σ² + ε) · (g − (Σ g + x̂ Σ g x̂)/n),   without batch norm d = g */
export function backward(
  backend: GpuBackend,
  { y, beta, norm, epsilon }: Layer,
  dy: TensorInfo,
): { d: TensorInfo; beta: TensorInfo; gamma: TensorInfo } {
  const C = y.shape[y.shape.length - 1];
  const rows = elements(y.shape) / C;
  const chunks = Math.ceil(rows / chunk);
  const groups = Math.ceil(C / channels);
  const found = backend.empty([chunks, 2, C]);
  const [dbeta, dgamma] = [backend.empty([C]), backend.empty([C])];
  const numbers = { rows, channels: C };
  const reads = [y, beta, ...normReads(norm), dy];
  backend.run(slopeSums(norm), { reads, writes: [found], numbers: { ...numbers, ...(norm && { epsilon }) }, groups, parts: chunks });
  backend.run(addSlopes(), { reads: [found], writes: [dbeta, dgamma], numbers, groups });
  backend.disposeData(found.dataId);
  const d = backend.empty(y.shape);
  const shader = once(`to convolution ${norm !== null}`, (key) =>
    elementwise({
      key,
      reads: ['y', 'beta', ...normNames(norm), 'dy', ...(norm ? ['dbeta', 'dgamma'] : [])],
      writes: ['d'],
      numbers: { channels: 'u32', ...(norm && { rows: 'f32' as const }), ...normNumbers(norm) },
      declarations: () => normCode(norm !== null),
      each: `
        let c = i % u.channels;
        let g = select(0.0, dy[i], before(y[i], c) > 0.0);
        ${norm ? 'd[i] = gamma[c] * inverse(c) * (g - (dbeta[c] + normal(y[i], c) * dgamma[c]) / u.rows);' : 'd[i] = g;'}`,
    }),
  );
  each(backend, shader, elements(y.shape), {
    reads: norm ? [...reads, dbeta, dgamma] : reads,
    writes: [d],
    numbers: { channels: C, ...(norm && { rows, epsilon }) },
  });
  return { d, beta: dbeta, gamma: dgamma };
}
