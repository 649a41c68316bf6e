// The menu bar. What the page can do by itself stays in the page: its items only ask for the page's own commands.
import { app, Menu, shell, type MenuItemConstructorOptions } from 'electron';
import path from 'node:path';
import type { MenuCommand } from '../main/contract/desktop.ts';

type Item = MenuItemConstructorOptions;

export interface MenuState {
  /** of the library that is open, and those before it */
  library: string;
  recent: readonly string[];
  theme: 'system' | 'light' | 'dark';
  /** what the page in front takes now */
  offered: ReadonlySet<MenuCommand>;
  /** false: changed code can be loaded again, and looked into */
  packaged: boolean;
  mac: boolean;
}
export interface MenuDoings {
  ask(command: MenuCommand): void;
  chooseLibrary(): void;
  openLibrary(dir: string): void;
  forgetLibraries(): void;
  importBundles(): void;
  logs: string;
}

/** A folder as it is told from the others: its name, and where it lies. */
const named = (dir: string) => `${path.basename(dir)} — ${path.dirname(dir)}`.replaceAll('&', '&&');

export function menuTemplate(s: MenuState, d: MenuDoings): Item[] {
  /** An item for a command of the page. `always`: the page takes it whatever it shows */
  const of = (command: MenuCommand, label: string, more: Partial<Item> = {}): Item => ({
    id: command,
    label,
    click: () => d.ask(command),
    ...more,
  });
  const whileOffered = (command: MenuCommand, label: string, more: Partial<Item> = {}) =>
    of(command, label, { enabled: s.offered.has(command), ...more });
  const line: Item = { type: 'separator' };
  const about: Item = { role: 'about' };
  const settings = of('settings', 'Settings…', { accelerator: 'CmdOrCtrl+,' });
  const others = s.recent.filter((dir) => dir !== s.library);

  const appMenu: Item = {
    label: app.name,
    submenu: [
      about,
      line,
      settings,
      line,
      { role: 'services' },
      line,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      line,
      { role: 'quit' },
    ],
  };
  const recent: Item = {
    id: 'recent',
    label: 'Open &Recent',
    enabled: others.length > 0,
    submenu: [
      ...others.map((dir): Item => ({ label: named(dir), click: () => d.openLibrary(dir) })),
      line,
      { id: 'forget', label: 'Clear List', click: () => d.forgetLibraries() },
    ],
  };
  const file: Item = {
    label: '&File',
    submenu: [
      of('new', 'New Experiment', { accelerator: 'CmdOrCtrl+N' }),
      line,
      { id: 'open-library', label: 'Open Library…', accelerator: 'CmdOrCtrl+O', click: () => d.chooseLibrary() },
      recent,
      { id: 'folder', label: 'Show Library Folder', click: () => void shell.openPath(s.library) },
      line,
      { id: 'import', label: 'Import Runs…', accelerator: 'CmdOrCtrl+I', click: () => d.importBundles() },
      whileOffered('export', 'Export…', { accelerator: 'CmdOrCtrl+E' }),
      line,
      ...(s.mac ? [] : [settings, line]),
      { role: s.mac ? 'close' : 'quit' },
    ],
  };
  const themes: Item = {
    label: 'Theme',
    submenu: (['system', 'light', 'dark'] as const).map((theme) =>
      of(`theme-${theme}`, { system: 'As the System', light: 'Light', dark: 'Dark' }[theme], { type: 'radio', checked: s.theme === theme }),
    ),
  };
  const view: Item = {
    label: '&View',
    submenu: [
      of('library', 'Library', { accelerator: 'CmdOrCtrl+1' }),
      of('compare', 'Compare', { accelerator: 'CmdOrCtrl+2' }),
      of('reproduce', 'Reproduce the Paper', { accelerator: 'CmdOrCtrl+3' }),
      of('datasets', 'Datasets', { accelerator: 'CmdOrCtrl+4' }),
      of('devices', 'Devices', { accelerator: 'CmdOrCtrl+5' }),
      line,
      themes,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      ...(s.packaged ? [] : [line, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
    ],
  };
  const run: Item = {
    label: '&Run',
    submenu: [whileOffered('pause', 'Pause'), whileOffered('resume', 'Resume'), line, whileOffered('cancel', 'Cancel the Run')],
  };
  const help: Item = {
    role: 'help',
    label: '&Help',
    submenu: [
      of('help', 'What the Numbers Mean', { accelerator: 'F1' }),
      of('keys', 'Keyboard Shortcuts'),
      line,
      { id: 'logs', label: 'Open Log Folder', click: () => void shell.openPath(d.logs) },
      ...(s.mac ? [] : [line, about]),
    ],
  };
  return [...(s.mac ? [appMenu] : []), file, { role: 'editMenu' }, view, run, { role: 'windowMenu' }, help];
}

/** Builds the menu anew, which the system shows from then on; items of a menu that is there can only be enabled and checked. */
export function setMenu(state: MenuState, doings: MenuDoings): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(state, doings)));
}
