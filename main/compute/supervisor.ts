// One compute process a job: starts it, deals with what it reports in order, tells why it ended, and stops it when asked.
import { KernelscopeError } from '../contract/errors.ts';
import type { Child, Launch } from './child.ts';
import { protocolVersion, type DeviceWish, type JobName, type Jobs, type Up } from './protocol.ts';

/** Deals with a report. Its process waits for what this returns where it asked; an error that it throws ends the job. */
export type OnReport<K extends JobName> = (report: Jobs[K]['report']) => Jobs[K]['answer'] | Promise<Jobs[K]['answer']>;

export interface JobHandle<K extends JobName> {
  /** undefined for a page, and as long as the process is not there */
  readonly pid: number | undefined;
  /** @throws KernelscopeError as the job threw it; `failed` with signal, exit code and last words for a process that broke down */
  readonly result: Promise<Jobs[K]['result']>;
  /** asks it to stop, and ends it if it does not */
  cancel(): void;
  /** asks a training to wait at its next step boundary: it reports `paused` there, and `resumed` once it goes on */
  pause(): void;
  resume(): void;
}

export interface Compute {
  start<K extends JobName>(job: K, input: Jobs[K]['input'], onReport?: OnReport<K>): JobHandle<K>;
  /** ends all processes and waits until they are gone */
  close(): Promise<void>;
}

/** The process broke down: a crash, the system, a kill. What it had reported is kept, and its work can be taken up again. */
export class BrokenProcess extends KernelscopeError {
  constructor(message: string) {
    super('failed', message);
  }
}

export interface ComputeOptions {
  launch: Launch;
  /** ms between the wish to stop and the end by force */
  grace?: number;
  /** a process that gives no sign of life for so many ms is ended */
  silence?: number;
  /** what compute processes write */
  log?: (text: string) => void;
}

const lastWords = 4_000; // characters of output kept for a reason

const deviceOf = (input: Jobs[JobName]['input']): DeviceWish | null => (input && 'device' in input ? input.device : null);

export function createCompute({ launch, grace = 10_000, silence = 15 * 60_000, log }: ComputeOptions): Compute {
  const living = new Set<{ gone: Promise<void>; kill(): void }>();
  return {
    start(job, input, onReport) {
      const child = launch({ job, device: deviceOf(input) });
      const life = watchLife(child, { silence, log });
      const entry = { gone: life.gone, kill: () => child.kill() };
      living.add(entry);
      void life.gone.then(() => living.delete(entry));
      return supervise(child, life, grace, job, input, onReport);
    },
    async close() {
      const ending = [...living];
      for (const { kill } of ending) kill();
      await Promise.all(ending.map(({ gone }) => gone));
    },
  };
}

interface Life {
  /** settles when the process is gone */
  gone: Promise<void>;
  /** how it ended, in words */
  story(): string;
  heard(): void;
}

function watchLife(child: Child, { silence, log }: Pick<ComputeOptions, 'log'> & { silence: number }): Life {
  let words = '';
  let story = '';
  let silent = false;
  let timer: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent = true;
      child.kill();
    }, silence).unref();
  };
  heard();
  child.onOutput((text) => {
    words = (words + text).slice(-lastWords);
    log?.(text);
  });
  const gone = new Promise<void>((resolve) =>
    child.onExit(({ code, signal }) => {
      clearTimeout(timer);
      const how = silent
        ? `gave no sign of life for ${Math.round(silence / 1000)} s`
        : signal
          ? `was ended by ${signal}`
          : `ended with exit code ${code}`;
      const memory = signal === 'SIGKILL' && !silent ? ' (which the system sends when memory runs out)' : '';
      const last = words.trim().split('\n').slice(-6).join(' | ').trim();
      story = `the compute process ${how}${memory}${last ? `: ${last}` : ''}`;
      resolve();
    }),
  );
  return { gone, heard, story: () => story };
}

function supervise<K extends JobName>(
  child: Child,
  life: Life,
  grace: number,
  job: K,
  input: Jobs[K]['input'],
  onReport?: OnReport<K>,
): JobHandle<K> {
  let settle: { resolve(result: Jobs[K]['result']): void; reject(error: unknown): void };
  const result = new Promise<Jobs[K]['result']>((resolve, reject) => (settle = { resolve, reject }));
  let cancelled = false;
  let over = false;
  let force: NodeJS.Timeout | undefined;
  const endBy = (ms: number) => {
    force ??= setTimeout(() => child.kill(), ms);
  };
  const finish = (how: () => void) => {
    if (over) return;
    over = true;
    how();
    child.send({ kind: 'leave' });
    endBy(2_000);
  };
  const fail = (error: unknown) => finish(() => settle.reject(error));

  // Reports are dealt with one after the other, so that what they say arrives in order, and ends only after the last of them.
  let queue: Promise<void> = Promise.resolve();
  const deal = (message: Up): void | Promise<void> => {
    if (over) return;
    switch (message.kind) {
      case 'hello':
        if (message.protocol === protocolVersion) return child.send({ kind: 'start', job, input });
        return fail(
          new KernelscopeError(
            'failed',
            `the compute process speaks protocol ${message.protocol}, this program ${protocolVersion}; build both anew`,
          ),
        );
      case 'report':
        return (async () => {
          const value = await onReport?.(message.report as Jobs[K]['report']);
          if (message.asks !== null) child.send({ kind: 'answer', to: message.asks, value });
        })();
      case 'aside':
        return child.send({ kind: 'refused', to: message.asks, code: null, message: `nobody does ${message.job} aside here` });
      case 'opened':
        return; // of use to who chooses the device
      case 'done':
        return finish(() => settle.resolve(message.result as Jobs[K]['result']));
      case 'failed':
        return fail(message.code ? new KernelscopeError(message.code, message.message) : new Error(message.message));
    }
  };
  child.onMessage((message) => {
    life.heard();
    if (message.kind !== 'alive') queue = queue.then(() => deal(message)).catch(fail);
  });
  void life.gone.then(async () => {
    clearTimeout(force);
    await queue;
    fail(cancelled ? new KernelscopeError('cancelled', 'stopped') : new BrokenProcess(life.story()));
  });

  return {
    get pid() {
      return child.pid;
    },
    result,
    cancel() {
      cancelled = true;
      child.send({ kind: 'cancel' });
      endBy(grace);
    },
    pause: () => child.send({ kind: 'pause' }),
    resume: () => child.send({ kind: 'resume' }),
  };
}
