// Table I of the runs that are compared.
import type { Client } from '../../main/contract/calls.ts';
import type { Correlation, Table1, Table1Row } from '../../main/contract/sweeps.ts';
import { messageOf } from './notices.svelte.ts';

/** Rows of Table I in the order of interest, as they are called beside the figure. */
const interest: [Table1Row, string][] = [
  ['Avg. CKA (Test)', 'mean CKA, test'],
  ['CKA (Test)', 'last layer, test'],
  ['CKA (Train)', 'last layer, train'],
  ['Aug.', 'augment'],
  ['Momentum', 'momentum'],
  ['Skip', 'skip'],
  ['LR', 'learning rate'],
  ['Batch Size', 'batch size'],
];

export class Correlations {
  table = $state.raw<Table1 | null>(null);
  reason = $state('');
  #client: Client;
  #asked = '';

  constructor(client: Client) {
    this.#client = client;
  }

  /** those with test accuracy that are defined, at most five */
  readonly strip = $derived.by((): { name: string; of: Correlation }[] =>
    interest
      .flatMap(([row, name]) => {
        const of = this.table?.correlations.find((c) => c.row === row && c.column === 'Test Acc.');
        return of?.r == null ? [] : [{ name, of }];
      })
      .slice(0, 5),
  );

  async ask(runs: readonly string[], least: number | null): Promise<void> {
    const question = JSON.stringify([runs, least]);
    if (question === this.#asked) return;
    this.#asked = question;
    try {
      const table =
        runs.length === 0
          ? null
          : await this.#client.call('sweep.table1', { runs: [...runs], ...(least !== null && { minTrainAccuracy: least }) });
      if (this.#asked !== question) return;
      this.table = table;
      this.reason = '';
    } catch (error) {
      if (this.#asked === question) this.reason = messageOf(error);
    }
  }
}
