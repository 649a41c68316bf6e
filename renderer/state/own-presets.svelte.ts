// A person's own presets: the form is kept under a name, or a kept one is let go. One dialog at a time asks.
import type { Client, PresetInfo } from '../../main/contract/calls.ts';
import type { Experiment } from './experiment.svelte.ts';
import { messageOf, type Notices } from './notices.svelte.ts';
import type { Router } from './router.svelte.ts';

export class OwnPresets {
  asked = $state.raw<{ what: 'save' } | { what: 'remove'; preset: PresetInfo } | null>(null);
  busy = $state(false);
  problem = $state('');
  #client: Client;
  #form: Experiment;
  #router: Router;
  #notices: Notices;

  constructor(client: Client, form: Experiment, router: Router, notices: Notices) {
    this.#client = client;
    this.#form = form;
    this.#router = router;
    this.#notices = notices;
  }

  ask(asked: NonNullable<OwnPresets['asked']>): void {
    this.problem = '';
    this.asked = asked;
  }
  close(): void {
    this.asked = null;
  }

  async save(name: string): Promise<void> {
    const form = this.#form;
    const what = form.isSweep ? { sweep: form.spec } : { config: { ...form.config, name: '' } };
    if (await this.#try(() => this.#client.call('presets.save', { name, ...what }))) {
      this.#router.go({ view: 'new', params: { preset: name } });
      this.#notices.done(`Kept as “${name}”.`);
    }
  }
  async remove({ name, title }: PresetInfo): Promise<void> {
    if (!(await this.#try(() => this.#client.call('presets.remove', { name })))) return;
    if (this.#form.preset?.name === name) this.#router.go({ view: 'new' });
    this.#notices.done(`Removed “${title}”.`);
  }

  async #try(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      await work();
      this.asked = null;
      return true;
    } catch (error) {
      this.problem = messageOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
