// The data behind one figure: asked for when the question or the run changes, one question at a time, the newest answer shown.
import type { CallInput, Client } from '../../main/contract/calls.ts';
import type { FigureData } from '../../main/contract/figures.ts';
import { messageOf } from './notices.svelte.ts';

export type FigureQuestion = CallInput<'figure.data'>;

export class FigureFeed {
  data = $state.raw<FigureData | null>(null);
  /** why there is nothing to show */
  reason = $state('');
  waiting = $state(false);
  // For control, beside `waiting` for show: whoever asks from an effect must not come to depend on the answer.
  #busy = false;
  #client: Client;
  #next: FigureQuestion | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Asks now, or once the question under way is answered; questions in between are dropped. */
  ask(question: FigureQuestion): void {
    this.#next = question;
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = this.waiting = true;
    while (this.#next) {
      const question = this.#next;
      this.#next = null;
      try {
        this.data = await this.#client.call('figure.data', question);
        this.reason = '';
      } catch (error) {
        this.reason = messageOf(error);
      }
    }
    this.#busy = this.waiting = false;
  }
}
