// One convolutional layer as a whole on the cpu device: convolution, batch norm by the batch's moments (or a bias), relu and skip connection,
//   y = conv(x, w),  z = γ (y − μ)/√(σ² + ε) + β,  o = relu(z) + skip,
// and its gradient. Moments are summed and kept in float64. Filters are odd in both directions; stride 1, zero padding, same size.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CpuBackend } from './backend.ts';
import { groups, jobs } from './crew.ts';
import { sameGeometry } from './images.ts';
import { elements } from './override.ts';

/** z = scale·y + shift; what the gradient needs of it */
export interface UnitState {
  scale: Float32Array;
  shift: Float32Array;
  /** null: no batch norm */
  moments: { mean: Float64Array; variance: Float64Array; inverse: Float64Array; samples: number } | null;
}

const wide = (x: TensorInfo, w: TensorInfo) => w.shape[0] * w.shape[1] * x.shape[3];

/** Adds the groups' float64 sums [groups, 2, C] in their order → Σ₁, Σ₂ */
function gather(backend: CpuBackend, at: number, C: number): [Float64Array, Float64Array] {
  const all = new Float64Array(backend.shared.memory.buffer, at, groups * 2 * C);
  const total = new Float64Array(2 * C);
  for (let g = 0; g < groups; g++) for (let k = 0; k < 2 * C; k++) total[k] += all[2 * C * g + k];
  return [total.subarray(0, C), total.subarray(C)];
}

/** relu(scale·conv(x, w) + shift) + skip, and conv(x, w) where `keep`. `normalise` makes scale and shift of the moments of y. */
function apply(
  backend: CpuBackend,
  x: TensorInfo,
  w: TensorInfo,
  skip: TensorInfo | null,
  stateOf: (sums: [Float64Array, Float64Array] | null, samples: number) => UnitState,
  normalised: boolean,
): { output: TensorInfo; y: TensorInfo; state: UnitState } {
  const g = sameGeometry(x, w);
  const { crew, shared } = backend;
  const C = g.outputs;
  const y = backend.create([g.batch, g.height, g.width, C]);
  const output = backend.create(y.shape);
  const at = (t: TensorInfo) => backend.offset(t);
  const state = crew.with(16 * groups * C, (sums) => {
    crew.run(jobs.forward, g, [at(x), at(w), at(y), normalised ? sums : 0], { wide: wide(x, w) });
    return stateOf(normalised ? gather(backend, sums, C) : null, g.batch * g.height * g.width);
  });
  crew.with(8 * C, (vectors) => {
    shared.floats(vectors, C).set(state.scale);
    shared.floats(vectors + 4 * C, C).set(state.shift);
    crew.run(jobs.apply, g, [at(y), vectors, vectors + 4 * C, at(output), skip ? at(skip) : 0]);
  });
  return { output, y, state };
}

/** With given scale and shift; nothing is kept. */
export function affine(
  backend: CpuBackend,
  { x, w, skip, scale, shift }: { x: TensorInfo; w: TensorInfo; skip: TensorInfo | null; scale: Float32Array; shift: Float32Array },
): TensorInfo {
  const { output, y } = apply(backend, x, w, skip, () => ({ scale, shift, moments: null }), false);
  backend.disposeData(y.dataId);
  return output;
}

/** In training: by the batch's moments, or without batch norm where γ is null. */
export function forward(
  backend: CpuBackend,
  o: { x: TensorInfo; w: TensorInfo; gamma: Float32Array | null; beta: Float32Array; skip: TensorInfo | null; epsilon: number },
): { output: TensorInfo; y: TensorInfo; state: UnitState } {
  const { gamma, beta } = o;
  return apply(
    backend,
    o.x,
    o.w,
    o.skip,
    (sums, samples) => {
      if (!gamma || !sums) return { scale: new Float32Array(beta.length).fill(1), shift: beta.slice(), moments: null };
      const mean = sums[0].map((s) => s / samples);
      const variance = sums[1].map((s, c) => Math.max(0, s / samples - mean[c] ** 2));
      const inverse = variance.map((v) => 1 / Math.sqrt(v + o.epsilon));
      const scale = Float32Array.from(gamma, (v, c) => v * inverse[c]);
      const shift = Float32Array.from(beta, (v, c) => v - mean[c] * gamma[c] * inverse[c]);
      return { scale, shift, moments: { mean, variance, inverse, samples } };
    },
    gamma !== null,
  );
}

export interface UnitGradient {
  /** null unless asked for */
  x: TensorInfo | null;
  w: TensorInfo;
  /** null without batch norm */
  gamma: Float32Array | null;
  beta: Float32Array;
}

/** The gradient from dy = ∂/∂o; that of the skip connection is dy itself. */
export function backward(
  backend: CpuBackend,
  o: { x: TensorInfo; w: TensorInfo; y: TensorInfo; dy: TensorInfo; gamma: Float32Array | null; state: UnitState; inputGradient: boolean },
): UnitGradient {
  const { x, w, y, dy, gamma, state } = o;
  const { crew, shared } = backend;
  const g = sameGeometry(x, w);
  const [C, taps] = [g.outputs, g.kernel[0] * g.kernel[1]];
  const at = (t: TensorInfo) => backend.offset(t);
  const n = elements(w.shape);
  const bytes = 4 * n * (groups + 1) + 16 * groups * C + 5 * 4 * C + 64;
  const dw = backend.create([...w.shape]);
  const dx = o.inputGradient ? backend.create([...x.shape]) : null;
  return crew.with(bytes, (sums) => {
    const vector = (k: number) => sums + 16 * groups * C + 4 * C * k;
    const partial = vector(5);
    const turned = partial + 4 * n * groups;
    shared.floats(vector(0), C).set(state.scale);
    shared.floats(vector(1), C).set(state.shift);
    crew.run(jobs.slopes, g, [at(y), at(dy), vector(0), vector(1), sums]);
    const [slope, slopeY] = gather(backend, sums, C);
    const [a, b, c] = [2, 3, 4].map((k) => shared.floats(vector(k), C));
    const dgamma = chainVectors(gamma, state, slope, slopeY, [a, b, c]);
    if (dx) crew.flip(at(w), turned, taps, g.inputs, C);
    crew.run(
      jobs.backward,
      g,
      [at(x), at(y), at(dy), ...[0, 1, 2, 3, 4].map(vector), turned, dx ? at(dx) : 0, partial],
      { wide: taps * (dx ? C : g.inputs), scratch: true }, // prettier-ignore
    );
    crew.gather(partial, n);
    // With dx the filters' gradient came from columns of δ: turned round, and transposed where there is more than one tap.
    if (dx) crew.unflip(partial, at(dw), taps, g.inputs, C);
    else shared.floats(at(dw), n).set(shared.floats(partial, n));
    return { x: dx, w: dw, gamma: dgamma, beta: Float32Array.from(slope) };
  });
}

/** a, b, c of ∂/∂y = a·dz + b·y + c, and ∂/∂γ. With batch norm y also moves μ and σ². */
function chainVectors(
  gamma: Float32Array | null,
  { scale, moments }: UnitState,
  slope: Float64Array,
  slopeY: Float64Array,
  [a, b, c]: Float32Array[],
): Float32Array | null {
  a.set(scale);
  b.fill(0);
  c.fill(0);
  if (!gamma || !moments) return null;
  const { mean, inverse, samples } = moments;
  const dgamma = Float64Array.from(slope, (s, k) => inverse[k] * (slopeY[k] - mean[k] * s));
  for (let k = 0; k < gamma.length; k++) {
    const factor = gamma[k] * inverse[k];
    const B = (-factor * inverse[k] * dgamma[k]) / samples;
    b[k] = B;
    c[k] = (-factor * slope[k]) / samples - B * mean[k];
  }
  return Float32Array.from(dgamma);
}
