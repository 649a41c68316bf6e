// All that the page gets from the desktop app: a way to ask for its port, the save dialogs, and what the menu asks for.
import { contextBridge, ipcRenderer } from 'electron';
import { channels, readCommand, type Desktop, type SaveReply } from '../main/contract/desktop.ts';

const desktop: Desktop = {
  connect: () => ipcRenderer.send(channels.connect),
  saveFigure: (input) => ipcRenderer.invoke(channels.saveFigure, input) as Promise<SaveReply>,
  saveBundle: (runs) => ipcRenderer.invoke(channels.saveBundle, runs) as Promise<SaveReply>,
  offer: (commands) => ipcRenderer.send(channels.offer, commands),
  onCommand: (listener) => {
    // Electron's event, which leads to the sender, stays here.
    ipcRenderer.removeAllListeners(channels.command);
    ipcRenderer.on(channels.command, (_event, message: unknown) => {
      const command = readCommand(message);
      if (command) listener(command);
    });
  },
};
contextBridge.exposeInMainWorld('kernelscopeDesktop', desktop);

// A port cannot pass the bridge; the window's own message event can carry it.
ipcRenderer.on(channels.port, (event) => window.postMessage(channels.port, location.origin, event.ports));
