// The data behind one figure: asked for when the question or the run changes, one question at a time, the newest answer shown.
import type { CallInput, Client } from '../../main/contract/calls.ts';
import { formingKinds, type FigureData } from '../../main/contract/figures.ts';
import { messageOf } from './notices.svelte.ts';
import { Watched } from './watched.svelte.ts';

export type FigureQuestion = Omit<CallInput<'figure.data'>, 'ticket'>;
/** Kernels are formed anew for it: nobody shall wait for one that is not wanted any more. */
const slow = (question: FigureQuestion | null) => question !== null && formingKinds.includes(question.kind);

export class FigureFeed {
  data = $state.raw<FigureData | null>(null);
  /** why there is nothing to show */
  reason = $state('');
  waiting = $state(false);
  // For control, beside `waiting` for show: whoever asks from an effect must not come to depend on the answer.
  #busy = false;
  #client: Client;
  #next: FigureQuestion | null = null;
  #now: FigureQuestion | null = null;
  readonly #work: Watched;

  constructor(client: Client) {
    this.#client = client;
    this.#work = new Watched(client);
  }

  /** Asks now, or once the question under way is answered; questions in between are dropped. */
  ask(question: FigureQuestion): void {
    this.#next = question;
    if (slow(this.#now) && JSON.stringify(this.#now) !== JSON.stringify(question)) this.#work.stop();
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = this.waiting = true;
    while (this.#next) {
      const question = (this.#now = this.#next);
      this.#next = null;
      try {
        const data = await (slow(question)
          ? this.#work.run((ticket) => this.#client.call('figure.data', { ...question, ticket }))
          : this.#client.call('figure.data', question));
        if (data) this.data = data;
        this.reason = '';
      } catch (error) {
        this.reason = messageOf(error);
      }
    }
    this.#now = null;
    this.#busy = this.waiting = false;
  }
}
