// The desktop app as it is built: its main process, its preload and its page, in Electron where it is there and in its stand-in else.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Desktop } from '../../main/contract/desktop.ts';
import { launchDesktop, type DesktopApp } from '../electron-double/launch.ts';
import { complaintsOf } from '../support/browser.ts';
import { ensureBuilt, root } from '../support/built.ts';
import { fillSmallRun } from '../support/small-run.ts';

type DesktopWindow = Window & { kernelscopeDesktop: Desktop };
const folder = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-shell-'));
const library = path.join(folder, 'library');
let app: DesktopApp;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ensureBuilt();
  app = await launchDesktop({ appDir: root, env: { KERNELSCOPE_LIBRARY: library } });
  page = await app.firstWindow();
  complaints = complaintsOf(page);
}, 180_000);
afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

const windows = () =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => ({ url: w.webContents.getURL(), visible: w.isVisible() })));
const save = (answer: { canceled: boolean; filePath: string }) =>
  app.evaluate(({ dialog }, given) => {
    dialog.showSaveDialog = async () => given;
  }, answer);

test('one window opens on the page of the app’s own scheme, with an empty library', async () => {
  await page.getByText('No runs yet.').waitFor();
  await expect.poll(windows).toEqual([{ url: 'app://kernelscope/index.html', visible: true }]);
});

test('the page has no Node, and of the desktop only what the preload gives', async () => {
  const seen = await page.evaluate(() => ({
    globals: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in window),
    desktop: Object.keys((window as unknown as DesktopWindow).kernelscopeDesktop),
    frozen: Object.isFrozen((window as unknown as DesktopWindow).kernelscopeDesktop),
  }));
  expect(seen).toEqual({ globals: [], desktop: ['connect', 'saveFigure', 'saveBundle'], frozen: true });
});

test('a run trains in a utility process, live in the window', async () => {
  await fillSmallRun(page, 'tiny', 8);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'tiny', exact: true }).waitFor();
  await page.locator('.head .chip').getByText('done', { exact: true }).waitFor({ timeout: 90_000 });
  await expect.poll(() => page.locator('[data-figure="training"] svg path').count()).toBeGreaterThan(1);
});

test('a figure is saved through the dialog: into the file that the person names, and nowhere if they cancel', async () => {
  const file = path.join(folder, 'saved.svg');
  await save({ canceled: false, filePath: file });
  const choose = async () => {
    await page.locator('[data-figure="spectrum"]').hover();
    await page.getByRole('button', { name: 'Export Spectrum', exact: true }).click();
    await page.getByRole('menuitem', { name: 'SVG, one column' }).click();
  };
  await choose();
  await page.getByRole('status').filter({ hasText: 'Saved saved.svg.' }).waitFor();
  expect(readFileSync(file, 'utf8')).toMatch(/^<(\?xml|svg)/);
  rmSync(file);
  await save({ canceled: true, filePath: '' });
  await choose();
  await page.waitForTimeout(300);
  expect(existsSync(file)).toBe(false);
  await save({ canceled: false, filePath: path.join(folder, 'no such folder', 'x.svg') });
  await choose();
  await page.getByRole('alert').filter({ hasText: 'could not be written' }).waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).last().click();
});

test('a PNG is drawn on a thread of the main process', async () => {
  const file = path.join(folder, 'saved.png');
  await save({ canceled: false, filePath: file });
  await page.locator('[data-figure="spectrum"]').hover();
  await page.getByRole('button', { name: 'Export Spectrum', exact: true }).click();
  await page.getByRole('menuitem', { name: 'PNG, two columns' }).click();
  await page.getByRole('status').filter({ hasText: 'Saved saved.png.' }).waitFor();
  const bytes = readFileSync(file);
  expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(2000); // 175 mm at four times the screen's density
});

test('runs are exported through the dialog, straight into the file that the person names; a page names no path', async () => {
  const file = path.join(folder, 'tiny.kernelscope');
  const asked = (runs: unknown) =>
    page.evaluate((r) => (window as unknown as DesktopWindow).kernelscopeDesktop.saveBundle(r as string[]), runs);
  await save({ canceled: false, filePath: file });
  expect(await asked(['tiny'])).toEqual({ ok: true, fileName: 'tiny.kernelscope' });
  expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
  await page.getByRole('status').filter({ hasText: '1 run, ' }).waitFor();
  await save({ canceled: true, filePath: '' });
  expect(await asked(['tiny'])).toEqual({ ok: true, fileName: null });
  await save({ canceled: false, filePath: path.join(folder, 'never') });
  for (const wrong of [['nobody'], [], 'tiny', [{ path: '/tmp/evil' }], null]) expect(await asked(wrong)).toMatchObject({ ok: false });
  expect(existsSync(path.join(folder, 'never'))).toBe(false);
});

test('the page cannot name a path, and unknown or malformed calls are refused', async () => {
  const asked = await page.evaluate(async () => {
    const { kernelscopeDesktop } = window as unknown as DesktopWindow;
    const request = { kind: 'training' as const, runs: ['tiny'] };
    const withPath = { request, style: {}, format: 'csv' as const, path: '/tmp/evil' };
    return Promise.all([
      kernelscopeDesktop.saveFigure(withPath),
      kernelscopeDesktop.saveFigure({ request, style: {}, format: 'exe' as 'csv' }),
    ]);
  });
  for (const reply of asked) expect(reply.ok).toBe(false);
  const replies = await page.evaluate(
    () =>
      new Promise<unknown[]>((resolve) => {
        window.addEventListener('message', ({ ports: [port] }) => {
          const found: unknown[] = [];
          port.onmessage = ({ data }: MessageEvent<{ reply: { ok: boolean; error?: { code: string } } }>) => {
            found.push(data.reply.error?.code);
            if (found.length === 3) resolve(found);
          };
          port.postMessage({ kind: 'call', id: 0, name: '__proto__', input: {} });
          port.postMessage({ kind: 'call', id: 1, name: 'run.get', input: { run: 7 } });
          port.postMessage({ kind: 'call', id: 2, name: 'run.delete', input: { run: 'tiny', force: true } });
        });
        (window as unknown as DesktopWindow).kernelscopeDesktop.connect();
      }),
  );
  expect(replies.sort()).toEqual(['bad-input', 'bad-input', 'unknown-call']);
});

test('a page that is not ours gets no port and saves nothing', async () => {
  const given = await app.evaluate(({ ipcMain }) => {
    let ports = 0;
    const sender = { postMessage: () => ports++ };
    for (const [url, parent] of [
      ['https://example.invalid/', null],
      ['app://elsewhere/index.html', null],
      ['app://kernelscope/index.html', {}],
    ] as const)
      ipcMain.emit('kernelscope.connect', { sender, senderFrame: { url, parent } });
    ipcMain.emit('kernelscope.connect', { sender, senderFrame: null });
    return ports;
  });
  expect(given).toBe(0);
});

test('scripts of the page reach nothing over the network, not even its own files', async () => {
  for (const address of ['index.html', 'https://example.invalid/', 'http://127.0.0.1:9/'])
    expect(
      await page.evaluate(
        (a) =>
          fetch(a).then(
            () => 'fetched',
            () => 'refused',
          ),
        address,
      ),
      address,
    ).toBe('refused');
  complaints.splice(0); // each refusal is reported by the browser
});

test('the page goes nowhere and opens nothing', async () => {
  await page.evaluate(() => void (location.href = 'https://example.invalid/'));
  await page.evaluate(() => void window.open('http://example.invalid/popup'));
  await page.waitForTimeout(300);
  expect((await windows()).map((w) => w.url.split('#')[0])).toEqual(['app://kernelscope/index.html']);
  complaints.splice(0); // the browser reports the navigation that was stopped
});

test('after a reload the page has a new port and the same place', async () => {
  const place = new URL(page.url()).hash;
  await page.reload();
  await page.getByRole('heading', { name: 'tiny', exact: true }).waitFor();
  expect(new URL(page.url()).hash).toBe(place);
});

test('the menu leads to the places of the page', async () => {
  await app.evaluate(({ Menu }) => void Menu.getApplicationMenu()?.getMenuItemById('library')?.click());
  await page.getByRole('link', { name: 'tiny' }).waitFor();
  expect(complaints).toEqual([]);
});

test('closing the window quits, and the library can be opened again', async () => {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  expect(await app.ended).toBe(0);
  const again = await launchDesktop({ appDir: root, env: { KERNELSCOPE_LIBRARY: library } });
  try {
    const window = await again.firstWindow();
    await window.getByRole('link', { name: 'tiny' }).waitFor();
    expect(await window.getByText('read-only').count()).toBe(0);
  } finally {
    await again.close();
  }
});
