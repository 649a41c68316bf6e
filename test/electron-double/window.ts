// `BrowserWindow`, without a frame around it.
import type Electron from 'electron';
import { EventEmitter } from 'node:events';
import { Preventable, type AppDouble } from './app.ts';
import { WebContentsDouble, type World } from './web-contents.ts';

type Members =
  | 'id'
  | 'loadURL'
  | 'show'
  | 'hide'
  | 'isVisible'
  | 'focus'
  | 'isFocused'
  | 'isMinimized'
  | 'minimize'
  | 'restore'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
  | 'getTitle'
  | 'setTitle'
  | 'getSize';
type Statics = keyof Pick<typeof Electron.BrowserWindow, 'getAllWindows' | 'getFocusedWindow' | 'fromWebContents' | 'fromId'>;

/** The class of one app; a class made anew for each, because Electron's keeps its windows in statics. */
export function createWindowClass(app: AppDouble, world: World) {
  const all = new Set<WindowDouble>();
  let nextId = 1;

  class WindowDouble extends EventEmitter implements Pick<Electron.BrowserWindow, Members> {
    static getAllWindows = () => [...all];
    static getFocusedWindow = () => [...all].find((w) => w.isFocused()) ?? null;
    static fromWebContents = (contents: unknown) => [...all].find((w) => w.webContents === contents) ?? null;
    static fromId = (id: number) => [...all].find((w) => w.id === id) ?? null;

    readonly id = nextId++;
    readonly webContents: WebContentsDouble;
    readonly options: Electron.BrowserWindowConstructorOptions;
    #visible: boolean;
    #minimized = false;
    #destroyed = false;
    #title: string;

    constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
      if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
      super();
      this.options = options;
      this.#visible = options.show !== false;
      this.#title = options.title ?? app.name;
      const size = { width: options.width ?? 800, height: options.height ?? 600 };
      this.webContents = new WebContentsDouble(this.id, size, options.webPreferences?.preload, world);
      this.webContents.once('dom-ready', () => this.emit('ready-to-show'));
      this.webContents.once('destroyed', () => this.#gone());
      all.add(this);
      app.emit('browser-window-created', {}, this);
      app.emit('web-contents-created', {}, this.webContents);
    }

    loadURL = (url: string) => this.webContents.load(url);
    isVisible = () => this.#visible;
    isFocused = () => this.#visible && !this.#minimized && [...all].at(-1) === this;
    isMinimized = () => this.#minimized;
    isDestroyed = () => this.#destroyed;
    getTitle = () => this.#title;
    getSize = () => [this.options.width ?? 800, this.options.height ?? 600];
    setTitle(title: string): void {
      this.#title = title;
    }
    show(): void {
      this.#visible = true;
      this.emit('show');
    }
    hide(): void {
      this.#visible = false;
      this.emit('hide');
    }
    minimize(): void {
      this.#minimized = true;
    }
    restore(): void {
      this.#minimized = false;
    }
    focus(): void {
      all.delete(this);
      all.add(this);
    }
    close(): void {
      const event = new Preventable();
      this.emit('close', event);
      if (!event.defaultPrevented) this.destroy();
    }
    destroy(): void {
      void this.webContents.opened.then((page) => page.close());
    }
    #gone(): void {
      if (this.#destroyed) return;
      this.#destroyed = true;
      all.delete(this);
      this.emit('closed');
      if (all.size > 0) return;
      if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
      else app.quit();
    }
  }

  app.closeWindows = async () => {
    for (const window of all) {
      const event = new Preventable();
      window.emit('close', event);
      if (event.defaultPrevented) return false;
      await (await window.webContents.opened).close();
    }
    return true;
  };
  return WindowDouble satisfies Record<Statics, unknown>;
}
