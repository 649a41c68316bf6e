// `utilityProcess`: a real child process of Node, with `process.parentPort` as Electron gives it.
import type Electron from 'electron';
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { AppDouble } from './app.ts';

class UtilityDouble extends EventEmitter implements Pick<Electron.UtilityProcess, 'pid' | 'postMessage' | 'kill'> {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  #child: ChildProcess | undefined;
  constructor(file: string, args: readonly string[], options: Electron.ForkOptions) {
    super();
    const pipe = options.stdio === 'pipe' ? 'pipe' : 'inherit';
    const child = (this.#child = fork(file, args, {
      execArgv: ['--import', new URL('./utility-child.ts', import.meta.url).href, ...(options.execArgv ?? [])],
      env: (options.env as NodeJS.ProcessEnv | undefined) ?? process.env,
      ...(options.cwd ? { cwd: options.cwd } : {}),
      serialization: 'advanced',
      stdio: ['ignore', pipe, pipe, 'ipc'],
    }));
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    child.on('spawn', () => this.emit('spawn'));
    child.on('message', (data) => this.emit('message', data));
    child.on('exit', (code, signal) => {
      this.#child = undefined;
      this.emit('exit', code ?? (signal ? 1 : 0));
    });
  }
  get pid(): number | undefined {
    return this.#child?.pid;
  }
  postMessage(message: unknown): void {
    // A child that is ending cannot be told anything; its exit follows.
    this.#child?.send(message as object, () => undefined);
  }
  kill(): boolean {
    return this.#child?.kill() ?? false;
  }
}

export const createUtilityProcess = (app: AppDouble) => ({
  fork(file: string, args: readonly string[] = [], options: Electron.ForkOptions = {}): UtilityDouble {
    if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
    if (!existsSync(file)) throw new Error(`Cannot find module ${file}`);
    return new UtilityDouble(file, args, options);
  },
});
