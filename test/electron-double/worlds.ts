// The renderer's two worlds, injected as source text: the page's own, where the bridged object appears, and the preload's, where `electron` is.
// Each function uses nothing from outside itself.
import type { Codec } from './codec.ts';

/** Between the main process and the preload's world. */
export type ToPreload =
  | { type: 'reply'; id: number; ok: boolean; value: string }
  | { type: 'event'; channel: string; args: string; ports: string[] }
  | { type: 'port'; port: string; data: string }
  | { type: 'port-closed'; port: string };
export type FromPreload =
  | { type: 'invoke'; id: number; channel: string; args: string }
  | { type: 'send'; channel: string; args: string }
  | { type: 'port'; port: string; data: string; ports: number };

/** In the page's world: what contextBridge exposes, with functions that call into the preload's world. */
export function pageWorld(createCodec: () => Codec, secret: string): void {
  if (window !== window.top) return; // a preload is for the main frame alone
  const codec = createCodec();
  const pending = new Map<string, { resolve(v: unknown): void; reject(v: unknown): void }>();
  /** functions that the page gave to the preload's; what they answer stays here */
  const given = new Map<string, (...args: unknown[]) => unknown>();
  const keep = (f: (...args: unknown[]) => unknown) => {
    const id = `g${given.size + 1}`;
    given.set(id, f);
    return id;
  };
  let next = 1;
  let answer: { promise?: boolean; threw?: boolean; value: string } | undefined;
  const detail = <T>(event: Event) => JSON.parse((event as CustomEvent<string>).detail) as T;
  const revive =
    (id: string) =>
    (...args: unknown[]): unknown => {
      const call = `c${next++}`;
      answer = undefined;
      document.dispatchEvent(new CustomEvent(`${secret}call`, { detail: JSON.stringify({ id, call, args: codec.encode(args, keep) }) }));
      const given = answer as { promise?: boolean; threw?: boolean; value: string } | undefined;
      if (!given) throw new Error('the preload world did not answer');
      if (given.promise) return new Promise((resolve, reject) => pending.set(call, { resolve, reject }));
      const value = codec.decode(given.value, revive);
      if (given.threw) throw value;
      return value;
    };
  const freeze = (v: unknown): unknown => {
    if (typeof v === 'object' && v !== null) Object.values(Object.freeze(v)).forEach(freeze);
    return v;
  };
  // Electron tells a page when the other end of its port has closed; Chromium by itself does not.
  window.addEventListener('message', ({ ports }) => {
    for (const port of ports)
      port.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (event.data !== `${secret}closed`) return;
        event.stopImmediatePropagation();
        port.close();
        port.dispatchEvent(new Event('close'));
      });
  });
  document.addEventListener(`${secret}expose`, (event) => {
    const { key, api } = detail<{ key: string; api: string }>(event);
    Object.defineProperty(window, key, { value: freeze(codec.decode(api, revive)), enumerable: true });
  });
  document.addEventListener(`${secret}callback`, (event) => {
    const { id, args } = detail<{ id: string; args: string }>(event);
    given.get(id)?.(...(codec.decode(args, revive) as unknown[]));
  });
  document.addEventListener(`${secret}answer`, (event) => {
    answer = detail(event);
  });
  document.addEventListener(`${secret}settle`, (event) => {
    const { call, ok, value } = detail<{ call: string; ok: boolean; value: string }>(event);
    const promise = pending.get(call);
    pending.delete(call);
    promise?.[ok ? 'resolve' : 'reject'](codec.decode(value, revive));
  });
}

/** In the preload's world: `require('electron')` as a sandboxed preload has it, and the preload itself, run at the end. */
export function preloadWorld(
  createCodec: () => Codec,
  secret: string,
  preload: (require: (name: string) => unknown, module: { exports: object }, exports: object, process: object) => void,
): void {
  if (window !== window.top) return;
  const codec = createCodec();
  const functions = new Map<string, (...args: unknown[]) => unknown>();
  const waiting = new Map<number, { channel: string; resolve(v: unknown): void; reject(v: unknown): void }>();
  const listeners = new Map<string, ((event: object, ...args: unknown[]) => void)[]>();
  const ports = new Map<string, MessagePort>();
  const world = globalThis as unknown as Record<string, (text: string) => void>;
  let next = 1;
  const post = (message: FromPreload) => world[`${secret}binding`](JSON.stringify(message));
  const fire = (type: string, detail: object) => document.dispatchEvent(new CustomEvent(secret + type, { detail: JSON.stringify(detail) }));
  const keep = (f: (...args: unknown[]) => unknown) => {
    const id = `p${next++}`;
    functions.set(id, f);
    return id;
  };

  document.addEventListener(`${secret}call`, (event) => {
    const { id, call, args } = JSON.parse((event as CustomEvent<string>).detail) as { id: string; call: string; args: string };
    const revive =
      (of: string) =>
      (...given: unknown[]) =>
        fire('callback', { id: of, args: codec.encode(given, keep) });
    try {
      const value = functions.get(id)?.(...(codec.decode(args, revive) as unknown[]));
      if (!(value instanceof Promise)) return void fire('answer', { value: codec.encode(value, keep) });
      value.then(
        (v) => fire('settle', { call, ok: true, value: codec.encode(v, keep) }),
        (e: unknown) => fire('settle', { call, ok: false, value: codec.encode(e, keep) }),
      );
      fire('answer', { promise: true, value: 'null' });
    } catch (error) {
      fire('answer', { threw: true, value: codec.encode(error, keep) });
    }
  });

  /** A channel whose far end goes to the page; the near end is relayed to the main process. */
  const openPort = (id: string): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    ports.set(id, port1);
    port1.onmessage = (event: MessageEvent<unknown>) =>
      post({ type: 'port', port: id, data: codec.encode(event.data), ports: event.ports.length });
    return port2;
  };
  world[`${secret}deliver`] = (text) => {
    const message = JSON.parse(text) as ToPreload;
    if (message.type === 'port') ports.get(message.port)?.postMessage(codec.decode(message.data));
    else if (message.type === 'port-closed') {
      ports.get(message.port)?.postMessage(`${secret}closed`);
      ports.get(message.port)?.close();
    } else if (message.type === 'reply') {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.ok) call?.resolve(codec.decode(message.value));
      else call?.reject(new Error(`Error invoking remote method '${call.channel}': ${message.value}`));
    } else {
      const event = { sender: ipcRenderer, ports: message.ports.map(openPort) };
      for (const l of [...(listeners.get(message.channel) ?? [])]) l(event, ...(codec.decode(message.args) as unknown[]));
    }
  };

  const ipcRenderer = {
    send: (channel: string, ...args: unknown[]) => post({ type: 'send', channel, args: codec.encode(args) }),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const message: FromPreload = { type: 'invoke', id: next++, channel, args: codec.encode(args) };
        waiting.set(message.id, { channel, resolve, reject });
        post(message);
      }),
    on(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    once(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      const first = (event: object, ...args: unknown[]) => {
        ipcRenderer.off(channel, first);
        listener(event, ...args);
      };
      return ipcRenderer.on(channel, first);
    },
    removeAllListeners(channel: string) {
      listeners.delete(channel);
      return ipcRenderer;
    },
    off(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((l) => l !== listener),
      );
      return ipcRenderer;
    },
  };
  const contextBridge = { exposeInMainWorld: (key: string, api: unknown) => void fire('expose', { key, api: codec.encode(api, keep) }) };
  const module = { exports: {} };
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer') return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${name}`); // as in a sandboxed preload
  };
  preload(require, module, module.exports, {
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    platform: 'linux',
    versions: {},
    env: {},
  });
}
