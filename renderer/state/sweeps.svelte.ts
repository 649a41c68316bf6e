// The sweeps of the library: how far each is, how long it will still take, and what can be done to it.
import type { Client } from '../../main/contract/calls.ts';
import type { SweepSummary } from '../../main/contract/sweeps.ts';
import { throttle } from '../throttle.ts';
import { messageOf, type Notices } from './notices.svelte.ts';

const readMs = 1000;
const outlookMs = 5000;

export const isOpen = ({ counts }: SweepSummary): boolean => Boolean(counts.running || counts.queued || counts.paused);

export class Sweeps {
  list = $state.raw<SweepSummary[] | null>(null);
  problem = $state('');
  /** seconds until the runs of a sweep that are queued or at work are done, by its id */
  left = $state.raw<Readonly<Record<string, number | null>>>({});
  busy = $state('');
  #client: Client;
  #notices: Notices;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** Reads the sweeps and follows their runs; call the result to stop. */
  start(): () => void {
    const read = throttle(() => void this.read(), readMs);
    const outlook = setInterval(() => void this.#readLeft(), outlookMs);
    const stops = [this.#client.onLink((up) => up && read()), this.#client.on('queue.changed', () => read())];
    return () => {
      stops.forEach((stop) => stop());
      read.stop();
      clearInterval(outlook);
    };
  }

  async read(): Promise<void> {
    try {
      const before = this.list;
      this.list = await this.#client.call('sweep.list', {});
      this.problem = '';
      if (!before || this.list.some((s) => isOpen(s) && !(s.id in this.left))) await this.#readLeft();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  cancel = (sweep: SweepSummary) =>
    this.#with(sweep, `Stopping “${sweep.name}”; what is done is kept.`, () => this.#client.call('sweep.cancel', { sweep: sweep.id }));
  /** Goes on with what was interrupted; with `retry` also with what failed. */
  goOn = (sweep: SweepSummary, retry: boolean) =>
    this.#with(sweep, retry ? `Trying the failed runs of “${sweep.name}” again.` : `Going on with “${sweep.name}”.`, async () => {
      const { spec } = await this.#client.call('sweep.get', { sweep: sweep.id });
      return this.#client.call('sweep.start', { sweep: spec, retry });
    });

  async #with({ id }: SweepSummary, said: string, work: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = id;
    try {
      await work();
      this.#notices.done(said);
    } catch (error) {
      this.#notices.failed(error);
    }
    this.busy = '';
    await this.read();
  }

  async #readLeft(): Promise<void> {
    const open = (this.list ?? []).filter(isOpen);
    try {
      const read = await Promise.all(open.map(({ id }) => this.#client.call('sweep.get', { sweep: id })));
      this.left = Object.fromEntries(read.map((s) => [s.id, s.secondsLeft]));
    } catch (error) {
      this.problem = messageOf(error);
    }
  }
}
