// Model × model similarity: asked for once for each set of runs and layer, watched while it is computed, and stopped.
import type { Client } from '../../main/contract/calls.ts';
import { mostMapped } from '../../main/contract/figures.ts';
import type { ModelComparison, Split } from '../../main/contract/results.ts';
import { messageOf } from './notices.svelte.ts';
import { Watched } from './watched.svelte.ts';

export interface MapQuestion {
  runs: readonly string[];
  layer: string;
  split: Split;
}

export class ModelMap {
  state = $state<'idle' | 'working' | 'ready' | 'stopped' | 'failed'>('idle');
  reason = $state('');
  found = $state.raw<ModelComparison | null>(null);
  readonly #client: Client;
  readonly #work: Watched;
  // For control, beside `state` for show: an effect that asks must not come to depend on the answer.
  #asked = '';

  constructor(client: Client) {
    this.#client = client;
    this.#work = new Watched(client);
  }

  /** of the work, 0 … 1 */
  get share(): number {
    return this.#work.share;
  }

  /** Follows what the host tells of the work; call the result to stop following, and the work. */
  start(): () => void {
    return this.#work.start();
  }

  /** Asks, unless it is what was asked last; other work under way is stopped. The order of the runs does not matter. */
  ask({ runs, layer, split }: MapQuestion, again = false): void {
    const question = JSON.stringify([[...runs].sort(), layer, split]);
    if (question === this.#asked && !again) return;
    this.#work.stop();
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
    if (this.#work.stop()) this.state = 'stopped';
  }

  /** 0 … 1; null where it is not known */
  valueOf(a: string, b: string): number | null {
    const at = (id: string) => this.found?.models.findIndex((m) => m.run === id) ?? -1;
    return this.found?.values[at(a)]?.[at(b)] ?? null;
  }

  async #run({ runs, layer, split }: MapQuestion): Promise<void> {
    this.state = 'working';
    try {
      const found = await this.#work.run((ticket) => this.#client.call('compare.models', { runs: [...runs], layer, split, ticket }));
      if (!found) return;
      this.found = found;
      this.state = 'ready';
    } catch (error) {
      this.reason = messageOf(error);
      this.state = 'failed';
    }
  }
}
