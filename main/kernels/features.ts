// Features Ψ [P, N] of one probe set: checked once, never copied whole. They lie in an array, or are made anew by rows where they would
// outgrow memory. With the mean m [N] taken off, Ψ_c = Ψ − 1mᵀ:
//   K_c = Ψ_c Ψ_cᵀ = H K H,   K = K_c + u 1ᵀ + 1 uᵀ + s 11ᵀ,   u = Ψ_c m,  s = ‖m‖²,
// and since K_c 1 = 0 and 1ᵀu = 0, every product of uncentred kernels follows from that of the centred ones without cancellation:
//   ⟨K, L⟩ = ⟨K_c, L_c⟩ + 2P u·v + P² s t.
import { badInput } from '../contract/errors.ts';
import { allFinite } from '../devices/algebra/checks.ts';

export type Reals = Float32Array | Float64Array;
/** Rows from … to−1 → [to − from, N]; the same values whenever it is asked. A promise of them where a device has to be read first */
export type RowSource = (from: number, to: number) => Reals | Promise<Reals>;

export interface Features {
  /** named in every error */
  readonly layer: string;
  readonly P: number;
  readonly N: number;
  /** of Ψ as they came */
  readonly rows: RowSource;
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

/** Refuses NaN and infinities by sample and column. values: [·, N]; first: number of the first sample */
export function requireFinite(what: string, values: Reals, N: number, first = 0): void {
  if (allFinite(values)) return;
  const k = values.findIndex((v: number) => !Number.isFinite(v));
  throw badInput(`${what}: sample ${first + Math.floor(k / N)}, feature ${k % N} is ${values[k]}; finite numbers are accepted`);
}

export interface FeatureInput {
  layer: string;
  /** [P, N] row-major, or its rows on demand */
  features: Reals | RowSource;
  P: number;
  N: number;
}

/** Floats that a block of rows may have. */
const blockFloats = 2 ** 23;

/** The rows of features, however they are given; a wrong length is refused. */
export function rowsOf({ layer, features, P, N }: FeatureInput): RowSource {
  if (typeof features === 'function') return features;
  if (features.length !== P * N) throw badInput(`${layer}: expected ${P} × ${N} = ${P * N} features, got ${features.length}`);
  return (from, to) => features.subarray(from * N, to * N);
}

/** All rows in blocks: f(block, from) */
export async function overRows(rows: RowSource, P: number, N: number, f: (block: Reals, from: number) => void): Promise<void> {
  const step = Math.max(1, Math.min(P, Math.floor(blockFloats / N)));
  for (let from = 0; from < P; from += step) f(await rows(from, Math.min(P, from + step)), from);
}

/** Means, row norms and offsets in O(PN). Refuses wrong lengths, P < 2, NaN, infinities and features that do not vary. */
export async function readFeatures(input: FeatureInput): Promise<Features> {
  const { layer, P, N } = input;
  if (!Number.isInteger(P) || P < 2) throw badInput(`${layer}: expected at least 2 samples, got ${P}`);
  if (!Number.isInteger(N) || N < 1) throw badInput(`${layer}: expected at least 1 feature, got ${N}`);
  const rows = rowsOf(input);
  await overRows(rows, P, N, (block, from) => requireFinite(layer, block, N, from));
  const mean = await columnMeans(rows, P, N);
  const diagonal = new Float64Array(P);
  const offset = new Float64Array(P);
  let trace = 0;
  let meanSquare = 0;
  for (let j = 0; j < N; j++) meanSquare += mean[j] * mean[j];
  await overRows(rows, P, N, (block, from) => {
    for (let i = from, k = 0; k < block.length; i++) {
      let d = 0;
      let u = 0;
      for (let j = 0; j < N; j++, k++) {
        const c = block[k] - mean[j];
        d += c * c;
        u += c * mean[j];
      }
      diagonal[i] = d;
      offset[i] = u;
      trace += d;
    }
  });
  // Rounding of a mean leaves about 1e-32 of the uncentred trace on constant columns; 1e-28 is a relative spread of 1e-14.
  if (!(trace > 1e-28 * (trace + P * meanSquare)))
    throw badInput(`${layer}: its features are the same for all ${P} samples (centred norm 0), so it has no alignment or centred spectrum`);
  return { layer, P, N, rows, mean, diagonal, offset, meanSquare, trace };
}

/** Column means in float64, corrected once by the mean of what is left. Ψ [P, N] → [N] */
export async function columnMeans(data: Reals | RowSource, P: number, N: number): Promise<Float64Array> {
  const rows: RowSource = typeof data === 'function' ? data : (from, to) => data.subarray(from * N, to * N);
  const mean = new Float64Array(N);
  const rest = new Float64Array(N);
  let float32 = true;
  await overRows(rows, P, N, (block) => {
    float32 &&= block instanceof Float32Array;
    for (let k = 0; k < block.length;) for (let j = 0; j < N; j++, k++) mean[j] += block[k];
  });
  for (let j = 0; j < N; j++) mean[j] /= P;
  // Sums of float32 in float64 are right to their last digit already.
  if (P > 0 && float32) return mean;
  await overRows(rows, P, N, (block) => {
    for (let k = 0; k < block.length;) for (let j = 0; j < N; j++, k++) rest[j] += block[k] - mean[j];
  });
  for (let j = 0; j < N; j++) mean[j] += rest[j] / P;
  return mean;
}

type Centring = Pick<Features, 'rows' | 'mean' | 'N'>;

/** Rows from … to−1 of Ψ_c in float64 → [to − from, N] */
export async function centredRows(F: Centring, from: number, to: number): Promise<Float64Array> {
  const centred = new Float64Array((to - from) * F.N);
  await centreInto(centred, F, from, to);
  return centred;
}

/** The same into rows of `into`, `ld` numbers apart, from its column `column` on. */
export async function centreInto(
  into: Float64Array,
  { rows, mean, N }: Centring,
  from: number,
  to: number,
  ld = N,
  column = 0,
): Promise<void> {
  const block = await rows(from, to);
  for (let i = 0, k = 0; i < to - from; i++) for (let j = 0, q = i * ld + column; j < N; j++, k++, q++) into[q] = block[k] - mean[j];
}

/** ⟨K, L⟩ from ⟨K_c, L_c⟩ */
export function uncentredProduct(A: Features, B: Features, centred: number): number {
  let uv = 0;
  for (let i = 0; i < A.P; i++) uv += A.offset[i] * B.offset[i];
  return centred + 2 * A.P * uv + A.P * A.P * A.meanSquare * B.meanSquare;
}
