// The runs of the library, kept up to date by events.
import type { CallResults, Client, Events } from '../../main/contract/calls.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { throttle } from '../throttle.ts';
import { Changes, mergeRuns, tagsOf } from './filter.ts';
import { messageOf } from './notices.svelte.ts';
import { byId, setOf } from './selection.ts';

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
  readonly isChosen: ReadonlySet<string> = $derived(setOf(this.chosen));
  readonly byId: ReadonlyMap<string, RunSummary> = $derived(byId(this.runs));
  /** keys of the groups whose runs are shown, and the row and height at which the table was left */
  open = $state.raw<ReadonlySet<string>>(setOf([]));
  left: { line: string | null; top: number } = { line: null, top: 0 };
  #client: Client;
  #turn = 0;
  /** what happened since the list was last made, and since the reading of it began */
  #pending = new Changes();
  #meanwhile = new Changes();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads all runs whenever the host can be reached and follows its events; call the result to stop. */
  start(): () => void {
    // A fast run says something at every epoch; the list is made anew at most four times a second.
    const publish = throttle(() => {
      const gone = (id: string) => this.#pending.get(id) === null;
      const before = this.runs.length;
      this.runs = mergeRuns(this.runs, this.#pending);
      this.total += this.runs.length - before;
      if (this.chosen.some(gone)) this.chosen = this.chosen.filter((id) => !gone(id));
      this.#pending = new Changes();
    }, 250);
    const happened = (id: string, run: RunSummary | null) => {
      this.#pending.set(id, run);
      this.#meanwhile.set(id, run);
      publish();
    };
    const put = (run: RunSummary) => happened(run.id, run);
    const stops = [
      this.#client.onLink((up) => up && void this.read()),
      this.#client.on('run.changed', put),
      this.#client.on('run.removed', ({ id }) => happened(id, null)),
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
      this.#meanwhile = new Changes();
      for (let before: number | null = null, more = true; more;) {
        const page: CallResults['library.list'] = await this.#client.call('library.list', before === null ? {} : { before });
        if (turn !== this.#turn) return;
        read.push(...page.runs);
        before = page.next;
        more = before !== null;
        this.total = page.total;
        if (this.state !== 'ready' || !more) {
          this.runs = mergeRuns(read, this.#meanwhile);
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
    const run = this.#pending.get(id) ?? this.byId.get(id);
    if (run && run.epoch !== epoch) put({ ...run, epoch });
  }
}
