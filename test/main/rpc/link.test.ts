// Client and server together: in process, over a slow reader, and over a WebSocket that breaks.
import { afterEach, expect, test, vi } from 'vitest';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Caller, Events } from '../../../main/contract/calls.ts';
import { createClient, webSocketPort } from '../../../main/rpc/client.ts';
import { decodeFrame, encodeFrame } from '../../../main/rpc/codec.ts';
import { portPair } from '../../../main/rpc/message-port.ts';
import type { Port, ToPage } from '../../../main/rpc/message.ts';
import { Outbox } from '../../../main/rpc/outbox.ts';
import { createServer, type Dispatch } from '../../../main/rpc/server.ts';

const echo: Dispatch = async (name, input) => ({ ok: true, value: { name, input } });
const progress = (id: string, epoch: number): Events['run.progress'] => ({
  id,
  epoch,
  epochs: 9,
  stage: 's',
  secondsLeft: null,
  secondsPerEpoch: null,
});

const cleanUp: (() => void)[] = [];
afterEach(() => cleanUp.splice(0).forEach((f) => f()));

test('calls and watched events pass between a page and its host', async () => {
  const server = createServer(echo);
  const [page, host] = portPair();
  server.connect(host);
  const client = createClient(page);
  expect(await client.call('run.get', { run: 'a' })).toEqual({ name: 'run.get', input: { run: 'a' } });
  const seen: unknown[] = [];
  const stop = client.on('run.removed', (p) => seen.push(p));
  await client.call('app.info', {});
  server.emit('run.removed', { id: 'x' });
  server.emit('run.snapshot', { id: 'x', epoch: 1 }); // nobody watches
  await client.call('app.info', {});
  stop();
  await client.call('app.info', {});
  server.emit('run.removed', { id: 'y' });
  await client.call('app.info', {});
  expect(seen).toEqual([{ id: 'x' }]);
});

test('a call knows when the page that asked has gone, that one and no other', async () => {
  const callers: Caller[] = [];
  const server = createServer(async (name, input, caller) => {
    callers.push(caller as Caller);
    return echo(name, input);
  });
  const pages = [portPair(), portPair()];
  for (const [page, host] of pages) {
    server.connect(host);
    await createClient(page).call('app.info', {});
  }
  expect(callers.map((c) => c.gone.aborted)).toEqual([false, false]);
  pages[0][0].close();
  expect(callers.map((c) => c.gone.aborted)).toEqual([true, false]);
  server.close();
  expect(callers.map((c) => c.gone.aborted)).toEqual([true, true]);
});

test('an error arrives with its code', async () => {
  const server = createServer(async () => ({ ok: false, error: { code: 'not-found', message: 'no run' } }));
  const [page, host] = portPair();
  server.connect(host);
  await expect(createClient(page).call('run.get', { run: 'a' })).rejects.toMatchObject({ code: 'not-found', message: 'no run' });
});

test.each([null, 7, 'call', { kind: 'call' }, { kind: 'call', id: -1, name: 'x' }, { kind: 'watch', events: 'all' }])(
  'a page that sends %j is dropped',
  async (message) => {
    const server = createServer(echo);
    const [page, host] = portPair();
    server.connect(host);
    page.send(message);
    await Promise.resolve();
    expect(server.pages).toBe(0);
  },
);

test('while a reader is slow, progress gives way to newer progress and nothing else is lost', () => {
  let busy = true;
  const sent: ToPage[] = [];
  const box = new Outbox({ busy: () => busy, send: (m) => sent.push(m), most: 100, onOverflow: () => expect.unreachable() });
  box.post({ kind: 'event', name: 'run.progress', payload: progress('a', 1) });
  box.post({ kind: 'event', name: 'run.epoch', payload: { id: 'a', metrics: 1 } });
  box.post({ kind: 'event', name: 'run.progress', payload: progress('b', 1) });
  box.post({ kind: 'event', name: 'run.epoch', payload: { id: 'a', metrics: 2 } });
  box.post({ kind: 'event', name: 'run.progress', payload: progress('a', 2) });
  box.post({ kind: 'reply', id: 1, reply: { ok: true, value: 0 } });
  expect(box.length).toBe(5);
  busy = false;
  box.flush();
  expect(sent.map((m) => (m.kind === 'event' ? (m.payload as { epoch?: number; metrics?: number; id: string }) : m.id))).toEqual([
    { id: 'a', metrics: 1 },
    progress('b', 1),
    { id: 'a', metrics: 2 },
    progress('a', 2),
    1,
  ]);
});

test('a reader that never takes anything is given up, once', () => {
  const lost = vi.fn();
  const box = new Outbox({ busy: () => true, send: () => expect.unreachable(), most: 10, onOverflow: lost });
  for (let i = 0; i < 50; i++) box.post({ kind: 'event', name: 'run.epoch', payload: { id: 'a', metrics: i } });
  expect(lost).toHaveBeenCalledTimes(1);
  expect(box.length).toBe(0);
});

/** A host on a WebSocket that can be taken away and brought back on the same port. */
async function socketHost(dispatch: Dispatch, port = 0) {
  const server = createServer(dispatch);
  const http: HttpServer = createHttp();
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (ws) => {
    const port: Port = {
      send: (m) => ws.send(encodeFrame(m)),
      onMessage: (l) => {
        ws.on('message', (data) => l(decodeFrame(data as Buffer)));
        return () => undefined;
      },
      onState: (l) => {
        ws.on('close', () => l(false));
        return () => undefined;
      },
      close: () => ws.terminate(),
    };
    server.connect(port);
  });
  await new Promise<void>((r) => http.listen(port, '127.0.0.1', r));
  return {
    server,
    port: (http.address() as AddressInfo).port,
    stop: () => {
      for (const s of sockets.clients) s.terminate();
      http.closeAllConnections();
      return new Promise((r) => http.close(r));
    },
  };
}

test('over a WebSocket: arrays come back as arrays; after a break the page reconnects and hears events again', async () => {
  let hang = false;
  const dispatch: Dispatch = (name, input) => (hang ? new Promise(() => undefined) : echo(name, { input, x: new Float64Array([1, 2]) }));
  let host = await socketHost(dispatch);
  const port = webSocketPort(`ws://127.0.0.1:${host.port}`, { delays: [20] });
  const client = createClient(port);
  cleanUp.push(() => port.close());
  const links: boolean[] = [];
  client.onLink((up) => links.push(up));
  const heard: string[] = [];
  client.on('run.removed', ({ id }) => heard.push(id));
  expect(await client.call('app.info', {})).toMatchObject({ input: { x: new Float64Array([1, 2]) } });
  host.server.emit('run.removed', { id: 'first' });
  await vi.waitFor(() => expect(heard).toEqual(['first']));

  hang = true;
  const cut = client.call('run.get', { run: 'a' });
  cut.catch(() => undefined);
  await new Promise((r) => setTimeout(r, 30));
  const stopped = host.port;
  await host.stop();
  await expect(cut).rejects.toMatchObject({ code: 'failed' });
  hang = false;
  const early = client.call('run.get', { run: 'b' }); // waits for the link
  host = await socketHost(dispatch, stopped);
  cleanUp.push(() => void host.stop());
  expect(await early).toMatchObject({ name: 'run.get' });
  host.server.emit('run.removed', { id: 'second' });
  await vi.waitFor(() => expect(heard).toEqual(['first', 'second']));
  expect(links).toEqual([false, true, false, true]);
});

test('an input that no message can carry is the caller’s error, and the link lives on', async () => {
  const host = await socketHost(echo);
  const port = webSocketPort(`ws://127.0.0.1:${host.port}`);
  cleanUp.push(
    () => port.close(),
    () => void host.stop(),
  );
  const client = createClient(port);
  await expect(client.call('run.start', { config: { f: () => 1 } })).rejects.toMatchObject({ code: 'bad-input' });
  expect(await client.call('app.info', {})).toMatchObject({ name: 'app.info' });
});
