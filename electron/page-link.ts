// What the shell asks of the page, by the names of one list; and which of them the page takes just now.
import { ipcMain, type BrowserWindow, type WebContents } from 'electron';
import { z } from 'zod';
import { channels, menuCommands, type MenuCommand, type ShellCommand } from '../main/contract/desktop.ts';
import { heard } from './guard.ts';
import type { Windows } from './windows.ts';

const offer = z.array(z.enum(menuCommands)).max(menuCommands.length);

export interface PageLink {
  /** Asks the page in front; one that is not there yet, or is loading, is asked as soon as it listens. */
  send(command: ShellCommand): void;
  /** Settles when a page listens, which is opened where there is none. */
  listening(): Promise<void>;
  /** which of the menu's commands the front page takes */
  offered(): ReadonlySet<MenuCommand>;
  onOffer(listener: () => void): void;
  /** Holds a window to this: what its page offered is over when it leaves. */
  follow(window: BrowserWindow): void;
}

const mostWaiting = 50;

export function createPageLink(windows: Windows): PageLink {
  const offers = new WeakMap<WebContents, ReadonlySet<MenuCommand>>();
  const listeners = new Set<() => void>();
  let waiting: ShellCommand[] = [];
  let awaited: (() => void)[] = [];
  const tell = () => listeners.forEach((l) => l());
  const front = () => windows.front()?.webContents ?? null;
  const ready = () => {
    const contents = front();
    return contents && offers.has(contents) ? contents : null;
  };

  ipcMain.on(channels.offer, (event, message: unknown) => {
    if (!heard(event)) return;
    const parsed = offer.safeParse(message);
    if (!parsed.success) return;
    offers.set(event.sender, new Set(parsed.data));
    tell();
    const contents = ready();
    if (!contents) return;
    for (const command of waiting.splice(0)) contents.send(channels.command, command);
    for (const settle of awaited.splice(0)) settle();
  });

  return {
    send(command) {
      const contents = ready();
      if (contents) return contents.send(channels.command, command);
      waiting = [...waiting, command].slice(-mostWaiting);
      if (!windows.front()) windows.open();
    },
    listening() {
      if (ready()) return Promise.resolve();
      if (!windows.front()) windows.open();
      return new Promise((resolve) => (awaited = [...awaited, resolve]));
    },
    offered: () => {
      const contents = front();
      return (contents && offers.get(contents)) ?? new Set();
    },
    onOffer: (listener) => void listeners.add(listener),
    follow(window) {
      const contents = window.webContents;
      const leave = () => {
        if (offers.delete(contents)) tell();
      };
      contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => isMainFrame && !isSameDocument && leave());
      contents.on('render-process-gone', leave);
      contents.on('destroyed', leave);
      window.on('focus', tell);
      window.on('closed', tell);
    },
  };
}
