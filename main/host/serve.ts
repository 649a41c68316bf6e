// The page in a browser: a server on loopback, for this machine or one reached through ssh.
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import { createDispatch, createServer } from '../rpc/server.ts';
import type { Services } from './boot.ts';
import { createGuard, isLoopback } from './serve/guard.ts';
import { createPages } from './serve/pages.ts';
import { createSockets } from './serve/sockets.ts';

export interface ServeOptions {
  /** asked for once the address is ours */
  services: () => Promise<Pick<Services, 'handlers' | 'onEvent'>>;
  /** the built page */
  renderer: string;
  /** 0: any that is free */
  port: number;
  host: string;
  log: (line: string) => void;
}
export interface Served {
  /** with the token: whoever has it may do everything */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Serves until it is closed.
 *  @throws KernelscopeError `bad-input` for an address or a port that cannot be had */
export async function serve(o: ServeOptions): Promise<Served> {
  const http = createHttp({ maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 });
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(badInput(`--port: expected a free port, got ${o.port}, which another program has`));
      else if (error.code === 'EACCES') reject(badInput(`--port: expected a port that this user may open, got ${o.port}`));
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        reject(badInput(`--host: expected an address of this machine, got ${o.host}`));
      else reject(new KernelscopeError('failed', `serve: ${error.message}`));
    });
    http.listen(o.port, o.host, resolve);
  });
  const { port } = http.address() as AddressInfo;
  const guard = createGuard(o.host, port);
  const pages = createPages(o.renderer, guard);
  const services = await o.services().catch((error: unknown) => {
    http.close();
    throw error;
  });
  const server = createServer(createDispatch(services.handlers, o.log));
  const sockets = createSockets(server, guard);
  const stop = services.onEvent(server.emit);
  http.on('request', (request, response) => {
    pages(request, response).catch((error: unknown) => {
      o.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  http.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  // Without a browser's manners a client error is only a closed connection.
  http.on('clientError', (_, socket) => socket.destroy());
  const shownHost = isLoopback(o.host) || o.host === '0.0.0.0' || o.host === '::' ? '127.0.0.1' : o.host;
  return {
    url: `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${port}/?token=${guard.token}`,
    port,
    async close() {
      stop();
      server.close();
      sockets.close();
      http.closeIdleConnections();
      const closed = new Promise((resolve) => http.close(resolve));
      const hurry = setTimeout(() => http.closeAllConnections(), 1000);
      await closed;
      clearTimeout(hurry);
    },
  };
}
