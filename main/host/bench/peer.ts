// The peer: Python with NumPy and PyTorch, where it is installed, kept warm and asked in turn with ours.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onDevice, type DeviceName, type Workload } from './report.ts';

export interface PeerSetting {
  label: string;
  env: Record<string, string>;
}

/** On the processor: thread settings that were found to be best in different workloads; the best of them is quoted. */
export function processorSettings(threads = os.availableParallelism()): readonly PeerSetting[] {
  const all = String(threads);
  // PyTorch's own packages bring MKL in the place of OpenBLAS.
  const blas = { OPENBLAS_NUM_THREADS: all, MKL_NUM_THREADS: all };
  const whole = { label: threads === 1 ? '1 thread' : `${threads} threads`, env: { OMP_NUM_THREADS: all, ...blas } };
  return threads === 1 ? [whole] : [{ label: `1 OpenMP + ${threads} BLAS threads`, env: { OMP_NUM_THREADS: '1', ...blas } }, whole];
}

/** On the GPU by PyTorch; the peer's label then says which it is. */
export const cudaSetting: PeerSetting = { label: 'CUDA', env: { PEER_DEVICE: 'cuda' } };

/** What a workload of ours on a device is compared with: what a GPU computed with the GPU alone. */
export const settingsFor = (workload: Workload, device: DeviceName): readonly PeerSetting[] =>
  device !== 'cpu' && onDevice(workload) ? [cudaSetting] : processorSettings();

/** A Python that has PyTorch, else one that has NumPy, else null. */
export function findPython(): string | null {
  const tried = [process.env['KERNELSCOPE_PYTHON'], '/usr/bin/python3', 'python3'].filter((p) => p !== undefined);
  const having = (packages: string) => tried.find((p) => spawnSync(p, ['-c', `import ${packages}`], { stdio: 'ignore' }).status === 0);
  return having('numpy, torch') ?? having('numpy') ?? null;
}

/** What is installed, as the peer's first line says it. */
interface Versions {
  numpy: string;
  torch?: string;
  /** the GPU's name, where the setting asks for it and PyTorch can use it */
  cuda?: string;
}

export interface Peer {
  label: string;
  /** Seconds of each repetition. @throws with the reason where it cannot run the workload */
  time(workload: string, size: number, repeats: number): Promise<number[]>;
  close(): void;
}

class PythonPeer implements Peer {
  label: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string, unknown>;
  readonly #closed: Promise<unknown>;
  /** the end of what it said on standard error: its last words, should it end */
  #said = '';
  constructor(label: string, child: ChildProcessWithoutNullStreams) {
    this.label = label;
    this.#child = child;
    this.#closed = new Promise((resolve) => child.once('close', resolve));
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#said = (this.#said + text).slice(-4000)));
    child.once('error', (error) => (this.#said += error.message));
    // Writing to one that has ended fails here; that it has ended is found, and said, by reading.
    child.stdin.on('error', () => undefined);
  }
  async read(): Promise<unknown> {
    const next = await this.#lines.next();
    if (!next.done) return JSON.parse(next.value);
    await this.#closed;
    const last = this.#said.trim().split('\n').at(-1);
    throw new Error(`the peer ended (${this.#child.signalCode ?? this.#child.exitCode})${last ? `: ${last}` : ''}`);
  }
  async time(workload: string, size: number, repeats: number): Promise<number[]> {
    this.#child.stdin.write(`${JSON.stringify({ workload, size, repeats })}\n`);
    const answer = (await this.read()) as { seconds: number[] } | { error: string };
    if ('error' in answer) throw new Error(answer.error);
    return answer.seconds;
  }
  close(): void {
    this.#child.kill();
  }
}

/** Starts the peer with one of the settings. @throws with its last words where it ends before it answers */
export async function openPeer(python: string, resourcesDir: string, setting: PeerSetting): Promise<Peer> {
  const child = spawn(python, [path.join(resourcesDir, 'bench', 'peer.py')], { env: { ...process.env, ...setting.env }, stdio: 'pipe' });
  const peer = new PythonPeer(setting.label, child);
  const { cuda } = (await peer.read()) as Versions;
  if (cuda) peer.label = `${setting.label}, ${cuda}`;
  return peer;
}
