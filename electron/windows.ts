// The windows that a person sees: pages without Node that show our files. One is enough; all that the shell does goes to the front one.
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import path from 'node:path';
import { contentRules, holdTo, pageRights } from './guard.ts';
import type { StateFile } from './state-file.ts';
import { pageAddress } from './trust.ts';
import { keepPlace, placeOf, smallest, type WindowState } from './window-state.ts';

export interface Windows {
  /** those that are open; a hidden window of another kind is none of them */
  all(): BrowserWindow[];
  /** the one that has the focus, or had it last */
  front(): BrowserWindow | null;
  /** Opens a window on a place of the page, such as `#/new`. */
  open(place?: string): BrowserWindow;
  /** Brings the app to the front: its window, or a new one where all are closed. */
  show(): BrowserWindow;
  /** Closes all of them without asking. */
  closeAll(): void;
}
export interface WindowsOptions {
  state: StateFile<WindowState>;
  /** Called before a window closes; true: it stays for now. */
  holdsBack(window: BrowserWindow): boolean;
  /** Called with each new window before it loads anything. */
  opened(window: BrowserWindow): void;
}

export function createWindows({ state, holdsBack, opened }: WindowsOptions): Windows {
  // The one with the focus last.
  const open = new Set<BrowserWindow>();
  const windows: Windows = {
    all: () => [...open],
    front: () => [...open].at(-1) ?? null,
    open(place = '') {
      const kept = state.read();
      const bounds = placeOf(
        kept,
        screen.getAllDisplays().map((d) => d.workArea),
      );
      const window = new BrowserWindow({
        ...bounds,
        minWidth: smallest.width,
        minHeight: smallest.height,
        show: false,
        title: app.name,
        backgroundColor: nativeTheme.shouldUseDarkColors ? '#141518' : '#ffffff',
        webPreferences: {
          preload: path.join(import.meta.dirname, '../preload/preload.cjs'),
          ...pageRights,
        },
      });
      open.add(window);
      holdTo(window.webContents, contentRules);
      window.on('focus', () => {
        open.delete(window);
        open.add(window);
      });
      window.on('close', (event) => {
        if (holdsBack(window)) event.preventDefault();
      });
      window.on('closed', () => open.delete(window));
      if (kept?.maximized) window.maximize();
      keepPlace(window, state);
      opened(window);
      window.once('ready-to-show', () => window.show());
      void window.loadURL(pageAddress() + place);
      return window;
    },
    show() {
      const window = windows.front();
      if (!window) return windows.open();
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      return window;
    },
    closeAll: () => [...open].forEach((window) => window.destroy()),
  };
  return windows;
}
