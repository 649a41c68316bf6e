// What is chosen for the page, as the host keeps it. A choice shows at once, and goes back where it could not be kept.
import type { CallInput, Client } from '../../main/contract/calls.ts';
import { settingsFrom, type Settings } from '../../main/contract/settings.ts';
import type { Notices } from './notices.svelte.ts';

type Patch = CallInput<'settings.set'>;

export class SettingsState {
  /** read from the host at least once */
  ready = $state(false);
  #kept = $state.raw<Settings>(settingsFrom(() => undefined));
  /** chosen, not yet known to be kept, oldest first */
  #chosen = $state.raw<readonly Patch[]>([]);
  readonly current: Settings = $derived.by(() => Object.assign({}, this.#kept, ...this.#chosen) as Settings);
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
      this.#kept = settings;
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

  /** Keeps these; whether that was done. They are kept one after the other, in the order in which they were chosen. */
  set(patch: Patch): Promise<boolean> {
    this.#chosen = [...this.#chosen, patch];
    const done = this.#before.then(() => this.#keep(patch));
    this.#before = done;
    return done;
  }

  async #keep(patch: Patch): Promise<boolean> {
    try {
      this.#kept = await this.#client.call('settings.set', patch);
      return true;
    } catch (error) {
      this.#notices.failed(error);
      return false;
    } finally {
      this.#chosen = this.#chosen.filter((p) => p !== patch);
    }
  }
}
