// One long question to the host at a time, under a ticket: how far it is, and an end to it.
import type { Client } from '../../main/contract/calls.ts';

let tickets = 0;

export class Watched {
  /** of the work, 0 … 1 */
  share = $state(0);
  readonly #client: Client;
  #ticket = '';

  constructor(client: Client) {
    this.#client = client;
  }

  /** Follows what the host tells of the work; call the result to stop following, and the work. */
  start(): () => void {
    const forget = this.#client.on('compare.progress', ({ ticket, done }) => {
      if (ticket === this.#ticket) this.share = done;
    });
    return () => {
      forget();
      this.stop();
    };
  }

  /** The answer to a question asked under a ticket; null where it was stopped, or another one asked since. Ends the question before.
   *  @throws as the call */
  async run<T>(ask: (ticket: string) => Promise<T>): Promise<T | null> {
    this.stop();
    const ticket = (this.#ticket = `page ${Date.now().toString(36)} ${++tickets}`);
    this.share = 0;
    try {
      const answer = await ask(ticket);
      return this.#ticket === ticket ? answer : null;
    } catch (error) {
      if (this.#ticket !== ticket) return null;
      throw error;
    } finally {
      if (this.#ticket === ticket) this.#ticket = '';
    }
  }

  /** Ends the question under way; whether there was one. */
  stop(): boolean {
    const ticket = this.#ticket;
    this.#ticket = '';
    // Where the host cannot be reached there is no work of ours either: it ends what nobody waits for.
    if (ticket) this.#client.call('compare.cancel', { ticket }).catch(() => undefined);
    return ticket !== '';
  }
}
