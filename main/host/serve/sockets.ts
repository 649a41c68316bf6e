// Calls and events over WebSockets.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { KernelscopeError } from '../../contract/errors.ts';
import { decodeFrame, encodeFrame, requestLimits } from '../../rpc/codec.ts';
import type { HostPort, Server } from '../../rpc/server.ts';
import type { Guard } from './guard.ts';

/** More than this unsent and a socket counts as slow. */
const busyBytes = 4 << 20;
const pingEvery = 30_000;

function portOf(socket: WebSocket): HostPort {
  let drained: () => void = () => undefined;
  return {
    send: (message) => socket.send(encodeFrame(message), () => drained()),
    busy: () => socket.bufferedAmount > busyBytes,
    onDrain: (listener) => {
      drained = listener;
    },
    onMessage: (listener) => {
      const receive = (data: unknown, binary: boolean) => {
        if (!binary || !(data instanceof Uint8Array)) return socket.close(1003, 'binary frames only');
        try {
          listener(decodeFrame(data, requestLimits));
        } catch (error) {
          if (!(error instanceof KernelscopeError)) throw error;
          socket.close(1007, 'not a message of this program');
        }
      };
      socket.on('message', receive);
      return () => void socket.off('message', receive);
    },
    onState: (listener) => {
      const closed = () => listener(false);
      socket.on('close', closed);
      listener(socket.readyState === socket.OPEN);
      return () => void socket.off('close', closed);
    },
    close: () => socket.close(1001),
  };
}

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Takes WebSockets at `/rpc` from this server's own page. */
export function createSockets(server: Server, guard: Guard): Sockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: requestLimits.bytes, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  // A laptop that went to sleep says nothing: who misses a ping is gone.
  const pings = setInterval(() => {
    for (const s of sockets.clients) {
      if (!alive.has(s)) s.terminate();
      alive.delete(s);
      s.ping();
    }
  }, pingEvery);
  pings.unref();
  const refuse = (socket: Duplex, status: string) =>
    void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      if (!guard.hostIsOurs(request)) return refuse(socket, '421 Misdirected Request');
      if (!guard.hasCookie(request) || !guard.originIsOurs(request)) return refuse(socket, '403 Forbidden');
      if (request.url !== '/rpc') return refuse(socket, '404 Not Found');
      sockets.handleUpgrade(request, socket, head, (ws) => {
        alive.add(ws);
        ws.on('pong', () => alive.add(ws));
        ws.on('error', () => ws.terminate()); // a frame over the limit, or a broken one
        server.connect(portOf(ws));
      });
    },
    close() {
      clearInterval(pings);
      for (const s of sockets.clients) s.close(1001, 'the server stops');
      sockets.close();
    },
  };
}
