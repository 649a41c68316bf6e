// What can be done to a run from anywhere: rename, tag, note, delete. One dialog at a time asks for what is needed.
import type { Client } from '../../main/contract/calls.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import type { Notices } from './notices.svelte.ts';

export type RunAction = 'rename' | 'tags' | 'note' | 'delete';

export class RunActions {
  /** what is being asked, about which run */
  asked = $state.raw<{ action: RunAction; run: RunSummary; note: string } | null>(null);
  busy = $state(false);
  #client: Client;
  #notices: Notices;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  async ask(action: RunAction, run: RunSummary): Promise<void> {
    const note = action === 'note' ? await this.#try(async () => (await this.#client.call('run.get', { run: run.id })).note) : '';
    if (note !== null) this.asked = { action, run, note };
  }

  close(): void {
    this.asked = null;
  }

  rename = (run: RunSummary, name: string) =>
    this.#do(`Renamed to “${name}”.`, () => this.#client.call('run.rename', { run: run.id, name }));
  note = (run: RunSummary, note: string) => this.#do('Note saved.', () => this.#client.call('run.note', { run: run.id, note }));
  remove = (run: RunSummary) => this.#do(`Deleted “${run.name}”.`, () => this.#client.call('run.delete', { runs: [run.id] }));
  cancel = (run: RunSummary) =>
    this.#do(`Stopping “${run.name}”; what is done is kept.`, () => this.#client.call('run.cancel', { run: run.id }));
  pause = (run: RunSummary) => this.#do(`Pausing “${run.name}”.`, () => this.#client.call('run.pause', { run: run.id }));
  resume = (run: RunSummary) => this.#do(`Resuming “${run.name}”.`, () => this.#client.call('run.resume', { run: run.id }));
  tag(run: RunSummary, tags: readonly string[]): Promise<boolean> {
    const add = tags.filter((t) => !run.tags.includes(t));
    const remove = run.tags.filter((t) => !tags.includes(t));
    return this.#do('Tags saved.', () => this.#client.call('run.tag', { runs: [run.id], add, remove }));
  }

  /** Says what was done only once the host has answered; the dialog stays open where it failed. */
  async #do(said: string, work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const result = await this.#try(async () => (await work(), true));
    this.busy = false;
    if (!result) return false;
    this.close();
    this.#notices.done(said);
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
