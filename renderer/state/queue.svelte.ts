// The queue as the page shows it: what is at work, rests and waits, kept up to date by events, and what can be done to it.
import type { Client, Events, QueueCounts, QueuedRun, QueueState } from '../../main/contract/calls.ts';
import { throttle } from '../throttle.ts';
import { messageOf, type Notices } from './notices.svelte.ts';

const readMs = 500;

export class RunQueue {
  state = $state.raw<QueueState | null>(null);
  problem = $state('');
  /** ids of runs with which something is being done */
  busy = $state.raw<readonly string[]>([]);
  #client: Client;
  #notices: Notices;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** all that are at work, rest or wait */
  readonly size: number = $derived(this.state ? this.state.running.length + this.state.paused.length + this.state.waitingInAll : 0);
  readonly atWork: readonly QueuedRun[] = $derived(this.state ? [...this.state.running, ...this.state.paused] : []);
  /** seconds until all that run and wait are done, one after the other in each place; null where that is not known of all */
  readonly secondsLeft: number | null = $derived.by(() => {
    const { state } = this;
    if (!state || state.waiting.length < state.waitingInAll) return null;
    const all = [...state.running, ...state.waiting].map((r) => r.secondsLeft);
    if (all.length === 0 || all.includes(null)) return null;
    const sum = (all as number[]).reduce((s, x) => s + x, 0);
    return Math.max(sum / state.atOnce, ...(all as number[]));
  });

  /** Reads the queue and follows it; call the result to stop. */
  start(): () => void {
    const read = throttle(() => void this.read(), readMs);
    const stops = [
      this.#client.onLink((up) => up && read()),
      this.#client.on('queue.changed', () => read()),
      this.#client.on('run.changed', (run) => this.#knows(run.id) && read()),
      this.#client.on('run.progress', (p) => this.#advance(p)),
    ];
    return () => {
      stops.forEach((stop) => stop());
      read.stop();
    };
  }

  async read(): Promise<void> {
    try {
      this.state = await this.#client.call('queue.get', {});
      this.problem = '';
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  pause = (id: string) => this.#with(id, () => this.#client.call('run.pause', { run: id }));
  resume = (id: string) => this.#with(id, () => this.#client.call('run.resume', { run: id }));
  cancel = (id: string) => this.#with(id, () => this.#client.call('run.cancel', { run: id }));
  hold = (held: boolean) => this.#change(() => this.#client.call('queue.hold', { held }));
  setAtOnce = (atOnce: number) => this.#change(() => this.#client.call('queue.set', { atOnce }));

  /** Puts a waiting run at another place among those that are listed. */
  async move(id: string, to: number): Promise<void> {
    const { state } = this;
    const from = state?.waiting.findIndex((r) => r.id === id) ?? -1;
    if (!state || from < 0) return;
    const waiting = state.waiting.filter((r) => r.id !== id);
    const place = Math.max(0, Math.min(waiting.length, to));
    if (place === from) return;
    waiting.splice(place, 0, state.waiting[from]);
    this.state = { ...state, waiting }; // at once, so that the focus stays with the row; what the host says follows
    await this.#change(() => this.#client.call('queue.order', { runs: waiting.map((r) => r.id) }));
  }

  #knows = (id: string): boolean => this.atWork.some((r) => r.id === id);

  async #with(id: string, work: () => Promise<unknown>): Promise<void> {
    this.busy = [...this.busy, id];
    try {
      await work();
    } catch (error) {
      this.#notices.failed(error);
    }
    this.busy = this.busy.filter((other) => other !== id);
    await this.read();
  }

  async #change(work: () => Promise<QueueCounts>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#notices.failed(error);
    }
    await this.read();
  }

  #advance({ id, epoch, secondsLeft }: Events['run.progress']): void {
    const { state } = this;
    const run = state?.running.find((r) => r.id === id);
    // A few numbers a second; the list is made anew only where one of them changes what is shown.
    if (!state || !run || (run.epoch === epoch && Math.abs((run.secondsLeft ?? -9) - (secondsLeft ?? -9)) < 1)) return;
    const running = state.running.map((r) => (r.id === id ? { ...r, epoch, secondsLeft: secondsLeft ?? r.secondsLeft } : r));
    this.state = { ...state, running };
  }
}
