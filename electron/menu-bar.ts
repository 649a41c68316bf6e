// The menu bar as things change: what the page takes, which libraries there are, which theme holds.
import { app, nativeTheme } from 'electron';
import type { Settings } from '../main/contract/settings.ts';
import type { Libraries } from './libraries.ts';
import { setMenu, type MenuState } from './menu.ts';
import type { Opener } from './open-path.ts';
import type { PageLink } from './page-link.ts';
import type { Workplace } from './workplace.ts';

export interface MenuBarOptions {
  workplace: Workplace;
  libraries: Libraries;
  link: PageLink;
  opener: Opener;
  /** folder of the log */
  logs: string;
  say(line: string): void;
}

/** Draws the menu whenever the page offers other commands; `takeTheme` is to be called with the library's setting, and when that changes. */
export function keepMenu({ workplace, libraries, link, opener, logs, say }: MenuBarOptions): { takeTheme(theme: Settings['theme']): void } {
  let theme: Settings['theme'] = 'system';
  let drawn = '';
  const failed = (error: unknown) => say(`a dialog failed: ${String(error)}`);
  const draw = () => {
    const state: MenuState = {
      library: workplace.now.library,
      recent: libraries.recent(),
      theme,
      offered: link.offered(),
      packaged: app.isPackaged,
      mac: process.platform === 'darwin',
    };
    const key = JSON.stringify({ ...state, offered: [...state.offered] });
    if (key === drawn) return; // a menu that is open closes when it is replaced
    drawn = key;
    setMenu(state, {
      ask: (command) => {
        link.send({ do: command });
        // A click has marked the theme that is wished for; the one that holds is marked until the wish is granted.
        if (command.startsWith('theme-')) {
          drawn = '';
          draw();
        }
      },
      chooseLibrary: () => void opener.chooseLibrary().catch(failed),
      openLibrary: (dir) => void opener.openLibrary(dir),
      forgetLibraries: () => {
        libraries.forget();
        draw();
      },
      importBundles: () => void opener.chooseBundles().catch(failed),
      logs,
    });
  };
  link.onOffer(draw);
  return {
    /** Dialogs, menus and the page's own idea of the system follow the setting. */
    takeTheme(chosen) {
      theme = nativeTheme.themeSource = chosen;
      draw();
    },
  };
}
