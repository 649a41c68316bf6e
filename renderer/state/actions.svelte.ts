// What can be done to runs from anywhere: rename, tag, note, delete and take that back. One dialog at a time asks for what is needed.
import type { Client } from '../../main/contract/calls.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { plural } from '../text.ts';
import type { Notice, Notices } from './notices.svelte.ts';

export type RunAction = 'rename' | 'tags' | 'note' | 'delete';
type Some = RunSummary | readonly RunSummary[];
const listOf = (runs: Some): readonly RunSummary[] => ('id' in runs ? [runs] : runs);
const named = (runs: readonly RunSummary[]) => (runs.length === 1 ? `“${runs[0].name}”` : plural(runs.length, 'run'));
/** Deleting one of these stops it. */
export const atWork = (run: RunSummary): boolean => run.state === 'running' || run.state === 'queued' || run.state === 'paused';

export class RunActions {
  /** what is being asked, about which runs; names and notes are asked of one */
  asked = $state.raw<{ action: RunAction; runs: readonly RunSummary[]; note: string } | null>(null);
  busy = $state(false);
  #client: Client;
  #notices: Notices;
  /** ids of the last delete, until it is taken back */
  #deleted: string[] = [];
  #offer: Notice['action'];

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** Asks for what is needed. To the trash runs go at once: that can be taken back. Only what is at work, and would stop, is asked for. */
  async ask(action: RunAction, some: Some): Promise<void> {
    const runs = listOf(some);
    if (runs.length === 0) return;
    if (action === 'delete' && !runs.some(atWork)) return void (await this.remove(runs));
    const note = action === 'note' ? await this.#try(async () => (await this.#client.call('run.get', { run: runs[0].id })).note) : '';
    if (note !== null) this.asked = { action, runs, note };
  }

  close(): void {
    this.asked = null;
  }

  rename = (run: RunSummary, name: string) =>
    this.#do(`Renamed to “${name}”.`, () => this.#client.call('run.rename', { run: run.id, name }));
  note = (run: RunSummary, note: string) => this.#do('Note saved.', () => this.#client.call('run.note', { run: run.id, note }));
  cancel = (run: RunSummary) =>
    this.#do(`Stopping “${run.name}”; what is done is kept.`, () => this.#client.call('run.cancel', { run: run.id }));
  pause = (run: RunSummary) => this.#do(`Pausing “${run.name}”.`, () => this.#client.call('run.pause', { run: run.id }));
  resume = (run: RunSummary) => this.#do(`Resuming “${run.name}”.`, () => this.#client.call('run.resume', { run: run.id }));
  tag = (runs: readonly RunSummary[], add: string[], remove: string[]) =>
    this.#do(runs.length === 1 ? 'Tags saved.' : `Tags of ${plural(runs.length, 'run')} saved.`, () =>
      this.#client.call('run.tag', { runs: runs.map((r) => r.id), add, remove }),
    );

  /** Into the trash; the notice offers to take it back. */
  remove(runs: readonly RunSummary[]): Promise<boolean> {
    this.#offer = { label: 'Undo', run: () => void this.undo() };
    return this.#do(
      `${named(runs)} deleted.`,
      async () => {
        this.#deleted = (await this.#client.call('run.delete', { runs: runs.map((r) => r.id) })).ids;
      },
      this.#offer,
    );
  }

  /** Takes the last delete back; nothing where there is none. */
  async undo(): Promise<void> {
    const runs = this.#deleted;
    if (runs.length === 0 || this.busy) return;
    this.#deleted = [];
    this.#notices.withdraw(this.#offer);
    const done = await this.#do(`${plural(runs.length, 'run')} restored.`, () => this.#client.call('run.restore', { runs }));
    if (!done) this.#deleted = runs;
  }

  /** Says what was done only once the host has answered; the dialog stays open where it failed. */
  async #do(said: string, work: () => Promise<unknown>, offer?: Notice['action']): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const result = await this.#try(async () => (await work(), true));
    this.busy = false;
    if (!result) return false;
    this.close();
    this.#notices.done(said, offer);
    return true;
  }

  async #try<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.#notices.failed(error);
      return null;
    }
  }
}
