// A compute process that needs help of the other kind: a page has no files, and under Electron a process of Node has no GPU. What it asks
// for aside is a job of its own, done by a process that is started for it and ends with it. The supervisor hears nothing of that.
import { KernelscopeError } from '../contract/errors.ts';
import type { Child, Launch } from './child.ts';
import type { AsideName, Down, Jobs } from './protocol.ts';
import { createCompute, type JobHandle } from './supervisor.ts';

/** What is done aside: for whom it was asked decides its input, never who asks. */
function inputOf(job: 'load', start: Extract<Down, { kind: 'start' }> | null): Jobs['load']['input'] {
  if (start?.job !== 'train') throw new KernelscopeError('failed', `${job}: is asked for by a training alone`);
  const { config, dataDir } = start.input as Jobs['train']['input'];
  return { config, dataDir };
}

/** Processes of `launch`, with what they ask aside done by processes of `helpers`. */
export const withAsides = (launch: Launch, helpers: Launch): Launch => {
  const devices = askedOnce(() => createCompute({ launch: helpers, log: () => undefined }).start('devices', null).result);
  return (wanted) => {
    const child = launch(wanted);
    const hears = new Set<(text: string) => void>();
    const compute = createCompute({ launch: helpers, log: (text) => hears.forEach((listener) => listener(text)) });
    const under = new Set<JobHandle<AsideName>>();
    let start: Extract<Down, { kind: 'start' }> | null = null;

    const help = async (asks: number, job: AsideName) => {
      try {
        if (job === 'devices') return child.send({ kind: 'answer', to: asks, value: await devices() });
        const onReport = (report: Jobs[AsideName]['report']) => child.send({ kind: 'aside', to: asks, report });
        const handle = compute.start(job, inputOf(job, start), onReport);
        under.add(handle);
        const value = await handle.result.finally(() => under.delete(handle));
        child.send({ kind: 'answer', to: asks, value });
      } catch (error) {
        const code = error instanceof KernelscopeError ? error.code : null;
        child.send({ kind: 'refused', to: asks, code, message: error instanceof Error ? error.message : String(error) });
      }
    };
    const wrapped: Child = {
      get pid() {
        return child.pid;
      },
      send(message) {
        if (message.kind === 'start') start = message;
        if (message.kind === 'cancel') for (const handle of under) handle.cancel();
        child.send(message);
      },
      onMessage: (listener) =>
        child.onMessage((message) => {
          if (message.kind === 'aside') void help(message.asks, message.job);
          else listener(message);
        }),
      onOutput(listener) {
        hears.add(listener);
        child.onOutput(listener);
      },
      // Its helpers are gone before it is said to be gone.
      onExit: (listener) => child.onExit((how) => void compute.close().then(() => listener(how))),
      kill: () => child.kill(),
    };
    return wrapped;
  };
};

/** ms: what devices there are does not change from one estimate to the next; what went wrong may not do so a moment later. */
const kept = { answer: 60_000, refusal: 3_000 };

/** The same answer, or refusal, for whoever asks while it is under way or fresh. */
function askedOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: { answer: Promise<T>; until: number } | null = null;
  return () => {
    if (asked && performance.now() < asked.until) return asked.answer;
    const now = (asked = { answer: ask(), until: Infinity });
    const keep = (ms: number) => () => void (now.until = performance.now() + ms);
    now.answer.then(keep(kept.answer), keep(kept.refusal));
    return now.answer;
  };
}
