// How the page reaches its host: a port from the desktop app's main process, or else a WebSocket to where the page came from.
import type { Client } from '../main/contract/calls.ts';
import { channels, type Desktop } from '../main/contract/desktop.ts';
import { createClient, messagePort, webSocketPort } from '../main/rpc/client.ts';

declare global {
  interface Window {
    kernelscopeDesktop?: Desktop;
  }
}

/** The port that the main process sends, once asked. */
function desktopPort(desktop: Desktop): Promise<MessagePort> {
  return new Promise((resolve) => {
    const listen = (event: MessageEvent<unknown>) => {
      if (event.source !== window || event.data !== channels.port || event.ports.length !== 1) return;
      window.removeEventListener('message', listen);
      resolve(event.ports[0]);
    };
    window.addEventListener('message', listen);
    desktop.connect();
  });
}

export async function connect(): Promise<{ client: Client; desktop: Desktop | null }> {
  const desktop = window.kernelscopeDesktop ?? null;
  if (!desktop) return { client: createClient(webSocketPort(new URL('rpc', document.baseURI.replace(/^http/, 'ws')).href)), desktop };
  const port = await desktopPort(desktop);
  // Electron closes the page's end when the main process goes.
  return { client: createClient(messagePort(port, (lost) => port.addEventListener('close', lost))), desktop };
}
