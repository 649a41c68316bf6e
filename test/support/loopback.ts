// A server of a test file's own, on loopback for as long as its tests run.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

/** Listens before the tests and closes after them; `ready` is told the address, with a slash at its end. */
export function serveWhileTesting(server: Server, ready: (base: string) => void): void {
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ready(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
}
