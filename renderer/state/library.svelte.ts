// The runs of the library, kept up to date by events.
import type { Client, Events } from '../../main/contract/calls.ts';
import type { RunConfig } from '../../main/contract/config.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { throttle } from '../throttle.ts';
import { mergeRuns, tagsOf } from './filter.ts';
import { messageOf } from './notices.svelte.ts';

export class Library {
  runs = $state.raw<RunSummary[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state('');
  readonly running = $derived(this.runs.filter((r) => r.state === 'running').length);
  readonly tags = $derived(tagsOf(this.runs));
  /** configs read so far, for filters that ask for their fields; a run's config never changes */
  configs = $state.raw<Readonly<Record<string, RunConfig>>>({});
  readingConfigs = $state(false);
  /** ids of the runs that are chosen together, in the order of choosing; they stay chosen on other pages */
  chosen = $state.raw<readonly string[]>([]);
  #reading = false;
  #client: Client;
  #changed: RunSummary[] = [];
  #removed: string[] = [];

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads all runs whenever the host can be reached and follows its events; call the result to stop. */
  start(): () => void {
    // A fast run says something at every epoch; the list is made anew at most four times a second.
    const publish = throttle(() => {
      this.runs = mergeRuns(this.runs, this.#changed, this.#removed);
      if (this.#removed.length > 0) this.chosen = this.chosen.filter((id) => !this.#removed.includes(id));
      this.#changed = [];
      this.#removed = [];
    }, 250);
    const put = (run: RunSummary) => {
      this.#changed.push(run);
      publish();
    };
    const remove = (id: string) => {
      this.#removed.push(id);
      publish();
    };
    const stops = [
      this.#client.onLink((up) => up && void this.read()),
      this.#client.on('run.changed', put),
      this.#client.on('run.removed', ({ id }) => remove(id)),
      this.#client.on('run.progress', (p) => this.#advance(p, put)),
    ];
    return () => {
      stops.forEach((stop) => stop());
      publish.stop();
    };
  }

  async read(): Promise<void> {
    try {
      this.runs = await this.#client.call('library.list', {});
      this.state = 'ready';
    } catch (error) {
      this.reason = messageOf(error);
      if (this.state === 'loading') this.state = 'failed';
    }
  }

  /** Reads the configs that are missing, a few at a time. */
  async readConfigs(): Promise<void> {
    if (this.#reading) return;
    this.#reading = this.readingConfigs = true;
    try {
      for (;;) {
        const missing = this.runs.filter((r) => !Object.hasOwn(this.configs, r.id)).slice(0, 64);
        if (missing.length === 0) break;
        const read = await Promise.all(missing.map((r) => this.#client.call('run.get', { run: r.id })));
        this.configs = { ...this.configs, ...Object.fromEntries(read.map((d) => [d.id, d.config])) };
      }
    } catch (error) {
      this.reason = messageOf(error);
    } finally {
      this.#reading = this.readingConfigs = false;
    }
  }

  #advance({ id, epoch }: Events['run.progress'], put: (run: RunSummary) => void): void {
    const run = this.#changed.findLast((r) => r.id === id) ?? this.runs.find((r) => r.id === id);
    if (run && run.epoch !== epoch) put({ ...run, epoch });
  }
}
