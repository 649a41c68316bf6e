// What this machine can do: the doctor's report, asked for when the page opens and again on demand.
import type { Client } from '../../main/contract/calls.ts';
import type { DoctorReport } from '../../main/contract/results.ts';
import { messageOf } from './notices.svelte.ts';

export class Doctor {
  report = $state.raw<DoctorReport | null>(null);
  busy = $state(false);
  problem = $state('');
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** full: the whole list of checks */
  async run(full = false): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      this.report = await this.#client.call('doctor.run', { full });
      this.problem = '';
    } catch (error) {
      this.problem = messageOf(error);
    }
    this.busy = false;
  }
}
