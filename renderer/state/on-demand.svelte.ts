// A figure whose kernels are formed anew, which takes seconds to minutes: computed when a person asks, followed, and stopped.
import type { Client } from '../../main/contract/calls.ts';
import type { FigureQuestion } from './figure-feed.svelte.ts';
import { messageOf } from './notices.svelte.ts';
import { Watched } from './watched.svelte.ts';

export class OnDemand {
  /** the question whose answer is there: the host has it at hand */
  done = $state.raw<FigureQuestion | null>(null);
  /** the one under way */
  asked = $state.raw<FigureQuestion | null>(null);
  problem = $state('');
  readonly #client: Client;
  readonly #work: Watched;

  constructor(client: Client) {
    this.#client = client;
    this.#work = new Watched(client);
  }

  /** of the work under way, 0 … 1 */
  get share(): number {
    return this.#work.share;
  }
  start = (): (() => void) => this.#work.start();
  stop = (): boolean => this.#work.stop();
  /** Whether this is the question whose answer is there. */
  has = (question: FigureQuestion): boolean => JSON.stringify(this.done) === JSON.stringify(question);

  async compute(question: FigureQuestion): Promise<void> {
    this.asked = question;
    this.problem = '';
    try {
      if (await this.#work.run((ticket) => this.#client.call('figure.data', { ...question, ticket }))) this.done = question;
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      if (this.asked === question) this.asked = null;
    }
  }
}
