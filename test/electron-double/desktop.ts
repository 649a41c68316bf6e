// Menus, dialogs and what else the desktop gives.
import type Electron from 'electron';
import { EventEmitter } from 'node:events';

type Template = Electron.MenuItemConstructorOptions;

export class MenuItemDouble {
  readonly id: string | undefined;
  readonly label: string;
  readonly role: Template['role'];
  readonly accelerator: Template['accelerator'];
  readonly type: NonNullable<Template['type']>;
  enabled: boolean;
  checked: boolean;
  readonly submenu: MenuDouble | undefined;
  /** radio buttons beside it, itself included */
  group: readonly MenuItemDouble[] = [];
  readonly #click: Template['click'];
  constructor(options: Template) {
    this.id = options.id;
    this.label = options.label ?? options.role ?? '';
    this.role = options.role;
    this.accelerator = options.accelerator;
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal');
    this.enabled = options.enabled ?? true;
    this.checked = options.checked ?? false;
    this.submenu = Array.isArray(options.submenu) ? MenuDouble.buildFromTemplate(options.submenu) : undefined;
    this.#click = options.click;
  }
  /** As from a person: nothing where it is greyed out; a radio button is checked before anyone hears of it. */
  click(): void {
    if (!this.enabled) return;
    if (this.type === 'radio') for (const item of this.group) item.checked = item === this;
    (this.#click as (() => void) | undefined)?.();
  }
}

export class MenuDouble {
  static #application: MenuDouble | null = null;
  readonly items: MenuItemDouble[];
  constructor(items: MenuItemDouble[] = []) {
    this.items = items;
    let group: MenuItemDouble[] = [];
    for (const item of items) {
      if (item.type !== 'radio') group = [];
      else {
        group.push(item);
        item.group = group;
      }
    }
  }
  static buildFromTemplate(template: Template[]): MenuDouble {
    return new MenuDouble(template.map((t) => new MenuItemDouble(t)));
  }
  static setApplicationMenu(menu: MenuDouble | null): void {
    MenuDouble.#application = menu;
  }
  static getApplicationMenu(): MenuDouble | null {
    return MenuDouble.#application;
  }
  getMenuItemById(id: string): MenuItemDouble | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}

type Dialogs = Pick<Electron.Dialog, 'showSaveDialog' | 'showOpenDialog' | 'showMessageBox' | 'showErrorBox'>;
const unanswered = (name: string) => async (): Promise<never> => {
  throw new Error(`dialog.${name}: a test has to set its answer first`);
};
/** A test answers by replacing a method, as Playwright's documentation does with the real Electron. */
export const createDialog = (): Dialogs => ({
  showSaveDialog: unanswered('showSaveDialog'),
  showOpenDialog: unanswered('showOpenDialog'),
  showMessageBox: unanswered('showMessageBox'),
  showErrorBox: (title, content) => console.error(`${title}: ${content}`),
});

/** What was opened outside the app, for tests to see. */
export class ShellDouble implements Pick<Electron.Shell, 'openExternal' | 'openPath' | 'showItemInFolder'> {
  readonly opened: string[] = [];
  async openExternal(url: string): Promise<void> {
    this.opened.push(url);
  }
  async openPath(file: string): Promise<string> {
    this.opened.push(file);
    return '';
  }
  showItemInFolder(file: string): void {
    this.opened.push(file);
  }
}

export class NativeThemeDouble extends EventEmitter implements Pick<Electron.NativeTheme, 'shouldUseDarkColors' | 'themeSource'> {
  readonly shouldUseDarkColors = false;
  themeSource: Electron.NativeTheme['themeSource'] = 'system';
}
