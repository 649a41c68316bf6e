// The runs of one comparison, read from the host; those that are gone are named.
import type { Client } from '../../main/contract/calls.ts';
import type { RunDetail } from '../../main/contract/results.ts';
import { messageOf } from './notices.svelte.ts';
import { differences } from './selection.ts';

export class Comparison {
  runs = $state.raw<RunDetail[]>([]);
  state = $state<'loading' | 'ready'>('loading');
  /** why some could not be read, a line each */
  problems = $state.raw<string[]>([]);
  readonly differing = $derived(differences(this.runs.map((r) => r.config)));
  readonly #client: Client;
  #asked = '';

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads these runs; an answer that comes after another question is dropped. */
  async read(ids: readonly string[]): Promise<void> {
    const question = ids.join(',');
    this.#asked = question;
    const answers = await Promise.all(
      ids.map((run) =>
        this.#client.call('run.get', { run }).then(
          (detail) => ({ detail, problem: '' }),
          (error: unknown) => ({ detail: null, problem: messageOf(error) }),
        ),
      ),
    );
    if (this.#asked !== question) return;
    this.runs = answers.flatMap((a) => (a.detail ? [a.detail] : []));
    this.problems = answers.flatMap((a) => (a.problem ? [a.problem] : []));
    this.state = 'ready';
  }
}
