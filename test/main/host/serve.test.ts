// The server's door. Requests are written by hand where a client library would tidy them up.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { calls, type Emit, type Handlers } from '../../../main/contract/calls.ts';
import { serve, type Served } from '../../../main/host/serve.ts';
import { fileFor } from '../../../main/host/serve/pages.ts';
import { createClient, webSocketPort } from '../../../main/rpc/client.ts';
import { encodeFrame, requestLimits } from '../../../main/rpc/codec.ts';
import { temporaryFolder } from '../../support/folder.ts';

const folder = temporaryFolder();
const renderer = path.join(folder, 'renderer');
const log: string[] = [];
let served: Served;
let emit: Emit;
let cookie: string;

beforeAll(async () => {
  mkdirSync(path.join(renderer, 'assets'), { recursive: true });
  writeFileSync(path.join(renderer, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(path.join(renderer, 'assets', 'a.js'), 'export {};');
  writeFileSync(path.join(renderer, 'notes.txt'), 'of no known type');
  writeFileSync(path.join(folder, 'secret.json'), '{}');
  symlinkSync(path.join(folder, 'secret.json'), path.join(renderer, 'link.json'));
  const handlers = Object.fromEntries(
    Object.keys(calls).map((k) => [k, async () => ({ k, x: new Float64Array([1, 2]) })]),
  ) as unknown as Handlers;
  served = await serve({
    services: async () => ({
      handlers,
      onEvent: (listener) => {
        emit = listener;
        return () => undefined;
      },
    }),
    renderer,
    port: 0,
    host: '127.0.0.1',
    log: (line) => log.push(line),
  });
  const response = await fetch(served.url, { redirect: 'manual' });
  cookie = response.headers.get('set-cookie')!.split(';')[0];
});
afterAll(() => served.close());

/** One request, byte for byte. */
function raw(text: string): Promise<{ status: number; head: string; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(served.port, '127.0.0.1', () => socket.write(text));
    let all = '';
    socket.on('data', (d) => (all += d.toString('latin1')));
    socket.on('close', () => {
      const [head, body] = all.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), head, body });
    });
    socket.on('error', reject);
  });
}
const get = (target: string, headers: Record<string, string> = {}) => {
  const all = { host: `127.0.0.1:${served.port}`, connection: 'close', ...headers };
  return raw(
    `GET ${target} HTTP/1.1\r\n${Object.entries(all)
      .map(([k, v]) => `${k}: ${v}\r\n`)
      .join('')}\r\n`,
  );
};

describe('the page', () => {
  test('the printed address gives a cookie that scripts cannot read, and takes the token out of the address', async () => {
    const response = await fetch(served.url, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/');
    expect(response.headers.get('set-cookie')).toMatch(/^kernelscope-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
  test('with the cookie comes the page, under a strict policy and not to be kept', async () => {
    const { status, head, body } = await get('/', { cookie: `other=1; ${cookie}` });
    expect([status, body]).toEqual([200, '<!doctype html><title>page</title>']);
    expect(head).toMatch(/content-security-policy: default-src 'none'; script-src 'self';/);
    expect(head).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
    expect(head).toMatch(/x-content-type-options: nosniff/);
    expect(head).toMatch(/cache-control: no-store/);
    expect((await get('/assets/a.js', { cookie })).head).toMatch(/text\/javascript[^]*immutable|immutable[^]*text\/javascript/);
  });
  test.each([
    ['nothing', () => ({})],
    ['a wrong cookie', () => ({ cookie: `${cookie.split('=')[0]}=${'x'.repeat(32)}` })],
    ['a shorter one', () => ({ cookie: cookie.slice(0, -1) })],
    ['a longer one', () => ({ cookie: `${cookie}x` })],
  ])('with %s it is 403', async (_, headers) => {
    expect((await get('/', headers())).status).toBe(403);
    expect((await get('/assets/a.js', headers())).status).toBe(403);
  });
  test('a wrong token gives no cookie', async () => {
    const { status, head } = await get('/?token=wrong');
    expect(status).toBe(403);
    expect(head).not.toMatch(/set-cookie/);
  });
  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost@evil.example', '', '127.0.0.1:1:2', '[::1'])(
    'for the name %j it is 421 even with the cookie',
    async (host) => expect((await get('/', { host, cookie })).status).toBe(421),
  );
  test.each(['127.0.0.1:9', 'localhost', 'LOCALHOST:8080', '[::1]:80'])('for %s, as through a tunnel, it is served', async (host) =>
    expect((await get('/', { host, cookie })).status).toBe(200),
  );
  test.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/..%5csecret.json',
    '/link.json',
    '/%00',
    '/%zz',
    '//etc/passwd',
    '/assets',
    '/notes.txt',
    '/nothing.js',
  ])('%s is not there', async (target) => expect((await get(target, { cookie })).status).toBe(404));
  test('an absolute address of another place is not there either', async () =>
    expect([400, 404, 421]).toContain((await get('http://evil.example/../secret.json', { cookie })).status));
  test('only GET', async () =>
    expect(
      (await raw(`POST / HTTP/1.1\r\nhost: localhost\r\ncookie: ${cookie}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)).status,
    ).toBe(405));
  test('the folder itself is no file', async () => expect(await fileFor(renderer, '/assets/..')).toBeNull());
});

function socket(headers: Record<string, string> = {}, target = '/rpc'): Promise<{ ws?: WebSocket; status: number }> {
  return new Promise((resolve) => {
    const ws = new WebSocket(`ws://127.0.0.1:${served.port}${target}`, {
      headers: { cookie, origin: `http://127.0.0.1:${served.port}`, ...headers },
    });
    ws.on('open', () => resolve({ ws, status: 101 }));
    ws.on('unexpected-response', (_, response) => resolve({ status: response.statusCode ?? 0 }));
    ws.on('error', () => undefined);
  });
}
const closing = (ws: WebSocket) => new Promise<number>((resolve) => ws.on('close', resolve));

describe('the socket', () => {
  test.each([
    ['no cookie', { cookie: '' }, 403],
    ['a foreign origin', { origin: 'http://evil.example' }, 403],
    ['another port’s origin', { origin: 'http://127.0.0.1:1' }, 403],
    ['another scheme’s origin', { origin: 'https://127.0.0.1' }, 403],
    ['no origin', { origin: '' }, 403],
    ['the origin null', { origin: 'null' }, 403],
    ['a foreign name', { host: 'evil.example', origin: 'http://evil.example' }, 421],
  ])('with %s is refused', async (_, headers, status) => expect((await socket(headers)).status).toBe(status));
  test('elsewhere than /rpc is not there', async () => expect((await socket({}, '/other')).status).toBe(404));

  test('carries calls and events; arrays arrive as arrays', async () => {
    const open = (url: string) =>
      new WebSocket(url, { headers: { cookie, origin: `http://127.0.0.1:${served.port}` } }) as unknown as globalThis.WebSocket;
    const port = webSocketPort(`ws://127.0.0.1:${served.port}/rpc`, { open });
    const client = createClient(port);
    const heard: string[] = [];
    client.on('run.removed', ({ id }) => heard.push(id));
    expect(await client.call('app.info', {})).toEqual({ k: 'app.info', x: new Float64Array([1, 2]) });
    await expect(client.call('secret' as 'app.info', {})).rejects.toMatchObject({ code: 'unknown-call' });
    emit('run.removed', { id: 'r' });
    await vi.waitFor(() => expect(heard).toEqual(['r']));
    port.close();
  });
  test.each([
    ['text', 'hello', 1003],
    ['garbage', Buffer.from('garbage in bytes'), 1007],
    ['a message that is none', encodeFrame({ kind: 'nonsense' }), 1001],
    ['a huge frame', Buffer.alloc(requestLimits.bytes + 1), 1009],
  ])('closes at %s', async (_, data, code) => {
    const { ws } = await socket();
    const closed = closing(ws!);
    ws!.send(data);
    expect(await closed).toBe(code);
  });
  test('nothing of this was worth a line in the log', () => expect(log).toEqual([]));
});

test('a port that is taken is refused by its number; one socket open does not keep the server from closing', async () => {
  const options = {
    services: async () => ({ handlers: {} as Handlers, onEvent: () => () => undefined }),
    renderer,
    host: '127.0.0.1',
    log: () => undefined,
  };
  await expect(serve({ ...options, port: served.port })).rejects.toThrow(`--port: expected a free port, got ${served.port}`);
  await expect(serve({ ...options, port: 0, host: '192.0.2.7' })).rejects.toThrow(
    '--host: expected an address of this machine, got 192.0.2.7',
  );
  const { ws } = await socket();
  const closed = closing(ws!);
  const second = await serve({ ...options, port: 0 });
  await second.close();
  ws!.close();
  expect(await closed).toBeGreaterThan(0);
});
