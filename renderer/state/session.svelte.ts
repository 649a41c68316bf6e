// What every view shares: the way to the host, the address, the theme, the library, messages.
import { localTimes } from '../text.ts';
import { createContext } from 'svelte';
import type { CallResults, Client } from '../../main/contract/calls.ts';
import type { Desktop } from '../../main/contract/desktop.ts';
import { bundleExtension } from '../../main/contract/bundles.ts';
import { RunActions } from './actions.svelte.ts';
import { Drops } from './drops.svelte.ts';
import { Exchange } from './exchange.svelte.ts';
import { FigureFiles } from './figure-files.svelte.ts';
import { Library } from './library.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Commands } from './commands.svelte.ts';
import { Router } from './router.svelte.ts';
import { SettingsState } from './settings.svelte.ts';
import { Theme } from './theme.svelte.ts';

/** A first connection that takes longer than this is called lost. */
const patienceMs = 2000;

export class Session {
  readonly client: Client;
  /** null in a browser */
  readonly desktop: Desktop | null;
  readonly router = new Router();
  readonly theme = new Theme();
  readonly notices = new Notices();
  readonly figures = new FigureFiles(this.notices);
  readonly library: Library;
  readonly settings: SettingsState;
  readonly commands = new Commands();
  readonly actions: RunActions;
  /** bundles and datasets on their way */
  readonly exchange: Exchange;
  /** what may be dropped on the window */
  readonly drops: Drops;
  link = $state<'connecting' | 'up' | 'lost'>('connecting');
  info = $state.raw<CallResults['app.info'] | null>(null);

  constructor(client: Client, desktop: Desktop | null) {
    this.client = client;
    this.desktop = desktop;
    this.library = new Library(client);
    this.settings = new SettingsState(client, this.notices);
    this.actions = new RunActions(client, this.notices);
    this.exchange = new Exchange(client, desktop, this.notices);
    this.drops = new Drops(this.notices);
    this.drops.on(bundleExtension, {
      what: `bundles of runs (${bundleExtension})`,
      take: (files) => void this.exchange.importBundles(files),
    });
    this.drops.on('.svg', {
      what: 'a figure that was exported (.svg)',
      take: ([{ name, file }]) => void this.figures.open(new File([file], name)),
    });
  }

  /** Follows address, system theme, link and library; call the result to stop. */
  start(): () => void {
    const late = setTimeout(() => this.link === 'connecting' && (this.link = 'lost'), patienceMs);
    const follow = (up: boolean) => {
      if (up) {
        this.link = 'up';
        void this.#greet();
      } else if (this.link === 'up') this.link = 'lost';
    };
    const stops = [this.router.start(), this.theme.start(), this.library.start(), this.client.onLink(follow)];
    stops.push(
      this.settings.start(({ theme }) => this.theme.take(theme)),
      this.exchange.start(),
    );
    return () => {
      clearTimeout(late);
      stops.forEach((stop) => stop());
    };
  }

  async #greet(): Promise<void> {
    try {
      const info = await this.client.call('app.info', {});
      this.info = { ...info, readOnlyReason: info.readOnlyReason && localTimes(info.readOnlyReason) };
    } catch (error) {
      this.notices.failed(error);
    }
  }
}

export const [session, provideSession] = createContext<Session>();
