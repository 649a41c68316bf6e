// The window: a page without Node, that shows our files, opens nothing and goes nowhere.
import { app, BrowserWindow, nativeTheme, session, shell } from 'electron';
import path from 'node:path';
import { isOurs, pageAddress } from './trust.ts';

/** Nothing that a page could be asked permission for is needed, except writing a copied config to the clipboard. */
export function denyPermissions(): void {
  const fine = (permission: string) => permission === 'clipboard-sanitized-write';
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) => answer(fine(permission)));
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => fine(permission));
}

/** Refuses, for every page that ever exists in this app, new windows, foreign addresses and embedded browsers. */
export function guardPages(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      // A link to the outside belongs into the person's browser.
      if (url.startsWith('https://')) void shell.openExternal(url);
      return { action: 'deny' };
    });
    contents.on('will-navigate', (event) => {
      if (!isOurs(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** Opens a window on a place of the page, such as `#/new`. */
export function openWindow(place = ''): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Kernelscope',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#141518' : '#ffffff',
    webPreferences: {
      preload: path.join(import.meta.dirname, '../preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(pageAddress() + place);
  return window;
}

/** Brings the app to the front: its window, or a new one where all are closed. */
export function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) return void openWindow();
  if (window.isMinimized()) window.restore();
  window.focus();
}
