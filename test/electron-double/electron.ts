// A stand-in for the `electron` module; README.md says what is real in it and what it does not cover.
import type Electron from 'electron';
import { AppDouble } from './app.ts';
import { BrowserDouble } from './browser.ts';
import { createDialog, MenuDouble, MenuItemDouble, NativeThemeDouble, ShellDouble } from './desktop.ts';
import { IpcMainDouble, MessageChannelDouble } from './ports.ts';
import { ProtocolDouble, SessionDouble } from './scheme.ts';
import {
  CrashReporterDouble,
  nativeImage,
  NotificationDouble,
  PowerMonitorDouble,
  PowerSaveBlockerDouble,
  ScreenDouble,
  TrayDouble,
} from './system.ts';
import { createUtilityProcess } from './utility.ts';
import { createWindowClass } from './window.ts';

type Used =
  | 'app'
  | 'BrowserWindow'
  | 'crashReporter'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MenuItem'
  | 'MessageChannelMain'
  | 'nativeImage'
  | 'nativeTheme'
  | 'Notification'
  | 'powerMonitor'
  | 'powerSaveBlocker'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'Tray'
  | 'utilityProcess';

export const app = new AppDouble();
export const browser = new BrowserDouble();
export const protocol = new ProtocolDouble(app);
const defaultSession = new SessionDouble(protocol);
export const ipcMain = new IpcMainDouble();
export const BrowserWindow = createWindowClass(app, { browser, protocol, ipcMain, session: defaultSession, app });
export const crashReporter = new CrashReporterDouble();
export const dialog = createDialog();
export const Menu = MenuDouble;
export const MenuItem = MenuItemDouble;
export const MessageChannelMain = MessageChannelDouble;
export { nativeImage };
export const nativeTheme = new NativeThemeDouble();
export const Notification = NotificationDouble;
export const powerMonitor = new PowerMonitorDouble();
export const powerSaveBlocker = new PowerSaveBlockerDouble();
export const screen = new ScreenDouble();
export const session = { defaultSession };
export const shell = new ShellDouble();
export const Tray = TrayDouble;
export const utilityProcess = createUtilityProcess(app);
app.cleanUp = () => browser.stop();

/** What a test's `evaluate` gets as its first argument. */
const electron: Record<Used & keyof typeof Electron, unknown> = {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
};
export default electron;
