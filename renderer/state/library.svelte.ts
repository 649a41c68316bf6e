// The runs of the library, kept up to date by events.
import type { Client, Events } from '../../main/contract/calls.ts';
import type { RunConfig } from '../../main/contract/config.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { throttle } from '../throttle.ts';
import { messageOf } from './notices.svelte.ts';

export class Library {
  runs = $state.raw<RunSummary[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state('');
  readonly running = $derived(this.runs.filter((r) => r.state === 'running').length);
  readonly tags = $derived([...new Set(this.runs.flatMap((r) => r.tags))].sort());
  /** configs read so far, for filters that ask for their fields; a run's config never changes */
  configs = $state.raw<ReadonlyMap<string, RunConfig>>(new Map());
  readingConfigs = $state(false);
  #client: Client;
  #byId = new Map<string, RunSummary>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads all runs whenever the host can be reached and follows its events; call the result to stop. */
  start(): () => void {
    // A fast run says something at every epoch; the list is made anew at most four times a second.
    const publish = throttle(() => (this.runs = [...this.#byId.values()]), 250);
    const put = (run: RunSummary) => {
      this.#byId.set(run.id, run);
      publish();
    };
    const stops = [
      this.#client.onLink((up) => up && void this.read()),
      this.#client.on('run.changed', put),
      this.#client.on('run.removed', ({ id }) => this.#byId.delete(id) && publish()),
      this.#client.on('run.progress', (p) => this.#advance(p, put)),
    ];
    return () => {
      stops.forEach((stop) => stop());
      publish.stop();
    };
  }

  async read(): Promise<void> {
    try {
      const runs = await this.#client.call('library.list', {});
      this.#byId = new Map(runs.map((r) => [r.id, r]));
      this.runs = runs;
      this.state = 'ready';
    } catch (error) {
      this.reason = messageOf(error);
      if (this.state === 'loading') this.state = 'failed';
    }
  }

  /** Reads the configs that are missing, a few at a time. */
  async readConfigs(): Promise<void> {
    if (this.readingConfigs) return;
    this.readingConfigs = true;
    try {
      for (;;) {
        const missing = this.runs.filter((r) => !this.configs.has(r.id)).slice(0, 64);
        if (missing.length === 0) break;
        const read = await Promise.all(missing.map((r) => this.#client.call('run.get', { run: r.id })));
        this.configs = new Map([...this.configs, ...read.map((d) => [d.id, d.config] as const)]);
      }
    } catch (error) {
      this.reason = messageOf(error);
    } finally {
      this.readingConfigs = false;
    }
  }

  #advance({ id, epoch }: Events['run.progress'], put: (run: RunSummary) => void): void {
    const run = this.#byId.get(id);
    if (run && run.epoch !== epoch) put({ ...run, epoch });
  }
}
