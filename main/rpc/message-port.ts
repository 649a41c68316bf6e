// Ports that need no codec: a MessagePort (window and shell), and a pair within one process.
import type { Port } from './message.ts';

/** What the DOM's MessagePort and Node's share. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  start?(): void;
  close(): void;
}

/** A port over a MessagePort: up from the start, down once closed from this side. `lost` tells of the other side's end, where the host knows. */
export function messagePort(port: MessagePortLike, lost?: (listener: () => void) => void): Port {
  const messageListeners = new Set<(message: unknown) => void>();
  const stateListeners = new Set<(up: boolean) => void>();
  let up = true;
  const down = () => {
    if (!up) return;
    up = false;
    for (const l of [...stateListeners]) l(false);
  };
  port.addEventListener('message', ({ data }) => {
    for (const l of [...messageListeners]) l(data);
  });
  port.start?.();
  lost?.(down);
  return {
    send: (message) => {
      if (up) port.postMessage(message);
    },
    onMessage(listener) {
      messageListeners.add(listener);
      return () => void messageListeners.delete(listener);
    },
    onState(listener) {
      stateListeners.add(listener);
      listener(up);
      return () => void stateListeners.delete(listener);
    },
    close() {
      port.close();
      down();
    },
  };
}

/** Two ports within a process. Messages are cloned and arrive later, as they do between processes. */
export function portPair(): [page: Port, host: Port] {
  const listeners = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()];
  const stateListeners = new Set<(up: boolean) => void>();
  let up = true;
  const end = (mine: 0 | 1): Port => ({
    send(message) {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => {
        if (up) for (const l of [...listeners[1 - mine]]) l(copy);
      });
    },
    onMessage(listener) {
      listeners[mine].add(listener);
      return () => void listeners[mine].delete(listener);
    },
    onState(listener) {
      stateListeners.add(listener);
      listener(up);
      return () => void stateListeners.delete(listener);
    },
    close() {
      if (!up) return;
      up = false;
      for (const l of [...stateListeners]) l(false);
    },
  });
  return [end(0), end(1)];
}
