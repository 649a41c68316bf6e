// The compute process's end of the protocol: one job, its reports, its end.
import { KernelscopeError } from '../contract/errors.ts';
import { UnusableDevice } from '../devices/checked.ts';
import { PauseGate, type Gate } from '../training/gate.ts';
import type { Host } from './host.ts';
import { protocolVersion, type AsideName, type Down, type JobName, type Jobs, type Up } from './protocol.ts';

/** The way to the supervisor. */
export interface Link {
  send(message: Up): void;
  onMessage(listener: (message: Down) => void): void;
  /** ends this process once everything sent has left it */
  leave(): void;
  /** of this process; a page has none of its own */
  readonly pid: number | null;
}

/** Has a job done by a process of the other kind. @throws as the job; what `onReport` throws ends the waiting for it */
export type Aside = <K extends AsideName>(job: K, onReport?: (report: Jobs[K]['report']) => void) => Promise<Jobs[K]['result']>;

/** What a job has of the world besides its input. */
export interface JobContext<K extends JobName> {
  host: Host;
  aside: Aside;
  signal: AbortSignal;
  /** closed while a pause is wished for */
  gate: Gate;
  /** says it and goes on */
  tell(report: Jobs[K]['report']): void;
  /** says it and waits until the supervisor has dealt with it (what it reports is then on disk), or has sent what was asked for */
  ask(report: Jobs[K]['report']): Promise<Jobs[K]['answer']>;
}
export type Job<K extends JobName> = (input: Jobs[K]['input'], context: JobContext<K>) => Promise<Jobs[K]['result']>;
export type JobTable = { [K in JobName]: Job<K> };

const beat = 2_000; // ms between signs of life

/** Something that was asked for, until it is there. */
interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onReport?: ((report: unknown) => void) | undefined;
}

/** Says hello and does the job that it is given. host: where it is done; it may ask aside */
export function serveJob(link: Link, table: JobTable, hostOf: (aside: Aside) => Host): void {
  const stop = new AbortController();
  const gate = new PauseGate();
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let begun = false;

  /** Settles with what comes for the number that `send` is given. */
  const wait = <T>(send: (asks: number) => void, onReport?: Waiting['onReport']) =>
    new Promise<T>((resolve, reject) => {
      const asks = ++asked;
      waiting.set(asks, { resolve: (value) => resolve(value as T), reject, onReport });
      send(asks);
    });
  const take = (asks: number): Waiting | undefined => {
    const found = waiting.get(asks);
    waiting.delete(asks);
    return found;
  };
  const aside: Aside = (job, onReport) => wait((asks) => link.send({ kind: 'aside', asks, job }), onReport as Waiting['onReport']);
  const host = hostOf(aside);
  const openDevice: Host['openDevice'] = async (wish) => {
    const device = await host.openDevice(wish);
    link.send({ kind: 'opened' });
    return device;
  };
  const context: JobContext<JobName> = {
    host: { ...host, openDevice },
    aside,
    signal: stop.signal,
    gate,
    tell: (report) => link.send({ kind: 'report', asks: null, report }),
    ask: (report) => wait((asks) => link.send({ kind: 'report', asks, report })),
  };

  const work = async (name: JobName, input: unknown) => {
    const alive = setInterval(() => link.send({ kind: 'alive' }), beat);
    try {
      const job = table[name] as (input: unknown, context: JobContext<JobName>) => Promise<unknown>;
      link.send({ kind: 'done', result: await job(input, context) });
    } catch (error) {
      const code = error instanceof KernelscopeError ? error.code : null;
      // What is not meant for a person is a bug: all of it goes into the reason.
      const message = error instanceof Error ? (code ? error.message : (error.stack ?? error.message)) : String(error);
      link.send({ kind: 'failed', code, message, ...(error instanceof UnusableDevice && { unusable: error.reason }) });
    } finally {
      clearInterval(alive);
    }
  };

  link.onMessage((message) => {
    switch (message.kind) {
      case 'start':
        if (begun) return;
        begun = true;
        void work(message.job, message.input);
        break;
      case 'answer':
        take(message.to)?.resolve(message.value);
        break;
      case 'refused':
        take(message.to)?.reject(message.code ? new KernelscopeError(message.code, message.message) : new Error(message.message));
        break;
      case 'aside':
        try {
          waiting.get(message.to)?.onReport?.(message.report);
        } catch (error) {
          take(message.to)?.reject(error);
        }
        break;
      case 'cancel':
        stop.abort();
        break;
      case 'pause':
        gate.close();
        break;
      case 'resume':
        gate.open();
        break;
      case 'leave':
        link.leave();
    }
  });
  link.send({ kind: 'hello', protocol: protocolVersion, pid: link.pid });
}
