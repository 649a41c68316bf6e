// Kernel regression that is done, beside its theory (regression.ts), on n of the P samples of a probe set, drawn without repetition:
//   f = Σ_μ α_μ K(·, x_μ),   (K_nn + λ1) α = Y_n,   E = (1/P) Σ_x ‖f(x) − y(x)‖²
// E over all P, the measure to which the kernel's spectrum belongs, is what E_g predicts for n ≪ P; E over the P − n others is what a sample
// that was not seen would show.
import type { Algebra } from '../devices/algebra.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { Generator } from '../devices/random.ts';
import type { MeasuredPoint, PredictionErrors } from '../contract/figures.ts';
import { columnMeans, type Reals } from './features.ts';

export interface RidgeOptions {
  algebra: Algebra;
  /** [P, P], symmetric; HKH where centred */
  K: Float64Array;
  P: number;
  /** target [P, C], as it is */
  y: Reals;
  classes: number;
  /** a constant is fitted too: the target's mean, which a centred kernel knows nothing of */
  centred: boolean;
  /** λ > 0 */
  ridge: number;
  /** samples n < P of each regression */
  counts: readonly number[];
  /** regressions for each n, two at least */
  draws: number;
  generator: Generator;
  signal?: AbortSignal;
  /** share done, 0 … 1 */
  onProgress?(share: number): void;
}

/** Numbers of samples that are evenly apart on a logarithm, `steps` of them or as many as there are, from 4 to half of P or to `most`: with
 *  more than half of all samples, an error over all of them says little of the others. */
export function sampleCounts(P: number, steps = 10, most = 2000): number[] {
  const to = Math.max(1, Math.min(P >> 1, most));
  const from = Math.min(4, to);
  return [...new Set(Array.from({ length: steps }, (_, i) => Math.round(from * (to / from) ** (i / (steps - 1)))))];
}

/** Squared error, summed over classes and averaged over samples, and the share of samples whose largest output is another class. f, y:
 *  [P, C]; samples: those that count, all unless told */
export function predictionErrors(
  f: Reals,
  y: Reals,
  P: number,
  classes: number,
  samples: Iterable<number> = Array(P).keys(),
): PredictionErrors {
  let error = 0;
  let wrong = 0;
  let count = 0;
  for (const i of samples) {
    const at = i * classes;
    count++;
    let [said, right] = [0, 0];
    for (let c = 0; c < classes; c++) {
      error += (f[at + c] - y[at + c]) ** 2;
      if (f[at + c] > f[at + said]) said = c;
      if (y[at + c] > y[at + right]) right = c;
    }
    if (said !== right) wrong++;
  }
  return { error: error / count, wrong: wrong / count };
}

/** Mean and standard deviation over draws of the errors of regression on n samples, for each n.
 *  @throws KernelscopeError `failed` where λ is lost in the kernel's rounding; `cancelled` when the signal aborts */
export async function measuredCurve(o: RidgeOptions): Promise<MeasuredPoint[]> {
  const { P, classes: C, draws, counts, centred, signal } = o;
  const mean = centred ? await columnMeans(o.y, P, C) : new Float64Array(C);
  const Y = Float64Array.from({ length: P * C }, (_, k) => o.y[k] - mean[k % C]);
  const points: MeasuredPoint[] = [];
  for (const n of counts) {
    // The coefficients of all draws side by side, 0 for samples that were not drawn: one product makes all predictions.
    const width = draws * C;
    const alpha = new Float64Array(P * width);
    const orders: Int32Array[] = [];
    for (let d = 0; d < draws; d++) {
      if (signal?.aborted) throw new KernelscopeError('cancelled', `stopped at regression on ${n} samples`);
      const order = o.generator.permutation(P);
      orders.push(order);
      await addDraw(o, Y, order.subarray(0, n), alpha, d);
    }
    const F = new Float64Array(P * width);
    await o.algebra.gemm({ m: P, n: width, k: P, a: o.K, b: alpha, c: F });
    const errors = orders.map((order, d) => {
      const f = Float64Array.from({ length: P * C }, (_, k) => F[Math.floor(k / C) * width + d * C + (k % C)] + mean[k % C]);
      return { all: predictionErrors(f, o.y, P, C), held: predictionErrors(f, o.y, P, C, order.subarray(n)) };
    });
    const [error, errorSd] = spread(errors.map((e) => e.all.error));
    const [heldError, heldErrorSd] = spread(errors.map((e) => e.held.error));
    const [heldWrong, heldWrongSd] = spread(errors.map((e) => e.held.wrong));
    points.push({ n, error, errorSd, heldError, heldErrorSd, heldWrong, heldWrongSd });
    o.onProgress?.(points.length / counts.length);
  }
  return points;
}

/** The coefficients of one regression, as columns d·C … of alpha [P, draws·C] */
async function addDraw(
  { algebra, K, P, classes: C, ridge, draws }: RidgeOptions,
  Y: Float64Array,
  drawn: Int32Array,
  alpha: Float64Array,
  d: number,
) {
  const n = drawn.length;
  const A = new Float64Array(n * n);
  const B = new Float64Array(n * C);
  for (let i = 0; i < n; i++) {
    const row = drawn[i] * P;
    for (let j = 0; j < n; j++) A[i * n + j] = K[row + drawn[j]];
    A[i * n + i] += ridge;
    for (let c = 0; c < C; c++) B[i * C + c] = Y[drawn[i] * C + c];
  }
  try {
    await algebra.solvePositive(A, n, B, C);
  } catch (error) {
    if (!(error instanceof KernelscopeError) || error.code !== 'failed') throw error;
    throw new KernelscopeError('failed', `ridge: ${ridge} is lost in the rounding of a kernel on ${n} samples; take a larger one`);
  }
  for (let i = 0; i < n; i++) for (let c = 0; c < C; c++) alpha[(drawn[i] * draws + d) * C + c] = B[i * C + c];
}

/** mean and standard deviation */
function spread(values: readonly number[]): [number, number] {
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1))];
}
