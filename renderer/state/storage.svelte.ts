// Where the library lies, what it takes, and what is in its trash.
import type { CallResults, Client } from '../../main/contract/calls.ts';
import type { TrashedRun } from '../../main/contract/results.ts';
import { throttle } from '../throttle.ts';
import { messageOf } from './notices.svelte.ts';

export class Storage {
  report = $state.raw<CallResults['app.storage'] | null>(null);
  trash = $state.raw<TrashedRun[]>([]);
  problem = $state('');
  busy = $state(false);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Follows what is deleted and restored; call the result to stop. */
  start(): () => void {
    // Thousands may be deleted at once.
    const read = throttle(() => void this.read(), 250);
    const stops = [this.#client.onLink((up) => up && read()), this.#client.on('run.removed', read), read.stop];
    return () => stops.forEach((stop) => stop());
  }

  async read(): Promise<void> {
    try {
      [this.report, this.trash] = await Promise.all([this.#client.call('app.storage', {}), this.#client.call('trash.list', {})]);
      this.problem = '';
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  restore = (ids: string[]) => this.#do(() => this.#client.call('run.restore', { runs: ids }));
  /** For good; all where none are named. */
  empty = (ids?: string[]) => this.#do(() => this.#client.call('trash.empty', ids ? { runs: ids } : {}));

  async #do(work: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await work();
      await this.read();
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.busy = false;
    }
  }
}
