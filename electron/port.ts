// The contract over a MessagePort: each page of ours that asks gets one, and a new one after a reload.
import { ipcMain, MessageChannelMain, type MessagePortMain } from 'electron';
import { channels } from '../main/contract/desktop.ts';
import { messagePort, type MessagePortLike } from '../main/rpc/message-port.ts';
import type { Server } from '../main/rpc/server.ts';
import { fromOurPage } from './trust.ts';

/** Electron's port with the listener method of the DOM's. */
const like = (port: MessagePortMain): MessagePortLike => ({
  postMessage: (message) => port.postMessage(message),
  addEventListener: (_type, listener) => void port.on('message', ({ data }) => listener({ data: data as unknown })),
  start: () => port.start(),
  close: () => port.close(),
});

export function givePorts(server: Server): void {
  ipcMain.on(channels.connect, (event) => {
    if (!fromOurPage(event)) return;
    const { port1, port2 } = new MessageChannelMain();
    // `close` comes when the page is reloaded, closed or has crashed.
    server.connect(messagePort(like(port1), (lost) => void port1.on('close', lost)));
    event.sender.postMessage(channels.port, null, [port2]);
  });
}
