// Work that takes a while beside the runs: it reports its share, can be stopped, and its end is told to whoever watches.
import { randomUUID } from 'node:crypto';
import type { Emit, Handlers } from '../contract/calls.ts';
import type { Task, TaskKind, TaskResults } from '../contract/calls/tasks.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';

export interface TaskContext {
  signal: AbortSignal;
  onProgress(share: number): void;
}
export interface Tasks {
  calls: Pick<Handlers, 'task.list' | 'task.cancel'>;
  /** Begins work; answers its id, and its result for who waits for it here. Errors are told by the task as well. */
  start<K extends TaskKind>(
    kind: K,
    subject: string,
    work: (context: TaskContext) => Promise<TaskResults[K]>,
  ): { id: string; result: Promise<TaskResults[K]> };
  /** Stops everything and waits for it. */
  stopAll(): Promise<void>;
}

const saidEvery = 200; // ms between two words of progress
const mostEnded = 50; // that are remembered
const paceAfter = 1_000; // ms before the time left is guessed

export function createTasks(emit: Emit, log: (line: string) => void): Tasks {
  const tasks = new Map<string, { task: Task; stop: AbortController; end: Promise<void> }>();
  const forget = () => {
    const ended = [...tasks.values()].filter(({ task }) => task.state !== 'running');
    for (const { task } of ended.slice(0, Math.max(0, ended.length - mostEnded))) tasks.delete(task.id);
  };
  const found = (id: string) => {
    const entry = tasks.get(id);
    if (!entry) throw new KernelscopeError('not-found', `task: there is no task ${JSON.stringify(id)} any more`);
    return entry;
  };

  return {
    start(kind, subject, work) {
      const id = randomUUID().slice(0, 8);
      const stop = new AbortController();
      const begun = Date.now();
      const began = new Date(begun).toISOString();
      const task = { id, kind, subject, state: 'running', share: null, secondsLeft: null, began, error: null, result: null } as Task;
      let said = 0;
      const say = () => {
        said = Date.now();
        emit('task.changed', { ...task });
      };
      const onProgress = (share: number) => {
        if (task.state !== 'running') return;
        task.share = Math.min(1, Math.max(task.share ?? 0, share));
        const passed = Date.now() - begun;
        task.secondsLeft = passed > paceAfter && task.share > 0.01 ? ((passed / task.share) * (1 - task.share)) / 1000 : null;
        if (Date.now() - said >= saidEvery) say();
      };
      const finish = (change: Partial<Task>) => {
        Object.assign(task, { secondsLeft: null }, change);
        say();
        forget();
      };
      const result = (async () => work({ signal: stop.signal, onProgress }))();
      const end = result.then(
        (value) => finish({ state: 'done', share: 1, result: value } as Partial<Task>),
        (error: unknown) => {
          if (error instanceof KernelscopeError && error.code === 'cancelled') return finish({ state: 'cancelled' });
          if (!(error instanceof KernelscopeError)) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
          const known = error instanceof KernelscopeError;
          finish({ state: 'failed', error: known ? error.message : 'something unforeseen went wrong; the log has the details' });
        },
      );
      tasks.set(id, { task, stop, end });
      say();
      return { id, result };
    },
    calls: {
      'task.list': async () => [...tasks.values()].map(({ task }) => ({ ...task })).reverse(),
      'task.cancel': async ({ task: id }) => {
        const { task, stop, end } = found(id);
        if (task.state !== 'running') throw badInput(`task ${id}: has ended already (${task.state})`);
        stop.abort();
        await end;
        return { ...task };
      },
    },
    async stopAll() {
      for (const { stop } of tasks.values()) stop.abort();
      await Promise.all([...tasks.values()].map(({ end }) => end));
    },
  };
}
