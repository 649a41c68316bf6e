// `serve` as a process: the address, its door, a run through it, and its end.
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, webSocketPort, type Port } from '../../main/rpc/client.ts';
import type { Client, Events } from '../../main/contract/calls.ts';
import { parseConfig, parseSetting } from '../../main/contract/config.ts';
import { cli, cliJson, start, type CliOptions, type Running } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { small } from '../support/small.ts';

const folder = temporaryFolder();
const o: CliOptions = { library: path.join(folder, 'library'), data: path.join(folder, 'data') };
const config = parseConfig(...small.filter((s) => s !== '--set').map(parseSetting));
const ports: Port[] = [];

async function enter(url: string): Promise<{ client: Client; cookie: string; origin: string }> {
  const { origin } = new URL(url);
  const response = await fetch(url, { redirect: 'manual' });
  const cookie = response.headers.get('set-cookie')!.split(';')[0];
  const port = webSocketPort(`${origin.replace('http', 'ws')}/rpc`, {
    open: (u) => new WebSocket(u, { headers: { cookie, origin } }) as unknown as globalThis.WebSocket,
  });
  ports.push(port);
  return { client: createClient(port), cookie, origin };
}

let server: Running;
let url: string;
beforeAll(async () => {
  server = start(['serve'], o);
  [url] = await server.until(/^http:\/\/127\.0\.0\.1:\d+\/\?token=\S+$/m);
});
afterAll(() => {
  for (const p of ports) p.close();
  server.child.kill('SIGKILL');
});

test('the page is there for whoever has the address', async () => {
  const { cookie, origin } = await enter(url);
  expect((await fetch(origin)).status).toBe(403);
  const page = await fetch(origin, { headers: { cookie } });
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'/);
  const html = await page.text();
  const scripts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((m) => new URL(m[1], origin));
  expect(scripts.length).toBeGreaterThan(0);
  for (const s of scripts) expect((await fetch(s, { headers: { cookie } })).status).toBe(200);
});

test('a run through it, watched; its arrays are arrays and its figure is bytes', async () => {
  const { client } = await enter(url);
  const stages = new Set<string>();
  const epochs: number[] = [];
  client.on('run.progress', (p) => stages.add(p.stage));
  client.on('run.epoch', (p) => epochs.push(p.metrics.epoch));
  const done = new Promise<Events['run.changed']>((resolve) =>
    client.on('run.changed', (run) => {
      if (run.state !== 'queued' && run.state !== 'running') resolve(run);
    }),
  );
  const { id } = await client.call('run.start', { config, name: 'served' });
  expect(await done).toMatchObject({ id, state: 'done', reason: null });
  expect(epochs).toEqual([0, 1, 2, 3]);
  expect(stages.size).toBeGreaterThan(1);
  const snapshot = await client.call('run.snapshot', { run: id, epoch: 3 });
  expect(snapshot.test.spectra[0].eigenvalues).toBeInstanceOf(Float64Array);
  const figure = await client.call('figure.export', { request: { kind: 'training', runs: [id] }, style: {}, format: 'svg' });
  expect(figure.mime).toBe('image/svg+xml');
  expect(new TextDecoder().decode(figure.bytes)).toMatch(/<svg/);
  expect(await client.call('app.info', {})).toMatchObject({ host: 'web', readOnly: false });
});

test('a second one reads only and says who holds the library', async () => {
  const second = start(['serve', '--json'], o);
  const [text] = await second.until(/^\{[^]*^\}$/m);
  const document = JSON.parse(text) as { url: string; port: number };
  expect(new URL(document.url).port).toBe(String(document.port));
  const { client } = await enter(document.url);
  const info = await client.call('app.info', {});
  expect(info.readOnly).toBe(true);
  expect(info.readOnlyReason).toContain(String(server.child.pid));
  expect((await client.call('library.list', {})).total).toBe(1);
  await expect(client.call('run.start', { config })).rejects.toMatchObject({ code: 'locked' });
  second.child.kill('SIGINT');
  expect((await second.ended).status).toBe(0);
});

test('SIGTERM: the run under way is stopped with what it has, and the end is a good one', async () => {
  const { client } = await enter(url);
  const { id } = await client.call('run.start', { config: { ...config, training: { ...config.training, epochs: 100_000 } } });
  await new Promise<void>((resolve) => client.on('run.epoch', (e) => e.id === id && e.metrics.epoch > 3 && resolve()));
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(0);
  expect(await cliJson(['show', id], o)).toMatchObject({ id, state: 'interrupted' });
  expect((await cli(['delete', id], o)).status).toBe(0);
});
