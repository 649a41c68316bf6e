// A run's note while it is written: sent a moment after the last key, and called saved only once the host has answered.
import type { Client } from '../../main/contract/calls.ts';
import { messageOf } from './notices.svelte.ts';

const waitMs = 800;

export class NoteDraft {
  text = $state('');
  /** unsaved: typed and not yet sent */
  state = $state<'clean' | 'unsaved' | 'saving' | 'saved' | 'failed'>('clean');
  reason = $state('');
  #client: Client;
  #run = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The note as the host has it; what is being written is not overwritten. */
  take(run: string, note: string): void {
    if (run === this.#run && this.state !== 'clean' && this.state !== 'saved') return;
    if (run !== this.#run) this.state = 'clean';
    this.#run = run;
    if (this.text !== note) this.text = note;
  }

  write(text: string): void {
    this.text = text;
    this.state = 'unsaved';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), waitMs);
  }

  /** Sends what is not saved yet. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    if (this.state !== 'unsaved' && this.state !== 'failed') return;
    this.#sending = this.#send();
    await this.#sending;
    this.#sending = null;
  }

  async #send(): Promise<void> {
    const note = this.text;
    this.state = 'saving';
    try {
      await this.#client.call('run.note', { run: this.#run, note });
      // Typed on meanwhile: the timer of the last key will send that.
      if (this.text === note) this.state = 'saved';
    } catch (error) {
      this.reason = messageOf(error);
      this.state = 'failed';
    }
  }
}
