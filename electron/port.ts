// The contract over a MessagePort: each page of ours that asks gets one, and a new one after a reload.
import { ipcMain, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron';
import { channels } from '../main/contract/desktop.ts';
import type { Port } from '../main/rpc/message.ts';
import { messagePort, type MessagePortLike } from '../main/rpc/message-port.ts';
import type { Server } from '../main/rpc/server.ts';
import { isModest } from '../main/rpc/weigh.ts';
import { heard } from './guard.ts';

/** Electron's port with the listener method of the DOM's. `refuse` hears of a message that no page of ours sends. */
const like = (port: MessagePortMain, refuse: () => void): MessagePortLike => ({
  postMessage: (message) => port.postMessage(message),
  addEventListener: (_type, listener) =>
    void port.on('message', ({ data, ports }) => {
      for (const extra of ports) extra.close();
      if (ports.length > 0 || !isModest(data)) return refuse();
      listener({ data: data as unknown });
    }),
  start: () => port.start(),
  close: () => port.close(),
});

/** server: the one to which pages are connected now */
export function givePorts(server: () => Pick<Server, 'connect'>, log: (line: string) => void): void {
  const held = new WeakMap<WebContents, Port>();
  ipcMain.on(channels.connect, (event) => {
    if (!heard(event)) return log('refused: a port for a page that is not ours');
    // One a page: who asks again, after a reload or without need, loses the one before.
    held.get(event.sender)?.close();
    const { port1, port2 } = new MessageChannelMain();
    const refuse = () => {
      log('refused: a message that is too large or brings ports along; its port is closed');
      port.close();
    };
    // `close` comes when the page is reloaded, closed or has crashed.
    const port: Port = messagePort(like(port1, refuse), (lost) => void port1.on('close', lost));
    held.set(event.sender, port);
    server().connect(port);
    event.sender.postMessage(channels.port, null, [port2]);
  });
}
