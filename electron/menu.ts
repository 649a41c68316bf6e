// The menu bar. What the page can do by itself stays in the page; the menu leads to its places.
import { app, BrowserWindow, Menu, shell, type MenuItemConstructorOptions } from 'electron';
import { openWindow } from './window.ts';
import { pageAddress } from './trust.ts';

/** Leads the front window to a place; a change after `#` alone, so nothing is loaded again. */
function goTo(place: string): void {
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  if (window) void window.loadURL(pageAddress() + place);
  else openWindow(place);
}

export function setMenu(libraryDir: string): void {
  const mac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { id: 'new', label: 'New Experiment', accelerator: 'CmdOrCtrl+N', click: () => goTo('#/new') },
        { id: 'folder', label: 'Show Library Folder', click: () => void shell.openPath(libraryDir) },
        { type: 'separator' },
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { id: 'library', label: 'Library', accelerator: 'CmdOrCtrl+1', click: () => goTo('#/library') },
        { id: 'devices', label: 'Devices', accelerator: 'CmdOrCtrl+2', click: () => goTo('#/devices') },
        { type: 'separator' },
        { role: 'reload' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
