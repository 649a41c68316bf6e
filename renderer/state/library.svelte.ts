// The runs of the library, kept up to date by events.
import type { CallResults, Client, Events } from '../../main/contract/calls.ts';
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
  /** runs that the library has; more than `runs` while they are still being read */
  total = $state(0);
  /** ids of the runs that are chosen together, in the order of choosing; they stay chosen on other pages */
  chosen = $state.raw<readonly string[]>([]);
  #client: Client;
  #turn = 0;
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

  /** Reads the newest runs, shows them, then reads the rest. What changes meanwhile comes by events, and stays. */
  async read(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const read: RunSummary[] = [];
      for (let before: number | null = null, more = true; more;) {
        const page: CallResults['library.list'] = await this.#client.call('library.list', before === null ? {} : { before });
        if (turn !== this.#turn) return;
        read.push(...page.runs);
        before = page.next;
        more = before !== null;
        this.total = page.total;
        if (this.state !== 'ready' || !more) {
          this.runs = mergeRuns(read, this.#changed, this.#removed);
          this.state = 'ready';
        }
      }
    } catch (error) {
      if (turn !== this.#turn) return;
      this.reason = messageOf(error);
      if (this.state === 'loading') this.state = 'failed';
    }
  }

  #advance({ id, epoch }: Events['run.progress'], put: (run: RunSummary) => void): void {
    const run = this.#changed.findLast((r) => r.id === id) ?? this.runs.find((r) => r.id === id);
    if (run && run.epoch !== epoch) put({ ...run, epoch });
  }
}
