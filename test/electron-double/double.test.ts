// The double itself, with a small app: what it must get right for tests on it to mean anything.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCodec } from './codec.ts';
import { launchDesktop, startAgain, type DesktopApp } from './launch.ts';

const main = `
import { app, BrowserWindow, ipcMain, MessageChannelMain, protocol, session } from 'electron';
protocol.registerSchemesAsPrivileged([{ scheme: 'small', privileges: { standard: true } }]);
globalThis.early = '';
try { new BrowserWindow(); } catch (error) { globalThis.early = error.message; }
globalThis.navigations = [];
globalThis.closed = 0;
globalThis.gone = [];
globalThis.handed = [];
globalThis.first = app.requestSingleInstanceLock({ from: process.argv.slice(2) });
if (!globalThis.first) app.exit(7);
app.on('second-instance', (_event, argv, cwd, data) => globalThis.handed.push({ argv: argv.slice(2), cwd, data }));
app.on('render-process-gone', (_event, contents, { reason }) => globalThis.gone.push(reason + ' ' + contents.getURL()));
void app.whenReady().then(() => {
  protocol.handle('small', (request) => new Response('<!doctype html><title>small</title>' + new URL(request.url).pathname, {
    headers: { 'content-type': 'text/html', 'content-security-policy': "default-src 'none'" } }));
  session.defaultSession.webRequest.onBeforeRequest({ urls: ['http://*/*'] }, (_details, answer) => answer({ cancel: true }));
  ipcMain.handle('add', (event, a, b) => { if (typeof a !== 'number') throw new TypeError('numbers only'); return { sum: a + b, from: event.senderFrame.url }; });
  ipcMain.on('connect', (event) => {
    const { port1, port2 } = new MessageChannelMain();
    port1.on('message', ({ data }) => port1.postMessage({ ...data, seen: data.numbers.length }));
    port1.on('close', () => globalThis.closed++);
    if (globalThis.hangUp) setTimeout(() => port1.close(), 50);
    port1.start();
    event.sender.postMessage('port', null, [port2]);
  });
  const window = new BrowserWindow({ webPreferences: { preload: new URL('./preload.cjs', import.meta.url).pathname } });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => { globalThis.navigations.push(event.url); event.preventDefault(); });
  void window.loadURL('small://host/first');
});
app.on('window-all-closed', () => app.quit());
`;
const preload = `
const { contextBridge, ipcRenderer } = require('electron');
let node = 'none';
try { require('node:fs'); node = 'fs'; } catch (error) { node = error.message; }
contextBridge.exposeInMainWorld('small', { node, add: (a, b) => ipcRenderer.invoke('add', a, b), connect: () => ipcRenderer.send('connect'),
  each: (list, f) => list.forEach((x) => f({ x })) });
ipcRenderer.on('port', (event) => window.postMessage('port', location.origin, event.ports));
`;
interface Small {
  node: string;
  add(a: unknown, b: unknown): Promise<unknown>;
  connect(): void;
  each(list: unknown[], f: (given: unknown) => void): void;
}
type SmallWindow = Window & { small: Small };

const dir = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-small-'));
let app: DesktopApp;
let page: Page;
beforeAll(async () => {
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name: 'small', version: '1.2.3', type: 'module', main: 'main.js' }));
  writeFileSync(path.join(dir, 'main.js'), main);
  writeFileSync(path.join(dir, 'preload.cjs'), preload);
  app = await launchDesktop({ appDir: dir });
  page = await app.firstWindow();
});
afterAll(async () => {
  await app?.close();
  rmSync(dir, { recursive: true, force: true });
});
const inMain = (name: string) => app.evaluate((_electron, key) => (globalThis as unknown as Record<string, unknown>)[key], name);

test('values survive the codec, and what cannot be cloned is refused', () => {
  const codec = createCodec();
  const value = {
    a: [1, NaN, -Infinity, null, undefined],
    m: new Map([['k', new Set([1n])]]),
    d: new Date(5),
    f: Float64Array.of(0.1, NaN),
    $: 'own',
  };
  expect(codec.decode(codec.encode(value))).toEqual(value);
  expect(() => codec.encode({ run: () => 1 })).toThrow('could not be cloned');
  expect(() => codec.encode(Symbol('s'))).toThrow('could not be cloned');
});

test('a window before ready is refused, and the page comes through the scheme with its policy', async () => {
  expect(await inMain('early')).toMatch(/before app is ready/);
  expect(await page.title()).toBe('small');
  expect(await page.locator('body').textContent()).toBe('/first');
  expect(await page.evaluate(() => fetch('/second').then(String, String))).toMatch(/Failed to fetch|TypeError/);
});

test('the preload has electron and no Node; the page has what was bridged, frozen, and no electron', async () => {
  const seen = await page.evaluate(() => ({
    node: (window as unknown as SmallWindow).small.node,
    frozen: Object.isFrozen((window as unknown as SmallWindow).small),
    globals: ['require', 'process', 'module', 'ipcRenderer'].filter((name) => name in window),
  }));
  expect(seen).toEqual({ node: 'module not found: node:fs', frozen: true, globals: [] });
});

test('invoke answers values and errors as Electron does', async () => {
  const add = (a: unknown, b: unknown) =>
    page.evaluate(([x, y]) => (window as unknown as SmallWindow).small.add(x, y).catch((e: Error) => e.message), [a, b]);
  expect(await add(2, 3)).toEqual({ sum: 5, from: 'small://host/first' });
  expect(await add('2', 3)).toBe("Error invoking remote method 'add': TypeError: numbers only");
});

test('a port reaches the page, carries typed arrays both ways, and closes with the document', async () => {
  const reply = await page.evaluate(
    () =>
      new Promise((resolve) => {
        window.addEventListener('message', ({ ports: [port] }) => {
          port.onmessage = ({ data }: MessageEvent<{ numbers: Float64Array; seen: number }>) =>
            resolve({ type: data.numbers.constructor.name, numbers: [...data.numbers], seen: data.seen });
          port.postMessage({ numbers: Float64Array.of(1.5, -2) });
        });
        (window as unknown as SmallWindow).small.connect();
      }),
  );
  expect(reply).toEqual({ type: 'Float64Array', numbers: [1.5, -2], seen: 2 });
  expect(await inMain('closed')).toBe(0);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].loadURL('small://host/third'));
  await expect.poll(() => inMain('closed')).toBe(1);
});

test('navigation and new windows ask first', async () => {
  await page.evaluate(() => void (location.href = 'https://example.invalid/'));
  await expect.poll(() => inMain('navigations')).toEqual(['https://example.invalid/']);
  expect(await page.locator('body').textContent()).toBe('/third');
  await page.evaluate(() => void window.open('https://example.invalid/popup'));
  await expect.poll(() => page.context().pages().length).toBe(1);
});

test('functions that the page gives to the bridge are called with copies', async () => {
  const given = await page.evaluate(() => {
    const found: unknown[] = [];
    (window as unknown as SmallWindow).small.each([1, [2]], (x) => found.push(x));
    return found;
  });
  expect(given).toEqual([{ x: 1 }, { x: [2] }]);
});

test('a page hears when the other end of its port closes, as in Electron', async () => {
  await app.evaluate(() => ((globalThis as unknown as { hangUp: boolean }).hangUp = true));
  const heard = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        window.addEventListener('message', ({ ports: [port] }) => {
          port.addEventListener('close', () => resolve('closed'));
          port.onmessage = () => resolve('a message');
        });
        (window as unknown as SmallWindow).small.connect();
      }),
  );
  expect(heard).toBe('closed');
});

test('one instance a user data folder: a second hands over what it was given, and ends', async () => {
  expect(await inMain('first')).toBe(true);
  expect(await startAgain({ appDir: dir, userData: app.userData, cwd: os.tmpdir(), args: ['file.small'] })).toBe(7);
  const said = [`--user-data-dir=${app.userData}`, 'file.small'];
  await expect.poll(() => inMain('handed')).toEqual([{ argv: said, cwd: realpathSync(os.tmpdir()), data: { from: said } }]);
});

test('a page’s process can crash; loaded again, it is there in another one', async () => {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.forcefullyCrashRenderer());
  await expect.poll(() => inMain('gone')).toEqual(['crashed small://host/third']);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.reload());
  const text = () =>
    app.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.executeJavaScript('document.body.textContent') as Promise<string>,
    );
  await expect.poll(text).toBe('/third');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('requests over a network ask the session first', async () => {
  const load = (url: string) =>
    app.evaluate(
      ({ BrowserWindow }, to) =>
        BrowserWindow.getAllWindows()[0]
          .loadURL(to)
          .then(String, (error: Error) => error.message),
      url,
    );
  expect(await load('http://127.0.0.1:9/')).toMatch(/ERR_BLOCKED_BY_CLIENT/);
  expect(await load('small://host/fourth')).toBe('undefined');
});

test('closing the last window ends the app', async () => {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  expect(await app.ended).toBe(0);
});
