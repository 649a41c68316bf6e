// Services on a new library, with compute processes that a test plays itself.
import path from 'node:path';
import { expect } from 'vitest';
import type { EventName, Events } from '../../../main/contract/calls.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import type { DeviceReport } from '../../../main/contract/results.ts';
import type { Compute, JobHandle } from '../../../main/compute/index.ts';
import type { JobName, Jobs, TrainInput, TrainReport } from '../../../main/compute/protocol.ts';
import { createServices, loadPresets, type ServicesOptions } from '../../../main/services/index.ts';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { newDir } from '../store/support.ts';

export const presets = loadPresets(path.resolve('resources/presets'));

/** A training that goes on as the test says. */
export interface Played {
  input: TrainInput;
  report(report: TrainReport): Promise<void>;
  done(): void;
  fail(error: unknown): void;
  cancelled: boolean;
  /** what it was asked, in order */
  asked: ('pause' | 'resume')[];
}

export function playedCompute(onCancel: (job: Played) => void = (job) => job.fail(new Error('cancelled')), devices: DeviceReport[] = []) {
  const started: Played[] = [];
  const rates = {
    trainFlops: 1e11,
    stepSeconds: 1e-3,
    mapSeconds: 0,
    kernelFlops: 1e11,
    gemmFlops: 5e10,
    eigenCubes: 1e9,
    startSeconds: 0.5,
  };
  const compute: Compute = {
    start<K extends JobName>(job: K, input: Jobs[K]['input'], onReport?: (report: Jobs[K]['report']) => unknown): JobHandle<K> {
      if (job === 'calibrate' || job === 'devices') {
        const result = Promise.resolve(job === 'devices' ? devices : { device: 'cpu: played', rates }) as Promise<Jobs[K]['result']>;
        return { pid: 1, result, cancel: () => undefined, pause: () => undefined, resume: () => undefined };
      }
      const { promise, resolve, reject } = Promise.withResolvers<Jobs[K]['result']>();
      const played: Played = {
        input: input as TrainInput,
        // As the supervisor does: an error of the one who listens ends the job.
        report: async (report) => {
          try {
            await onReport?.(report);
          } catch (error) {
            reject(error);
          }
        },
        done: () => resolve({ epoch: (input as TrainInput).config.training.epochs } as Jobs[K]['result']),
        fail: reject,
        cancelled: false,
        asked: [],
      };
      started.push(played);
      return {
        pid: 4000 + started.length,
        result: promise,
        cancel: () => {
          played.cancelled = true;
          onCancel(played);
        },
        pause: () => void played.asked.push('pause'),
        resume: () => void played.asked.push('resume'),
      };
    },
    close: () => Promise.resolve(),
  };
  return { compute, started };
}

/** A job that was asked for. */
export interface AskedJob<J extends JobName> {
  input: Jobs[J]['input'];
  report(report: Jobs[J]['report']): unknown;
  cancelled: boolean;
  /** ends with its answer */
  end(): void;
  fail(error: unknown): void;
}

/** Compute processes for one kind of job, which they answer; at once, unless they `wait` to be ended. */
export function answering<J extends JobName>(only: J, answer: (input: Jobs[J]['input']) => Jobs[J]['result'], wait = false) {
  const asked: AskedJob<J>[] = [];
  const compute: Compute = {
    start<K extends JobName>(job: K, given: Jobs[K]['input'], onReport?: (report: Jobs[K]['report']) => unknown): JobHandle<K> {
      expect(job).toBe(only);
      const input = given;
      const { promise, resolve, reject } = Promise.withResolvers<Jobs[K]['result']>();
      const result = answer(input);
      const one: AskedJob<J> = {
        input,
        report: (report) => onReport?.(report),
        cancelled: false,
        end: () => resolve(result),
        fail: reject,
      };
      asked.push(one);
      if (!wait) one.end();
      const cancel = () => {
        one.cancelled = true;
        reject(new KernelscopeError('cancelled', 'stopped'));
      };
      return { pid: 1, result: promise, cancel, pause: () => undefined, resume: () => undefined };
    },
    close: () => Promise.resolve(),
  };
  return { compute, asked };
}

export type Heard = { [K in EventName]: [K, Events[K]] }[EventName];

export function setUp(compute: Compute, more: Partial<ServicesOptions> & { limitBytes?: number; dir?: string } = {}) {
  const dir = more.dir ?? newDir();
  const library: Library =
    more.library ?? openLibrary(dir, { write: true, owner: 'test', ...(more.limitBytes && { limitBytes: more.limitBytes }) });
  const events: Heard[] = [];
  const logged: string[] = [];
  const services = createServices({
    library,
    compute,
    emit: (name, payload) => void events.push([name, payload] as Heard),
    presets,
    dataDir: path.join(dir, 'data'),
    drawFigure: async (data, _, format) => ({ bytes: new TextEncoder().encode(`${format} of ${data.kind}`), mime: `image/${format}` }),
    version: '0.1.0',
    host: 'web',
    log: (line) => void logged.push(line),
    ...more,
  });
  return { services, library, events, logged, dir };
}

/** Lets everything that is ready happen. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
