// Features Ψ [P, N] of one probe set: checked once, never copied whole. With the mean m [N] taken off, Ψ_c = Ψ − 1mᵀ:
//   K_c = Ψ_c Ψ_cᵀ = H K H,   K = K_c + u 1ᵀ + 1 uᵀ + s 11ᵀ,   u = Ψ_c m,  s = ‖m‖²,
// and since K_c 1 = 0 and 1ᵀu = 0, every product of uncentred kernels follows from that of the centred ones without cancellation:
//   ⟨K, L⟩ = ⟨K_c, L_c⟩ + 2P u·v + P² s t.
import { badInput } from '../contract/errors.ts';
import { allFinite } from '../devices/algebra/checks.ts';

export type Reals = Float32Array | Float64Array;

export interface Features {
  /** named in every error */
  readonly layer: string;
  readonly P: number;
  readonly N: number;
  /** [P, N], row-major, as they came */
  readonly data: Reals;
  /** m [N], float64 means: centring in float32 is wrong by 3e-3 at P = 10,000 */
  readonly mean: Float64Array;
  /** diagonal of K_c [P] */
  readonly diagonal: Float64Array;
  /** u [P] */
  readonly offset: Float64Array;
  /** s */
  readonly meanSquare: number;
  /** Tr K_c */
  readonly trace: number;
}

/** Refuses NaN and infinities by sample and column. values: [P, N] */
export function requireFinite(what: string, values: Reals, N: number): void {
  if (allFinite(values)) return;
  const k = values.findIndex((v: number) => !Number.isFinite(v));
  throw badInput(`${what}: sample ${Math.floor(k / N)}, feature ${k % N} is ${values[k]}; finite numbers are accepted`);
}

export interface FeatureInput {
  layer: string;
  /** [P, N] row-major */
  features: Reals;
  P: number;
  N: number;
}

/** Means, row norms and offsets in two passes, O(PN). Refuses wrong lengths, P < 2, NaN, infinities and features that do not vary. */
export function readFeatures({ layer, features, P, N }: FeatureInput): Features {
  if (!Number.isInteger(P) || P < 2) throw badInput(`${layer}: expected at least 2 samples, got ${P}`);
  if (!Number.isInteger(N) || N < 1) throw badInput(`${layer}: expected at least 1 feature, got ${N}`);
  if (features.length !== P * N) throw badInput(`${layer}: expected ${P} × ${N} = ${P * N} features, got ${features.length}`);
  requireFinite(layer, features, N);
  const mean = columnMeans(features, P, N);
  const diagonal = new Float64Array(P);
  const offset = new Float64Array(P);
  let trace = 0;
  let meanSquare = 0;
  for (let j = 0; j < N; j++) meanSquare += mean[j] * mean[j];
  for (let i = 0, k = 0; i < P; i++) {
    let d = 0;
    let u = 0;
    for (let j = 0; j < N; j++, k++) {
      const c = features[k] - mean[j];
      d += c * c;
      u += c * mean[j];
    }
    diagonal[i] = d;
    offset[i] = u;
    trace += d;
  }
  // Rounding of a mean leaves about 1e-32 of the uncentred trace on constant columns; 1e-28 is a relative spread of 1e-14.
  if (!(trace > 1e-28 * (trace + P * meanSquare)))
    throw badInput(`${layer}: its features are the same for all ${P} samples (centred norm 0), so it has no alignment or centred spectrum`);
  return { layer, P, N, data: features, mean, diagonal, offset, meanSquare, trace };
}

/** Column means in float64, corrected once by the mean of what is left. data: [P, N] → [N] */
export function columnMeans(data: Reals, P: number, N: number): Float64Array {
  const mean = new Float64Array(N);
  const rest = new Float64Array(N);
  for (let i = 0, k = 0; i < P; i++) for (let j = 0; j < N; j++, k++) mean[j] += data[k];
  for (let j = 0; j < N; j++) mean[j] /= P;
  for (let i = 0, k = 0; i < P; i++) for (let j = 0; j < N; j++, k++) rest[j] += data[k] - mean[j];
  for (let j = 0; j < N; j++) mean[j] += rest[j] / P;
  return mean;
}

/** Rows from … to−1 of Ψ_c in float64 → [to − from, N] */
export function centredRows({ data, mean, N }: Features, from: number, to: number): Float64Array {
  const rows = new Float64Array((to - from) * N);
  for (let i = from, k = 0; i < to; i++) for (let j = 0, q = i * N; j < N; j++, k++, q++) rows[k] = data[q] - mean[j];
  return rows;
}

/** ⟨K, L⟩ from ⟨K_c, L_c⟩ */
export function uncentredProduct(A: Features, B: Features, centred: number): number {
  let uv = 0;
  for (let i = 0; i < A.P; i++) uv += A.offset[i] * B.offset[i];
  return centred + 2 * A.P * uv + A.P * A.P * A.meanSquare * B.meanSquare;
}
