// Quick self-test of an open device, for `doctor`: each operation against its definition in float64.
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Check } from '../contract/results.ts';
import type { Device } from './index.ts';
import { allTaken, taken } from './read.ts';

/** What is tested of a device; its algebra has fixtures of its own. */
type Operations = Pick<Device, 'tf' | 'ops'>;

/** Test values in [−1, 1] without a generator: the fractional parts of multiples of an irrational number. */
const values = (n: number, salt: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => 2 * (((i + 1) * (Math.SQRT2 + salt)) % 1) - 1);

const check = (name: string, got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): Check => {
  let deviation = got.length === want.length ? 0 : Infinity;
  // A NaN must not pass: Math.max keeps it, and it is not ≤ tolerance.
  for (let i = 0; i < want.length; i++) deviation = Math.max(deviation, Math.abs(got[i] - want[i]));
  return { name, passed: deviation <= tolerance, deviation, tolerance };
};

/** A B with sums in float64 */
function multiply(a: Float32Array, b: Float32Array, m: number, n: number, k: number): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let p = 0; p < k; p++) for (let j = 0; j < n; j++) c[i * n + j] += a[i * k + p] * b[p * n + j];
  return c;
}

const half = 2 ** -24; // largest relative rounding error of float32

async function matrixProduct({ tf }: Operations): Promise<Check> {
  const [m, n, k] = [37, 29, 211];
  const [a, b] = [values(m * k, 0.1), values(k * n, 0.2)];
  const got = await taken(tf.tidy(() => tf.matMul(tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n]))));
  // k terms of size at most 1: the error of a sum of k terms is at most about k²/2 halves, in practice near √k
  return check('matrix product against float64', got, multiply(a, b, m, n, k), 8 * Math.sqrt(k) * half);
}

/** ∂/∂w Σ (φ(x w / 3 + b) ∘ r) by the chain rule in float64 */
async function denseGradient({ tf, ops }: Operations): Promise<Check> {
  const [B, I, O] = [13, 21, 11];
  const [x, w, b, r] = [values(B * I, 0.3), values(I * O, 0.4), values(O, 0.5), values(B * O, 0.6)];
  const z = multiply(x, w, B, O, I).map((v, i) => v / 3 + b[i % O]);
  const delta = z.map((v, i) => (1 - Math.tanh(v) ** 2) * r[i]);
  const want = new Float64Array(I * O);
  for (let s = 0; s < B; s++)
    for (let i = 0; i < I; i++) for (let o = 0; o < O; o++) want[i * O + o] += (x[s * I + i] * delta[s * O + o]) / 3;
  const gradient = tf.tidy(() => {
    const X = tf.tensor2d(x, [B, I]);
    const weighted = (W: Tensor, c: Tensor) =>
      tf.sum(tf.mul(ops.dense(X, W as Tensor2D, c as Tensor1D, { scale: 1 / 3, activation: 'tanh' }), tf.tensor2d(r, [B, O])));
    return tf.grads(weighted)([tf.tensor2d(w, [I, O]), tf.tensor1d(b)])[0];
  });
  const got = await taken(gradient);
  // B terms; each δ carries the rounding of a sum of I terms and of tanh
  return check('gradient of a dense layer against the chain rule', got, want, 8 * Math.sqrt(B) * half);
}

/** Three steps of Adam against its formula */
async function adamSteps({ tf, ops }: Operations): Promise<Check> {
  const n = 19;
  const o = { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const p0 = values(n, 0.7);
  const [p, m, v] = [p0, new Float32Array(n), new Float32Array(n)].map((start) => tf.tidy(() => tf.variable(tf.tensor1d(start))));
  const want = Float64Array.from(p0);
  const [m64, v64] = [new Float64Array(n), new Float64Array(n)];
  for (let step = 1; step <= 3; step++) {
    const g = values(n, 0.7 + step / 10);
    tf.tidy(() => ops.adam(p, tf.tensor1d(g), m, v, { ...o, step }));
    for (let i = 0; i < n; i++) {
      m64[i] = o.beta1 * m64[i] + (1 - o.beta1) * g[i];
      v64[i] = o.beta2 * v64[i] + (1 - o.beta2) * g[i] ** 2;
      want[i] -= (o.rate * (m64[i] / (1 - o.beta1 ** step))) / (Math.sqrt(v64[i] / (1 - o.beta2 ** step)) + o.epsilon);
    }
  }
  const [got] = await allTaken([p, m, v]);
  // p is at most 1 and is rounded three times; a step of 0.01 wrong by a millionth would show
  return check('Adam against its formula', got, want, 8 * half);
}

async function activations({ tf, ops }: Operations): Promise<Check> {
  // erf from tables (Abramowitz & Stegun 7.1), tanh from Math
  const points = [-2, -1, -0.5, 0, 0.1, 0.5, 1, 2];
  const erf = [
    -0.9953222650189527, -0.8427007929497149, -0.5204998778130465, 0, 0.1124629160182849, 0.5204998778130465, 0.8427007929497149,
    0.9953222650189527,
  ];
  const want = [...erf, ...points.map(Math.tanh), ...points.map((x) => Math.max(x, 0))];
  const made = tf.tidy(() => {
    const z = tf.tensor2d(points, [1, points.length]);
    return (['erf', 'tanh', 'relu'] as const).map((a) => ops.activate(z, a));
  });
  const got = (await allTaken(made)).flatMap((part) => [...part]);
  // tfjs's own erf is good to 1.5e-7; ours to one unit in the last place
  return check('erf, tanh and relu against tables', got, want, 4e-7);
}

/** A layer conv → batch norm → relu: value, and ∂/∂w Σ(o ∘ r), by the definitions in float64 */
async function convolution({ tf, ops }: Operations): Promise<Check> {
  const [B, H, W, I, O] = [3, 5, 4, 2, 3];
  const [x, w, r] = [values(B * H * W * I, 0.8), values(9 * I * O, 0.9), values(B * H * W * O, 1.1)];
  const [gamma, beta] = [values(O, 1.2).map((v) => 1 + v / 2), values(O, 1.3)];
  const n = B * H * W;
  const inside = (i: number, j: number) => i >= 0 && i < H && j >= 0 && j < W;
  /** every product of the convolution: position, filter's number, sample's number, channel */
  const each = (f: (p: number, q: number, k: number, o: number) => void) => {
    for (let b = 0; b < B; b++)
      for (let i = 0; i < H; i++)
        for (let j = 0; j < W; j++)
          for (let t = 0; t < 9; t++) {
            const [u, v] = [i + Math.floor(t / 3) - 1, j + (t % 3) - 1];
            if (!inside(u, v)) continue;
            for (let c = 0; c < I; c++)
              for (let o = 0; o < O; o++) f((b * H + i) * W + j, ((b * H + u) * W + v) * I + c, (t * I + c) * O + o, o);
          }
  };
  const y = new Float64Array(n * O);
  each((p, q, k, o) => (y[p * O + o] += x[q] * w[k]));
  const channel = (f: (v: number, i: number) => number, o: number) => y.reduce((s, v, i) => (i % O === o ? s + f(v, i) : s), 0) / n;
  const mean = Array.from({ length: O }, (_, o) => channel((v) => v, o));
  const deviation = mean.map((m, o) => Math.sqrt(channel((v) => (v - m) ** 2, o) + 1e-5));
  const normal = y.map((v, i) => (v - mean[i % O]) / deviation[i % O]);
  const z = normal.map((v, i) => gamma[i % O] * v + beta[i % O]);
  const dn = z.map((v, i) => (v > 0 ? r[i] * gamma[i % O] : 0));
  const shift = mean.map((_, o) => channel((_v, i) => dn[i], o));
  const slope = mean.map((_, o) => channel((_v, i) => dn[i] * normal[i], o));
  const dw = new Float64Array(9 * I * O);
  each((p, q, k, o) => {
    const i = p * O + o;
    dw[k] += (x[q] * (dn[i] - shift[o] - normal[i] * slope[o])) / deviation[o];
  });
  const made = tf.tidy(() => {
    const fixed = { x: tf.tensor4d(x, [B, H, W, I]), gamma: tf.tensor1d(gamma), beta: tf.tensor1d(beta), skip: null, running: null };
    const layer = (filters: Tensor) => ops.convUnit({ ...fixed, w: filters as Tensor4D, inputGradient: false });
    const filters = tf.tensor4d(w, [3, 3, I, O]);
    const gradient = tf.grad((f: Tensor) => tf.sum(tf.mul(layer(f), tf.tensor4d(r, [B, H, W, O]))))(filters);
    return [layer(filters), gradient];
  });
  const got = (await allTaken(made)).flatMap((part) => [...part]);
  // sums of 60 numbers, divided by deviations near 1
  return check(
    'convolution with batch norm, and its gradient, against the definitions',
    got,
    [...z.map((v) => Math.max(0, v)), ...dw],
    3e-5,
  );
}

async function notANumber({ tf, ops }: Operations): Promise<Check> {
  const h = tf.tidy(() => {
    const x = tf.tensor2d([NaN, 1, 2, 3], [2, 2]);
    return ops.dense(x, tf.tensor2d([1, 0, 0, 1], [2, 2]), tf.tensor1d([0, 0]), { scale: 1, activation: 'relu' });
  });
  const got = await taken(h);
  const hidden = Number.isNaN(got[0]) && Number.isNaN(got[1]) && got[2] === 2 && got[3] === 3 ? 0 : 1;
  return { name: 'NaN passes through a relu layer', passed: hidden === 0, deviation: hidden, tolerance: 0 };
}

/** The checks of one open device; some milliseconds in all. */
export async function checkDevice(device: Operations): Promise<Check[]> {
  const checks: Check[] = [];
  for (const run of [matrixProduct, denseGradient, adamSteps, activations, convolution, notANumber]) checks.push(await run(device));
  return checks;
}
