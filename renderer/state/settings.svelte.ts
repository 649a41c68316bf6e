// What is chosen for the page, as the host keeps it; shown as chosen only once it is kept.
import type { CallInput, Client } from '../../main/contract/calls.ts';
import { settingsFrom, type Settings } from '../../main/contract/settings.ts';
import type { Notices } from './notices.svelte.ts';

type Patch = CallInput<'settings.set'>;

export class SettingsState {
  current = $state.raw<Settings>(settingsFrom(() => undefined));
  /** read from the host at least once */
  ready = $state(false);
  #before: Promise<unknown> = Promise.resolve();
  readonly #client: Client;
  readonly #notices: Notices;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** Follows the host; `heard` is called with what it keeps, whenever that is read or changes. Call the result to stop. */
  start(heard: (settings: Settings) => void): () => void {
    const take = (settings: Settings) => {
      this.current = settings;
      this.ready = true;
      heard(settings);
    };
    const read = async () => {
      try {
        take(await this.#client.call('settings.get', {}));
      } catch (error) {
        this.#notices.failed(error);
      }
    };
    const stops = [this.#client.onLink((up) => up && void read()), this.#client.on('settings.changed', take)];
    return () => stops.forEach((stop) => stop());
  }

  /** Keeps these; whether that was done. One after the other: what depends on what is chosen by then comes as a function, so that a
   *  second change that follows fast builds on the first. */
  set(patch: Patch | (() => Patch)): Promise<boolean> {
    const done = this.#before.then(() => this.#keep(patch));
    this.#before = done;
    return done;
  }

  async #keep(patch: Patch | (() => Patch)): Promise<boolean> {
    try {
      this.current = await this.#client.call('settings.set', typeof patch === 'function' ? patch() : patch);
      return true;
    } catch (error) {
      this.#notices.failed(error);
      return false;
    }
  }
}
