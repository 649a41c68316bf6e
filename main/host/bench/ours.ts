// Our side of `bench`: a process of its own for each workload, asked round by round.
import { fork, type ChildProcess } from 'node:child_process';
import type { BenchAnswer, BenchRequest, BenchTimes } from '../../compute/bench/entry.ts';
import { KernelscopeError } from '../../contract/errors.ts';

export class Ours {
  readonly #child: ChildProcess;
  /** entry: the built compute/bench entry */
  constructor(entry: string) {
    this.#child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }
  ask(request: BenchRequest): Promise<BenchTimes> {
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
    if (this.#child.connected) this.#child.disconnect();
  }
}
