// A page's port over a WebSocket. It comes back by itself: a laptop sleeps, an ssh tunnel breaks, the host is restarted.
import { decodeFrame, encodeFrame, replyLimits } from './codec.ts';
import type { Port } from './message.ts';

export interface SocketOptions {
  /** opens a socket; tests and Node give their own */
  open?: (url: string) => WebSocket;
  /** milliseconds before try 1, 2, …; the last stands for all that follow */
  delays?: readonly number[];
}

/** A port that stays: each time the socket closes, another is tried after a while. */
export function webSocketPort(
  url: string,
  { open = (u) => new WebSocket(u), delays = [100, 250, 500, 1000, 2000] }: SocketOptions = {},
): Port {
  const messageListeners = new Set<(message: unknown) => void>();
  const stateListeners = new Set<(up: boolean) => void>();
  let socket: WebSocket | null = null;
  let up = false;
  let closed = false;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (now: boolean) => {
    if (now === up) return;
    up = now;
    for (const l of [...stateListeners]) l(up);
  };
  const connect = () => {
    const fresh = open(url);
    socket = fresh;
    fresh.binaryType = 'arraybuffer';
    fresh.addEventListener('open', () => {
      tries = 0;
      tell(true);
    });
    fresh.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (!(event.data instanceof ArrayBuffer)) return;
      const message = decodeFrame(new Uint8Array(event.data), replyLimits);
      for (const l of [...messageListeners]) l(message);
    });
    fresh.addEventListener('close', () => {
      if (socket !== fresh) return;
      tell(false);
      if (!closed) timer = setTimeout(connect, delays[Math.min(tries++, delays.length - 1)]);
    });
    // `close` follows every error and does the work; without a listener some sockets throw.
    fresh.addEventListener('error', () => undefined);
  };
  connect();

  return {
    send: (message) => socket?.send(encodeFrame(message)),
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
      closed = true;
      clearTimeout(timer);
      socket?.close();
      tell(false);
    },
  };
}
