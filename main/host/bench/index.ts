// `bench`: each workload beside its limit and, where the peer is installed, beside it in the same run, in turns.
import type { BenchRequest } from '../../compute/bench/entry.ts';
import { badInput } from '../../contract/errors.ts';
import { Ours } from './ours.ts';
import { findPython, openPeer, settingsFor, type Peer } from './peer.ts';
import { formatRow, quantiles, workloads, workloadsOn, type BenchRow, type DeviceName, type Workload } from './report.ts';

export interface BenchOptions {
  /** a workload's name, or name:size */
  only?: string;
  json: boolean;
  native: boolean;
  device: BenchRequest['device'];
  /** the built compute/bench entry */
  entry: string;
  resourcesDir: string;
  out(line: string): void;
  log(line: string): void;
}

interface Peak {
  /** FLOP/s: the best of several square products */
  rate: number;
  /** of the products */
  side: number;
  name: DeviceName;
  device: string;
}

async function measurePeak(options: BenchOptions, workload: 'float32-peak' | 'float64-peak'): Promise<Peak> {
  const ours = new Ours(options.entry);
  try {
    const request = { workload, size: 2048, repeats: 8, warm: 2, device: options.device, native: options.native };
    const { seconds, size, name, device } = await ours.ask(request);
    return { rate: (2 * size ** 3) / Math.min(...seconds), side: size, name, device };
  } finally {
    ours.close();
  }
}

/** 'peak: … in float32, … in float64 (…)': of a GPU, which it is. */
function formatPeaks(single: Peak, double: Peak): string {
  const [a, b] = [single, double].map(({ rate }) => (rate < 1e10 ? (rate / 1e9).toPrecision(2) : (rate / 1e9).toFixed(0)));
  return single.name === 'cpu'
    ? `peak: ${a} GFLOP/s in float32, ${b} in float64 (square products of ${single.side}, best of 8)`
    : `peak: ${a} GFLOP/s in float32 on ${single.device} (square products of ${single.side}, best of 8), ${b} in float64 on the processor (of ${double.side})`;
}

/** Peers that could be opened, and why others could not. */
async function openPeers(w: Workload, device: DeviceName, python: string, resourcesDir: string) {
  const peers: Peer[] = [];
  let reason: string | null = null;
  for (const setting of settingsFor(w, device))
    try {
      peers.push(await openPeer(python, resourcesDir, setting));
    } catch (error) {
      reason = messageOf(error);
    }
  return { peers, reason };
}
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function measure(w: Workload, options: BenchOptions, device: DeviceName, peak: number, python: string | null): Promise<BenchRow> {
  const opened = python ? await openPeers(w, device, python, options.resourcesDir) : null;
  const peers = opened?.peers ?? [];
  let reason = opened ? opened.reason : 'no Python with NumPy here (Debian: apt-get install python3-torch)';
  const ours = new Ours(options.entry);
  const request: BenchRequest = {
    workload: w.name as BenchRequest['workload'],
    size: w.size,
    repeats: w.repeats,
    warm: w.warm,
    device,
    native: options.native,
  };
  const mine: number[] = [];
  const theirs = new Map<Peer, number[]>();
  let peakBytes = 0;
  try {
    for (let round = 0; round < w.rounds; round++) {
      const answer = await ours.ask(request);
      mine.push(...answer.seconds);
      peakBytes = answer.peakBytes;
      for (const peer of peers) {
        try {
          theirs.set(peer, [...(theirs.get(peer) ?? []), ...(await peer.time(w.name, w.size, w.repeats))]);
        } catch (error) {
          reason = messageOf(error);
        }
      }
    }
  } finally {
    ours.close();
    for (const peer of peers) peer.close();
  }
  const best = [...theirs].map(([peer, s]) => ({ ...quantiles(s), setting: peer.label })).sort((a, b) => a.median - b.median)[0] ?? null;
  const q = quantiles(mine);
  return {
    name: w.name,
    size: w.size,
    title: w.title,
    limitSeconds: w.flops / peak,
    ours: q,
    peakBytes,
    peer: best,
    peerReason: best ? null : reason,
    ratio: best ? q.median / best.median : null,
    goal: w.goal,
  };
}

/** Runs the benchmarks and prints a line each, or with `json` one document at the end. */
export async function runBench(options: BenchOptions): Promise<void> {
  const [name, size] = options.only?.split(':') ?? [];
  const isChosen = (w: Workload) => (!name || w.name === name) && (!size || w.size === Number(size));
  if (!workloads.some(isChosen))
    throw badInput(
      `--only: expected ${[...new Set(workloads.map((w) => w.name))].join(' | ')} or name:size, got ${JSON.stringify(options.only)}`,
    );
  const python = findPython();
  const single = await measurePeak(options, 'float32-peak');
  // Which device `auto` took decides what is run on it and what it is compared with.
  const device = single.name;
  const double = await measurePeak({ ...options, device }, 'float64-peak');
  options.log(formatPeaks(single, double));
  const peaks = { float32: single.rate, float64: double.rate };
  const rows: BenchRow[] = [];
  for (const w of workloadsOn(device).filter(isChosen)) {
    options.log(`… ${w.title}`);
    const row = await measure(w, options, device, peaks[w.precision], python);
    rows.push(row);
    if (!options.json) options.out(formatRow(row));
  }
  if (options.json) options.out(JSON.stringify({ device: single.device, peak: peaks, rows }, null, 2));
}
