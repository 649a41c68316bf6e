// A stand-in for the `electron` module: the app's built main and preload run as they are, in Node, and its windows are tabs of a real Chromium.
//
// Real: the built files, every native module, the page with its policy, every file through the app's own scheme handler, the preload in a
//   world of its own behind contextBridge, structured clone on every message, ports to the page, a child process for each utilityProcess,
//   the order of ready, windows and quit.
// Not covered: Electron's own V8 (memory cage: native code may not hand out external buffers), its Node ABI, asar files, the sandbox flags
//   themselves, the real app:// origin (`location.protocol` is https:), permissions, window frames, accelerators and the look of menus,
//   a second instance's lock, focus between several windows, the GPU process, auto-update. These need the real Electron; `launchDesktop`
//   takes it where it is there.
// A member that the app does not use is not here: calling it fails loudly.
import type Electron from 'electron';
import { AppDouble } from './app.ts';
import { BrowserDouble } from './browser.ts';
import { createDialog, MenuDouble, MenuItemDouble, NativeThemeDouble, ShellDouble } from './desktop.ts';
import { IpcMainDouble, MessageChannelDouble } from './ports.ts';
import { ProtocolDouble, SessionDouble } from './scheme.ts';
import { createUtilityProcess } from './utility.ts';
import { createWindowClass } from './window.ts';

type Used =
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MenuItem'
  | 'MessageChannelMain'
  | 'nativeTheme'
  | 'protocol'
  | 'session'
  | 'shell'
  | 'utilityProcess';

export const app = new AppDouble();
export const browser = new BrowserDouble();
export const protocol = new ProtocolDouble(app);
export const ipcMain = new IpcMainDouble();
export const BrowserWindow = createWindowClass(app, { browser, protocol, ipcMain });
export const dialog = createDialog();
export const Menu = MenuDouble;
export const MenuItem = MenuItemDouble;
export const MessageChannelMain = MessageChannelDouble;
export const nativeTheme = new NativeThemeDouble();
export const session = { defaultSession: new SessionDouble() };
export const shell = new ShellDouble();
export const utilityProcess = createUtilityProcess(app);
app.cleanUp = () => browser.stop();

/** What a test's `evaluate` gets as its first argument. */
const electron: Record<Used & keyof typeof Electron, unknown> = {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  nativeTheme,
  protocol,
  session,
  shell,
  utilityProcess,
};
export default electron;
