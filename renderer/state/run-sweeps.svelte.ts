// Which sweeps a run is a cell of.
import type { Client } from '../../main/contract/calls.ts';
import type { SweepSummary } from '../../main/contract/sweeps.ts';
import { messageOf } from './notices.svelte.ts';

export class RunSweeps {
  /** null while they are read */
  list = $state.raw<readonly SweepSummary[] | null>(null);
  problem = $state('');
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async read(run: string): Promise<void> {
    this.list = null;
    this.problem = '';
    try {
      this.list = await this.#client.call('sweep.list', { run });
    } catch (error) {
      this.problem = messageOf(error);
    }
  }
}
