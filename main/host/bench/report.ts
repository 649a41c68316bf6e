// The list of workloads with their limits and goals, and the table that `bench` prints.
import type { DeviceReport } from '../../contract/results.ts';

export type DeviceName = DeviceReport['name'];

export interface Workload {
  name: string;
  size: number;
  title: string;
  /** floating-point operations of one run, and in which precision: the limit is these at the machine's measured peak */
  flops: number;
  precision: 'float32' | 'float64';
  repeats: number;
  warm: number;
  rounds: number;
  /** goal for ours / peer */
  goal: number | null;
}

/** Computed on the device; the float64 ones are the processor's, whatever the device. */
export const onDevice = (w: Workload): boolean => w.precision === 'float32';

const widths = [784, 200, 200, 200, 200, 10];
const weights = widths.slice(1).reduce((sum, n, i) => sum + n * widths[i], 0);

/** Forward, both gradients of each layer but the input's. */
const stepFlops = (batch: number) => 6 * batch * weights - 2 * batch * widths[0] * widths[1];
/** Half of: input Grams of five layers, back-propagated Grams of three (C·N wide) and of the last hidden one (N wide). */
const ntkFlops = (P: number) => P * P * (784 + 4 * 200 + 3 * 10 * 200 + 200);
/** Tridiagonalisation. */
const eigenFlops = (n: number) => (4 / 3) * n ** 3;

/** Multiplications of resnet11 at width ¼ on one 32 × 32 × 3 image: forward; backward twice that, less the stem's input gradient. */
const resnetForward =
  2 * (1024 * 9 * (3 * 16 + 2 * 16 * 16) + 256 * 9 * (16 * 32 + 2 * 32 * 32) + 64 * 9 * (32 * 64 + 2 * 64 * 64) + 64 * 128 + 128 * 64);
const resnetFlops = (batch: number) => batch * (3 * resnetForward - 2 * 1024 * 9 * 3 * 16);
/** Products of features: ΨᵀΨ by half, with the target and with the input; the input's own. */
const alignmentFlops = (P: number) =>
  P * [64, 64, 128, 128, 128, 256, 256, 256, 512, 256].reduce((s, N) => s + N * N + 2 * N * (3072 + 10), 3072 * 3072);

const many = { warm: 20, repeats: 60, rounds: 3 };
const few = (size: number) => ({ warm: 1, repeats: size <= 2000 ? 3 : 1, rounds: size <= 4000 ? 3 : 1 });

export const workloads: readonly Workload[] = [
  {
    name: 'mlp-step',
    size: 500,
    title: 'MLP step 784-200×4-10, batch 500, Adam',
    flops: stepFlops(500),
    precision: 'float32',
    goal: 0.85,
    ...many,
  },
  ...[1000, 2000, 4000, 10_000].map((P) => ({
    name: 'ntk',
    size: P,
    title: `NTK of that MLP, kept in host memory; ours with its alignments, P = ${P}`,
    flops: ntkFlops(P),
    precision: 'float32' as const,
    goal: 0.5,
    ...few(P),
  })),
  ...[1000, 2000, 4000].map((n) => ({
    name: 'spectrum',
    size: n,
    title: `spectrum and target power, n = ${n}`,
    flops: eigenFlops(n),
    precision: 'float64' as const,
    goal: n === 4000 ? 0.45 : 0.5,
    ...few(n),
  })),
  {
    name: 'resnet-step',
    size: 128,
    title: 'resnet11 step, width ¼, batch 128, momentum',
    flops: resnetFlops(128),
    precision: 'float32',
    goal: 1.15,
    warm: 3,
    repeats: 10,
    rounds: 3,
  },
  {
    name: 'alignments',
    size: 10_000,
    title: 'alignments of ten layers, P = 10000',
    flops: alignmentFlops(10_000),
    precision: 'float64',
    goal: 0.6,
    warm: 1,
    repeats: 2,
    rounds: 2,
  },
  {
    name: 'feature-spectrum',
    size: 10_000,
    title: 'spectrum of 10000 × 512 features',
    flops: 10_000 * 512 * 512 * 2,
    precision: 'float64',
    goal: 0.5,
    warm: 1,
    repeats: 4,
    rounds: 3,
  },
];

/** The list as a device runs it. Goals were set against PyTorch on a processor, so there is none for what a GPU computes. */
export const workloadsOn = (device: DeviceName): readonly Workload[] =>
  device === 'cpu'
    ? workloads
    : workloads.map((w) =>
        // A GPU's first run compiles its programs, and the largest sizes are short enough on it to be repeated.
        onDevice(w) ? { ...w, warm: Math.max(1, w.warm), repeats: Math.max(3, w.repeats), goal: null } : w,
      );

export interface Quantiles {
  median: number;
  least: number;
  most: number;
}
export const quantiles = (seconds: readonly number[]): Quantiles => {
  const s = [...seconds].sort((a, b) => a - b);
  const h = s.length >> 1;
  return { median: s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2, least: s[0], most: s[s.length - 1] };
};

export interface BenchRow {
  name: string;
  size: number;
  title: string;
  limitSeconds: number;
  ours: Quantiles;
  peakBytes: number;
  /** the best setting of the peer, or why there is none */
  peer: (Quantiles & { setting: string }) | null;
  peerReason: string | null;
  ratio: number | null;
  goal: number | null;
}

const titleWidth = Math.max(...workloads.map((w) => w.title.length));
const time = (s: number) => (s < 0.1 ? `${(s * 1e3).toPrecision(3)} ms` : `${s.toPrecision(3)} s`);
const spread = (q: Quantiles) => `${time(q.median)} (${time(q.least)} … ${time(q.most)})`;

/** One line a row, for people. */
export function formatRow(row: BenchRow): string {
  const parts = [
    row.title.padEnd(titleWidth),
    `limit ${time(row.limitSeconds).padStart(8)}`,
    `ours ${spread(row.ours)}`,
    row.peer ? `peer ${spread(row.peer)} [${row.peer.setting}]` : `peer: ${row.peerReason}`,
  ];
  if (row.ratio !== null) parts.push(`ratio ${row.ratio.toFixed(2)}${row.goal === null ? '' : ` (goal ≤ ${row.goal})`}`);
  parts.push(`peak memory ${(row.peakBytes / 1e9).toFixed(2)} GB`);
  return parts.join('  ');
}
