// What the desktop around the app gives: screens, notifications, an icon in the tray, sleep and shutdown, crash dumps.
import type Electron from 'electron';
import { EventEmitter } from 'node:events';
import type { MenuDouble } from './desktop.ts';

const area = { x: 0, y: 0, width: 1920, height: 1080 };
type Display = Pick<Electron.Display, 'id' | 'bounds' | 'workArea' | 'scaleFactor'>;
/** One screen, with a bar of 40 pixels at its lower edge. A test replaces a method where it wants others. */
export class ScreenDouble
  extends EventEmitter
  implements Record<keyof Pick<Electron.Screen, 'getPrimaryDisplay' | 'getAllDisplays'>, unknown>
{
  getPrimaryDisplay = (): Display => ({ id: 1, bounds: area, workArea: { ...area, height: 1040 }, scaleFactor: 1 });
  getAllDisplays = () => [this.getPrimaryDisplay()];
}

/** Shown to nobody; a test clicks with `emit('click')`, as it can in Electron. */
export class NotificationDouble extends EventEmitter implements Pick<Electron.Notification, 'show' | 'close' | 'title' | 'body'> {
  static isSupported = () => true;
  title: string;
  body: string;
  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super();
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }
  show(): void {
    this.emit('show');
  }
  close(): void {
    this.emit('close');
  }
}

export class NativeImageDouble implements Pick<Electron.NativeImage, 'isEmpty'> {
  readonly file: string;
  constructor(file: string) {
    this.file = file;
  }
  isEmpty = () => false;
  resize = () => this;
}
export const nativeImage = { createFromPath: (file: string) => new NativeImageDouble(file) };

type TrayMembers = 'setToolTip' | 'isDestroyed' | 'destroy';
export class TrayDouble extends EventEmitter implements Pick<Electron.Tray, TrayMembers> {
  /** those that are shown, for tests: Electron lists none */
  static readonly shown = new Set<TrayDouble>();
  toolTip = '';
  menu: MenuDouble | null = null;
  readonly image: NativeImageDouble;
  constructor(image: NativeImageDouble) {
    super();
    this.image = image;
    TrayDouble.shown.add(this);
  }
  setToolTip(toolTip: string): void {
    this.toolTip = toolTip;
  }
  setContextMenu(menu: MenuDouble | null): void {
    this.menu = menu;
  }
  isDestroyed = () => !TrayDouble.shown.has(this);
  destroy(): void {
    TrayDouble.shown.delete(this);
  }
}

export class PowerSaveBlockerDouble implements Electron.PowerSaveBlocker {
  readonly #started = new Map<number, string>();
  #next = 0;
  start(type: 'prevent-app-suspension' | 'prevent-display-sleep'): number {
    this.#started.set(this.#next, type);
    return this.#next++;
  }
  stop(id: number): boolean {
    return this.#started.delete(id);
  }
  isStarted = (id: number): boolean => this.#started.has(id);
}

export class PowerMonitorDouble extends EventEmitter implements Pick<Electron.PowerMonitor, 'isOnBatteryPower'> {
  isOnBatteryPower = () => false;
}

export class CrashReporterDouble implements Pick<Electron.CrashReporter, 'start' | 'getUploadToServer'> {
  #options: Electron.CrashReporterStartOptions | null = null;
  start(options: Electron.CrashReporterStartOptions): void {
    if (options.uploadToServer !== false && !options.submitURL) throw new Error('submitURL must be specified when uploadToServer is true');
    this.#options = options;
  }
  getUploadToServer = (): boolean => this.#options?.uploadToServer ?? true;
}
