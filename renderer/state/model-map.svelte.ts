// Model × model similarity: asked for once for each set of runs and layer, watched while it is computed, and stopped.
import type { Client } from '../../main/contract/calls.ts';
import { mostMapped } from '../../main/contract/figures.ts';
import type { ModelComparison, Split } from '../../main/contract/results.ts';
import { messageOf } from './notices.svelte.ts';

export interface MapQuestion {
  runs: readonly string[];
  layer: string;
  split: Split;
}

let tickets = 0;

export class ModelMap {
  state = $state<'idle' | 'working' | 'ready' | 'stopped' | 'failed'>('idle');
  /** of the work, 0 … 1 */
  share = $state(0);
  reason = $state('');
  found = $state.raw<ModelComparison | null>(null);
  #client: Client;
  // For control, beside `state` for show: an effect that asks must not come to depend on the answer.
  #ticket = '';
  #working = false;
  #asked = '';

  constructor(client: Client) {
    this.#client = client;
  }

  /** Follows what the host tells of the work; call the result to stop following, and the work. */
  start(): () => void {
    const stop = this.#client.on('compare.progress', ({ ticket, done }) => {
      if (ticket === this.#ticket) this.share = done;
    });
    return () => {
      stop();
      this.#halt();
    };
  }

  /** Asks, unless it is what was asked last; other work under way is stopped. The order of the runs does not matter. */
  ask({ runs, layer, split }: MapQuestion, again = false): void {
    const question = JSON.stringify([[...runs].sort(), layer, split]);
    if (question === this.#asked && !again) return;
    this.#halt();
    this.#asked = question;
    if (runs.length < 2 || runs.length > mostMapped) {
      this.state = 'idle';
      this.found = null;
      return;
    }
    void this.#run({ runs, layer, split });
  }

  /** Stops the work; what was asked can be asked again. */
  stop(): void {
    if (!this.#working) return;
    this.#halt();
    this.state = 'stopped';
  }

  /** 0 … 1; null where it is not known */
  valueOf(a: string, b: string): number | null {
    const at = (id: string) => this.found?.models.findIndex((m) => m.run === id) ?? -1;
    return this.found?.values[at(a)]?.[at(b)] ?? null;
  }

  #halt(): void {
    // What was over when it was to be stopped is none the worse for it.
    if (this.#working)
      this.#client.call('compare.cancel', { ticket: this.#ticket }).catch((error: unknown) => (this.reason = messageOf(error)));
    this.#working = false;
    this.#ticket = '';
  }

  async #run({ runs, layer, split }: MapQuestion): Promise<void> {
    const ticket = `map ${Date.now().toString(36)} ${++tickets}`;
    this.#ticket = ticket;
    this.#working = true;
    this.state = 'working';
    this.share = 0;
    try {
      const found = await this.#client.call('compare.models', { runs: [...runs], layer, split, ticket });
      if (this.#ticket !== ticket) return;
      this.found = found;
      this.state = 'ready';
    } catch (error) {
      if (this.#ticket !== ticket) return;
      this.reason = messageOf(error);
      this.state = 'failed';
    }
    this.#working = false;
  }
}
