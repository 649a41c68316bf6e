// Spectrum of a kernel and the target's power in it (Eqs. 1–3), in float64 and without eigenvectors:
//   η_ρ    eigenvalues of K/P, descending;  φ_ρ eigenvectors with ‖φ_ρ‖² = P
//   a_ρ  = φ_ρᵀ Y / P                        coefficients of the target
//   C(k) = Σ_{ρ≤k} ‖a_ρ‖² / (‖Y‖²/P)         cumulative power; 1 − C(rank) is the power that no mode can express
// With u_ρ = φ_ρ/√P and p_ρ = ‖u_ρᵀY‖²: ‖a_ρ‖² = p_ρ/P and C(k) = Σ p_ρ / ‖Y‖².
import type { Algebra } from '../devices/algebra.ts';
import { badInput } from '../contract/errors.ts';
import type { Spectrum } from '../contract/results.ts';
import { centredRows, columnMeans, overRows, requireFinite, rowsOf, type Reals, type RowSource } from './features.ts';

/** Relative noise floors: where eigenvalues stop being signal, by the precision in which the Gram matrix was formed. */
const floors = { float64: 6e-16, float32: 4e-8 } as const;
/** Unit roundoff, for the largest eigenvalue that rounding may push under 0. */
const roundoff = { float64: 2.3e-16, float32: 6e-8 } as const;
type Precision = keyof typeof floors;

interface Target {
  algebra: Algebra;
  layer: string;
  P: number;
  /** target [P, C] */
  y: Reals;
  classes: number;
  /** spectrum of HKH with HY in place of K and Y */
  centred: boolean;
}

/** Spectrum of K = ΨΨᵀ. features: [P, N]. N ≤ P never forms P×P; else never more of Ψ than blocks of rows. Errors name the layer. */
export async function featureSpectrum(o: Target & { features: Reals | RowSource; N: number }): Promise<Spectrum> {
  const { algebra, layer, P, N, classes } = o;
  const rows = rowsOf(o);
  await overRows(rows, P, N, (block, from) => requireFinite(layer, block, N, from));
  const { Y, total } = await readTarget(o);
  const mean = o.centred ? await columnMeans(rows, P, N) : new Float64Array(N);
  const wanted = { rows, mean, N };
  if (N <= P) {
    // Singular values are right to max(P, N)·ε of the largest, eigenvalues to its square: what lies under it is a feature too many.
    const cut = (P * Number.EPSILON) ** 2;
    return finish(o, N, 'float64', await algebra.featurePower(await centredRows(wanted, 0, P), P, N, Y, classes), total, cut);
  }
  const K = await gramMatrix(algebra, wanted, P);
  return finish(o, N, 'float64', await algebra.symmetricPower(K, P, Y, classes), total);
}

/** K = ΨΨᵀ, or HKH where centred, [P, P] in float64. features: [P, N]. Errors name the layer. */
export async function layerKernel(o: Omit<Target, 'y' | 'classes'> & { features: Reals | RowSource; N: number }): Promise<Float64Array> {
  const { algebra, layer, P, N, centred } = o;
  const rows = rowsOf(o);
  await overRows(rows, P, N, (block, from) => requireFinite(layer, block, N, from));
  return gramMatrix(algebra, { rows, mean: centred ? await columnMeans(rows, P, N) : new Float64Array(N), N }, P);
}

/** Bytes that a block of rows may take in float64. */
const blockBytes = 256 * 2 ** 20;

/** Ψ Ψᵀ [P, P] of rows less `mean`, by symmetric tiles of row blocks */
async function gramMatrix(algebra: Algebra, Psi: { rows: RowSource; mean: Float64Array; N: number }, P: number): Promise<Float64Array> {
  const { N } = Psi;
  const K = new Float64Array(P * P);
  const step = Math.max(1, Math.min(P, Math.floor(blockBytes / 8 / N)));
  if (step >= P) {
    await algebra.syrk({ n: P, k: N, a: await centredRows(Psi, 0, P), c: K });
    return K;
  }
  for (let i = 0; i < P; i += step) {
    const a = await centredRows(Psi, i, Math.min(P, i + step));
    const m = a.length / N;
    for (let j = 0; j <= i; j += step) {
      const b = j === i ? a : await centredRows(Psi, j, j + step);
      const n = b.length / N;
      const c = new Float64Array(m * n);
      await (i === j ? algebra.syrk({ n: m, k: N, a, c }) : algebra.gemm({ transB: true, m, n, k: N, a, b, c }));
      for (let r = 0; r < m; r++) for (let s = 0; s < n; s++) K[(i + r) * P + j + s] = K[(j + s) * P + i + r] = c[r * n + s];
    }
  }
  return K;
}

/**
 * Spectrum of a P×P kernel, symmetrised and, where asked, centred in float64. K: [P, P], not changed; a Float32Array counts as formed in
 * float32. `features`: rank bound of a kernel with finite features, else P.
 */
export async function kernelSpectrum(o: Target & { K: Reals; features?: number }): Promise<Spectrum> {
  const { algebra, layer, P, classes } = o;
  if (o.K.length !== P * P) throw badInput(`${layer}: expected a kernel of ${P} × ${P} = ${P * P} values, got ${o.K.length}`);
  requireFinite(layer, o.K, P);
  const { Y, total } = await readTarget(o);
  const K = symmetrised(o.K, P);
  if (o.centred) centreKernel(K, P);
  const precision = o.K instanceof Float32Array ? 'float32' : 'float64';
  return finish(o, o.features ?? P, precision, await algebra.symmetricPower(K, P, Y, classes), total);
}

/** Y in float64, centred where asked, and ‖Y‖². Errors name the layer: other lengths, NaN, a target without power */
export async function readTarget({ layer, y, P, classes, centred }: Omit<Target, 'algebra'>): Promise<{ Y: Float64Array; total: number }> {
  if (!Number.isInteger(P) || P < 1) throw badInput(`${layer}: expected at least 1 sample, got ${P}`);
  if (y.length !== P * classes) throw badInput(`${layer}: expected a target of ${P} × ${classes} = ${P * classes} values, got ${y.length}`);
  requireFinite(`${layer}: target`, y, classes);
  const Y = centred ? await withoutMean(y, P, classes) : Float64Array.from(y);
  let size = 0;
  for (let k = 0; k < y.length; k++) size += y[k] * y[k];
  const total = Y.reduce((s, v) => s + v * v, 0);
  if (!(total > 1e-28 * size))
    throw badInput(`${layer}: the target is ${centred ? 'the same for all samples' : '0'}, so its power has no share in any mode`);
  return { Y, total };
}

async function withoutMean(data: Reals, P: number, N: number): Promise<Float64Array> {
  const mean = await columnMeans(data, P, N);
  const out = new Float64Array(P * N);
  for (let i = 0, k = 0; i < P; i++) for (let j = 0; j < N; j++, k++) out[k] = data[k] - mean[j];
  return out;
}

/** (K + Kᵀ)/2 in float64 */
function symmetrised(K: Reals, P: number): Float64Array {
  const S = Float64Array.from(K);
  const tile = 64; // both triangles stay in cache
  for (let i0 = 0; i0 < P; i0 += tile)
    for (let j0 = 0; j0 <= i0; j0 += tile)
      for (let i = i0; i < Math.min(P, i0 + tile); i++)
        for (let j = j0; j < Math.min(i, j0 + tile); j++) S[i * P + j] = S[j * P + i] = 0.5 * (S[i * P + j] + S[j * P + i]);
  return S;
}

/** HKH in place: K_ij − r_i − r_j + g, r the row means, g their mean */
export function centreKernel(K: Float64Array, P: number): void {
  const r = new Float64Array(P);
  for (let i = 0, k = 0; i < P; i++) for (let j = 0; j < P; j++, k++) r[i] += K[k] / P;
  const g = r.reduce((s, v) => s + v, 0) / P;
  for (let i = 0, k = 0; i < P; i++) for (let j = 0; j < P; j++, k++) K[k] += g - r[i] - r[j];
}

function finish(
  { layer, P, classes, centred }: Target,
  N: number,
  precision: Precision,
  { values, power }: { values: Float64Array; power: Float64Array },
  total: number,
  // An eigenvalue of a matrix is right to P·ε of the largest.
  cut: number = Math.max(floors[precision], P * Number.EPSILON),
): Spectrum {
  const rank = Math.min(P, N);
  const top = values[0] / P;
  if (!(top > 0)) throw badInput(`${layer}: its ${centred ? 'centred ' : ''}kernel is 0 on these ${P} samples, so it has no spectrum`);
  // A symmetric matrix of independent roundings has a norm of about 2√P of one of them; twice that is allowed for.
  const allowed = Math.max(floors[precision], 4 * Math.sqrt(P) * roundoff[precision]) * top;
  const floor = floors[precision] * top;
  const eigenvalues = new Float64Array(rank);
  const C = new Float64Array(rank);
  let sum = 0;
  for (let k = 0; k < rank; k++) {
    const eta = values[k] / P;
    if (!(eta >= -allowed))
      throw badInput(`${layer}: eigenvalue ${k + 1} is ${eta}, under 0 by more than rounding (${allowed}): not a kernel`);
    eigenvalues[k] = Math.max(0, eta);
    // A mode that is rounding has any direction, and so any power: none of it is the kernel's.
    if (eta > cut * top) sum += power[k];
    C[k] = Math.min(1, sum / total); // the minimum takes off rounding, which the check below bounds
  }
  if (!(sum <= total * (1 + 1e-9)))
    throw new Error(`${layer}: the modes hold ${sum / total} of the target's power; the eigensolver is wrong`);
  const nullPower = Math.max(0, 1 - sum / total);
  return { layer, samples: P, features: N, classes, eigenvalues, power: C, nullPower, noiseFloor: floor, centred };
}
