// `app`: the life of the program, in Electron's order.
import type Electron from 'electron';
import { EventEmitter } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { InstanceLock } from './instance-lock.ts';

type Members =
  | 'isReady'
  | 'whenReady'
  | 'quit'
  | 'exit'
  | 'getAppPath'
  | 'getPath'
  | 'setPath'
  | 'getName'
  | 'getVersion'
  | 'getLocale'
  | 'requestSingleInstanceLock'
  | 'hasSingleInstanceLock'
  | 'enableSandbox'
  | 'setAppUserModelId'
  | 'setDesktopName'
  | 'setAboutPanelOptions'
  | 'addRecentDocument'
  | 'clearRecentDocuments'
  | 'setBadgeCount'
  | 'getBadgeCount'
  | 'isPackaged'
  | 'name';

export interface Setup {
  appDir: string;
  userData: string;
  name: string;
  version: string;
  isPackaged: boolean;
}

/** An event that a listener may hold up. */
export class Preventable {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export class AppDouble extends EventEmitter implements Pick<Electron.App, Members> {
  isPackaged = false;
  name = '';
  readonly #ready = Promise.withResolvers<void>();
  #isReady = false;
  #quitting = false;
  #setup: Setup | undefined;
  #paths = new Map<string, string>();
  #lock: InstanceLock | null = null;
  #badge = 0;
  /** set by the app; recorded only */
  readonly #switches = new Map<string, string>();
  readonly commandLine: Pick<Electron.CommandLine, 'hasSwitch' | 'getSwitchValue' | 'appendSwitch'> = {
    hasSwitch: (name) => this.#switches.has(name) || process.argv.some((a) => a === `--${name}` || a.startsWith(`--${name}=`)),
    getSwitchValue: (name) =>
      this.#switches.get(name) ?? process.argv.findLast((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '',
    appendSwitch: (name, value = '') => {
      // Electron takes it then, too, but Chromium has been started.
      if (this.#isReady) throw new Error(`the switch ${name} is set after the app is ready, where it has no effect`);
      this.#switches.set(name, value);
    },
  };
  /** closes every window; answers whether all of them went */
  closeWindows: () => Promise<boolean> = async () => true;
  /** ends what was started beside this process */
  cleanUp: () => Promise<void> = async () => undefined;

  /** Before the app's own main is loaded. */
  prepare(setup: Setup): void {
    this.#setup = setup;
    this.isPackaged = setup.isPackaged;
    this.name = setup.name;
    const { userData } = setup;
    const own = { userData, documents: userData, downloads: userData, logs: path.join(userData, 'logs'), sessionData: userData };
    this.#lock = new InstanceLock(userData);
    this.#paths = new Map(
      Object.entries({ ...own, temp: os.tmpdir(), home: os.homedir(), appData: path.dirname(userData), exe: process.execPath }),
    );
  }

  /** After the app's own main was evaluated: `ready`. */
  becomeReady(): void {
    this.#isReady = true;
    this.emit('will-finish-launching');
    this.emit('ready');
    this.#ready.resolve();
  }

  isReady = () => this.#isReady;
  /** while it quits, closed windows end in `will-quit`, not in `window-all-closed` */
  isQuitting = () => this.#quitting;
  whenReady = () => this.#ready.promise;
  getName = () => this.name;
  getVersion = () => this.#setup?.version ?? '';
  getLocale = () => 'en-US';
  getAppPath = () => this.#setup?.appDir ?? '';
  /** As Electron's: a lock a user data folder; who comes second hands its command line over. */
  requestSingleInstanceLock(data?: unknown): boolean {
    const heard = (argv: string[], cwd: string, given: unknown) => this.emit('second-instance', {}, argv, cwd, given);
    return this.#lock?.request(data, heard) ?? true;
  }
  hasSingleInstanceLock = () => this.#lock?.held ?? false;
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
  }
  setAppUserModelId(): void {}
  setDesktopName(): void {}
  setAboutPanelOptions(): void {}
  addRecentDocument(): void {}
  clearRecentDocuments(): void {}
  setBadgeCount(count = 0): boolean {
    this.#badge = count;
    return true;
  }
  getBadgeCount = () => this.#badge;
  getPath(name: string): string {
    const found = this.#paths.get(name);
    if (found === undefined) throw new Error(`Failed to get '${name}' path`);
    return found;
  }
  setPath(name: string, file: string): void {
    this.#paths.set(name, file);
  }

  /** before-quit, the windows, will-quit, quit: each may hold it up as in Electron. */
  quit(): void {
    if (!this.#quitting) void this.#quit();
  }
  async #quit(): Promise<void> {
    this.#quitting = true;
    for (const step of ['before-quit', 'windows', 'will-quit'] as const) {
      const event = new Preventable();
      if (step === 'windows') {
        if (!(await this.closeWindows())) event.preventDefault();
      } else this.emit(step, event);
      if (event.defaultPrevented) {
        this.#quitting = false;
        return;
      }
    }
    this.emit('quit', new Preventable(), 0);
    this.exit(0);
  }
  exit(code = 0): void {
    this.#lock?.release();
    void this.cleanUp().finally(() => process.exit(code));
  }
}
