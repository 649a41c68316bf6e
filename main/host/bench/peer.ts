// The peer: Python with NumPy and PyTorch, where it is installed, kept warm and asked in turn with ours.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** Thread settings that were found to be best in different workloads; the best of them is quoted. */
export const peerSettings: readonly { label: string; env: Record<string, string> }[] = [
  { label: '1 OpenMP + 2 BLAS threads', env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '2' } },
  { label: '2 threads', env: {} },
];

/** A Python that has NumPy, or null. */
export function findPython(): string | null {
  const tried = [process.env['KERNELSCOPE_PYTHON'], '/usr/bin/python3', 'python3'].filter((p) => p !== undefined);
  return tried.find((p) => spawnSync(p, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0) ?? null;
}

export interface Peer {
  label: string;
  versions: Record<string, string>;
  time(workload: string, size: number, repeats: number): Promise<number[]>;
  close(): void;
}

class PythonPeer implements Peer {
  readonly label: string;
  readonly versions: Record<string, string>;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  constructor(label: string, versions: Record<string, string>, child: ChildProcess, lines: AsyncIterator<string>) {
    this.label = label;
    this.versions = versions;
    this.#child = child;
    this.#lines = lines;
  }
  async time(workload: string, size: number, repeats: number): Promise<number[]> {
    this.#child.stdin?.write(`${JSON.stringify({ workload, size, repeats })}\n`);
    const next: IteratorResult<string, unknown> = await this.#lines.next();
    if (next.done) throw new Error('the peer ended');
    const answer = JSON.parse(next.value) as { seconds: number[] } | { error: string };
    if ('error' in answer) throw new Error(answer.error);
    return answer.seconds;
  }
  close(): void {
    this.#child.kill();
  }
}

/** Starts the peer with one of the settings. */
export async function openPeer(python: string, resourcesDir: string, setting: (typeof peerSettings)[number]): Promise<Peer> {
  const child = spawn(python, [path.join(resourcesDir, 'bench', 'peer.py')], {
    env: { ...process.env, ...setting.env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const reader: Interface = createInterface({ input: child.stdout });
  const lines = reader[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw new Error(`${python} ended before it answered`);
  return new PythonPeer(setting.label, JSON.parse(first.value) as Record<string, string>, child, lines);
}
