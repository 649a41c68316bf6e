// `bench`: each workload beside its limit and, where the peer is installed, beside it in the same run, in turns.
import { fork, type ChildProcess } from 'node:child_process';
import type { BenchAnswer, BenchRequest } from '../../compute/bench/entry.ts';
import { KernelscopeError, badInput } from '../../contract/errors.ts';
import { findPython, openPeer, peerSettings, type Peer } from './peer.ts';
import { formatRow, quantiles, workloads, type BenchRow, type Workload } from './report.ts';

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

type Answer = Exclude<BenchAnswer, { error: string }>;

/** Our side: a process of its own for each workload, asked round by round. */
class Ours {
  readonly #child: ChildProcess;
  constructor(entry: string) {
    this.#child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }
  ask(request: BenchRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
      };
      const onMessage = (answer: BenchAnswer) => {
        done();
        if ('error' in answer) reject(new KernelscopeError('failed', `${request.workload}: ${answer.error}`));
        else resolve(answer);
      };
      const onExit = (code: number | null, signal: string | null) => {
        done();
        reject(new KernelscopeError('failed', `${request.workload}: the process ended (${signal ?? code})`));
      };
      this.#child.on('message', onMessage);
      this.#child.once('exit', onExit);
      this.#child.send(request);
    });
  }
  close(): void {
    this.#child.disconnect();
  }
}

/** The machine's peak in FLOP/s: the best of several square products. */
async function peakRate(options: BenchOptions, workload: 'float32-peak' | 'float64-peak'): Promise<number> {
  const ours = new Ours(options.entry);
  const size = 2048;
  const { seconds } = await ours.ask({ workload, size, repeats: 8, warm: 2, device: options.device, native: options.native });
  ours.close();
  return (2 * size ** 3) / Math.min(...seconds);
}

async function measure(w: Workload, options: BenchOptions, peak: number, python: string | null): Promise<BenchRow> {
  const ours = new Ours(options.entry);
  const peers: Peer[] = [];
  let reason: string | null = python ? null : 'no Python with NumPy here (Debian: apt-get install python3-torch)';
  if (python) for (const setting of peerSettings) peers.push(await openPeer(python, options.resourcesDir, setting));
  const request: BenchRequest = {
    workload: w.name as BenchRequest['workload'],
    size: w.size,
    repeats: w.repeats,
    warm: w.warm,
    device: options.device,
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
          reason = error instanceof Error ? error.message : String(error);
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
  const chosen = workloads.filter((w) => (!name || w.name === name) && (!size || w.size === Number(size)));
  if (chosen.length === 0)
    throw badInput(
      `--only: expected ${[...new Set(workloads.map((w) => w.name))].join(' | ')} or name:size, got ${JSON.stringify(options.only)}`,
    );
  const python = findPython();
  const peaks = { float32: await peakRate(options, 'float32-peak'), float64: await peakRate(options, 'float64-peak') };
  options.log(
    `peak: ${(peaks.float32 / 1e9).toFixed(0)} GFLOP/s in float32, ${(peaks.float64 / 1e9).toFixed(0)} in float64 (square products of 2048, best of 8)`,
  );
  const rows: BenchRow[] = [];
  for (const w of chosen) {
    options.log(`… ${w.title}`);
    const row = await measure(w, options, peaks[w.precision], python);
    rows.push(row);
    if (!options.json) options.out(formatRow(row));
  }
  if (options.json) options.out(JSON.stringify({ peak: peaks, rows }, null, 2));
}
