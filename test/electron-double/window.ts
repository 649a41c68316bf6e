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
  | 'blur'
  | 'isFocused'
  | 'isMinimized'
  | 'minimize'
  | 'restore'
  | 'isMaximized'
  | 'maximize'
  | 'unmaximize'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
  | 'getTitle'
  | 'setTitle'
  | 'getSize'
  | 'getBounds'
  | 'getNormalBounds'
  | 'setBounds'
  | 'setProgressBar';
type Statics = keyof Pick<typeof Electron.BrowserWindow, 'getAllWindows' | 'getFocusedWindow' | 'fromWebContents' | 'fromId'>;

/** The class of one app; a class made anew for each, because Electron's keeps its windows in statics. */
export function createWindowClass(app: AppDouble, world: World) {
  const all = new Set<WindowDouble>();
  let focused: WindowDouble | null = null;
  const take = (window: WindowDouble) => (focused = window);
  let nextId = 1;

  class WindowDouble extends EventEmitter implements Pick<Electron.BrowserWindow, Members> {
    static getAllWindows = () => [...all];
    static getFocusedWindow = () => focused;
    static fromWebContents = (contents: unknown) => [...all].find((w) => w.webContents === contents) ?? null;
    static fromId = (id: number) => [...all].find((w) => w.id === id) ?? null;

    readonly id = nextId++;
    readonly webContents: WebContentsDouble;
    readonly options: Electron.BrowserWindowConstructorOptions;
    /** as `setProgressBar` was given them last */
    progress: { value: number; mode: string | undefined } = { value: -1, mode: undefined };
    #bounds: Electron.Rectangle;
    #visible: boolean;
    #minimized = false;
    #maximized = false;
    #destroyed = false;
    #title: string;

    constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
      if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
      super();
      this.options = options;
      this.#visible = options.show !== false;
      this.#title = options.title ?? app.name;
      const size = { width: options.width ?? 800, height: options.height ?? 600 };
      this.#bounds = { x: options.x ?? 100, y: options.y ?? 80, ...size };
      this.webContents = new WebContentsDouble(this.id, size, options.webPreferences?.preload, world);
      this.webContents.once('dom-ready', () => this.emit('ready-to-show'));
      this.webContents.once('destroyed', () => this.#gone());
      all.add(this);
      app.emit('browser-window-created', {}, this);
      app.emit('web-contents-created', {}, this.webContents);
    }

    loadURL = (url: string) => this.webContents.loadURL(url);
    isVisible = () => this.#visible;
    isFocused = () => focused === this;
    isMinimized = () => this.#minimized;
    isMaximized = () => this.#maximized;
    isDestroyed = () => this.#destroyed;
    getTitle = () => this.#title;
    getSize = () => [this.getBounds().width, this.getBounds().height];
    getNormalBounds = () => ({ ...this.#bounds });
    getBounds = () => (this.#maximized ? { x: 0, y: 0, width: 1920, height: 1040 } : { ...this.#bounds });
    setBounds(bounds: Partial<Electron.Rectangle>): void {
      this.#bounds = { ...this.#bounds, ...bounds };
      void this.webContents.resize(this.#bounds);
      if ('x' in bounds || 'y' in bounds) this.emit('move');
      if ('width' in bounds || 'height' in bounds) this.emit('resize');
    }
    setProgressBar(value: number, options?: Electron.ProgressBarOptions): void {
      this.progress = { value, mode: options?.mode };
    }
    setTitle(title: string): void {
      this.#title = title;
    }
    show(): void {
      this.#visible = true;
      this.emit('show');
      this.focus();
    }
    hide(): void {
      this.#visible = false;
      this.emit('hide');
      this.blur();
    }
    minimize(): void {
      this.#minimized = true;
      this.blur();
    }
    restore(): void {
      this.#minimized = false;
    }
    maximize(): void {
      this.#maximized = true;
      this.emit('maximize');
    }
    unmaximize(): void {
      this.#maximized = false;
      this.emit('unmaximize');
    }
    focus(): void {
      if (focused === this || !this.#visible || this.#minimized) return;
      focused?.blur();
      take(this);
      this.emit('focus');
    }
    blur(): void {
      if (focused !== this) return;
      focused = null;
      this.emit('blur');
    }
    close(): void {
      const event = new Preventable();
      this.emit('close', event);
      if (!event.defaultPrevented) this.destroy();
    }
    destroy(): void {
      void this.webContents.end();
    }
    #gone(): void {
      if (this.#destroyed) return;
      this.#destroyed = true;
      if (focused === this) focused = null;
      all.delete(this);
      this.emit('closed');
      if (all.size > 0 || app.isQuitting()) return;
      if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
      else app.quit();
    }
  }

  app.closeWindows = async () => {
    for (const window of all) {
      const event = new Preventable();
      window.emit('close', event);
      if (event.defaultPrevented) return false;
      await window.webContents.end();
    }
    return true;
  };
  return WindowDouble satisfies Record<Statics, unknown>;
}
