// All that the page gets from the desktop app: a way to ask for its port, and the save dialogs.
import { contextBridge, ipcRenderer } from 'electron';
import { channels, type Desktop, type SaveReply } from '../main/contract/desktop.ts';

const desktop: Desktop = {
  connect: () => ipcRenderer.send(channels.connect),
  saveFigure: (input) => ipcRenderer.invoke(channels.saveFigure, input) as Promise<SaveReply>,
  saveBundle: (runs) => ipcRenderer.invoke(channels.saveBundle, runs) as Promise<SaveReply>,
};
contextBridge.exposeInMainWorld('kernelscopeDesktop', desktop);

// A port cannot pass the bridge; the window's own message event can carry it.
ipcRenderer.on(channels.port, (event) => window.postMessage(channels.port, location.origin, event.ports));
