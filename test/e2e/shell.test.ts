// The desktop app as it is built: its main process, its preload and its page, in Electron where it is there and in its stand-in else.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, startRun, type DesktopWindow, type Launched } from '../support/desktop.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const library = path.join(folder, 'library');
const userData = path.join(folder, 'user');
let desk: Launched;
const page = () => desk.page;

beforeAll(async () => {
  desk = await launch({ library, userData });
}, 180_000);
afterAll(() => desk?.app.close());

const save = (answer: { canceled: boolean; filePath: string }) =>
  desk.app.evaluate(({ dialog }, given) => {
    dialog.showSaveDialog = async () => given;
  }, answer);

test('one window opens on the page of the app’s own scheme, with an empty library', async () => {
  await page().getByText('No runs yet.').waitFor();
  await expect.poll(desk.windows).toEqual([{ url: 'app://kernelscope/index.html', visible: true }]);
});

test.runIf(process.platform === 'linux')('Chromium is asked for WebGPU before the app is ready', async () => {
  const told = await desk.app.evaluate(({ app: { commandLine } }) => ({
    unsafe: commandLine.hasSwitch('enable-unsafe-webgpu'),
    features: commandLine.getSwitchValue('enable-features').split(','),
  }));
  expect(told).toMatchObject({ unsafe: true, features: expect.arrayContaining(['ForceEnableWebGpuInterop']) as string[] });
});

test('the page has no Node, and of the desktop only what the preload gives', async () => {
  const seen = await page().evaluate(() => ({
    globals: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in window),
    desktop: Object.keys((window as unknown as DesktopWindow).kernelscopeDesktop),
    frozen: Object.isFrozen((window as unknown as DesktopWindow).kernelscopeDesktop),
  }));
  expect(seen).toEqual({ globals: [], desktop: ['connect', 'saveFigure', 'saveBundle', 'offer', 'onCommand'], frozen: true });
});

test('a run trains in a utility process, live in the window', async () => {
  await startRun(page(), 'tiny', 8, 'done');
  await expect.poll(() => page().locator('[data-figure="training"] .frame svg path').count()).toBeGreaterThan(1);
});

test('its log says in which process, on which device, and why not on a faster one', async () => {
  await page().getByRole('tab', { name: 'Log' }).click();
  const log = () => page().locator('main').innerText();
  await expect
    .poll(log)
    .toMatch(/in process \d+, from the beginning[^]*not on cuda: .+[^]*not on webgpu: .+[^]*on cpu \(.*\); .*, Node v\d/);
  await page().getByRole('tab', { name: 'Overview' }).click();
});

test('a figure is saved through the dialog: into the file that the person names, and nowhere if they cancel', async () => {
  const file = path.join(folder, 'saved.svg');
  await save({ canceled: false, filePath: file });
  const choose = async () => {
    await page().locator('[data-figure="spectrum"]').hover();
    await page().getByRole('button', { name: 'Export Spectrum', exact: true }).click();
    await page().getByRole('menuitem', { name: 'SVG, one column' }).click();
  };
  await choose();
  await page().getByRole('status').filter({ hasText: 'Saved saved.svg.' }).waitFor();
  expect(readFileSync(file, 'utf8')).toMatch(/^<(\?xml|svg)/);
  rmSync(file);
  await save({ canceled: true, filePath: '' });
  await choose();
  await page().waitForTimeout(300);
  expect(existsSync(file)).toBe(false);
  await save({ canceled: false, filePath: path.join(folder, 'no such folder', 'x.svg') });
  await choose();
  await page().getByRole('alert').filter({ hasText: 'could not be written' }).waitFor();
  await page().getByRole('button', { name: 'Dismiss' }).last().click();
});

test('a PNG is drawn on a thread of the main process', async () => {
  const file = path.join(folder, 'saved.png');
  await save({ canceled: false, filePath: file });
  await page().locator('[data-figure="spectrum"]').hover();
  await page().getByRole('button', { name: 'Export Spectrum', exact: true }).click();
  await page().getByRole('menuitem', { name: 'PNG, two columns' }).click();
  await page().getByRole('status').filter({ hasText: 'Saved saved.png.' }).waitFor();
  const bytes = readFileSync(file);
  expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(2000); // 175 mm at four times the screen's density
});

test('runs are exported through the dialog, straight into the file that the person names; a page names no path', async () => {
  const file = path.join(folder, 'tiny.kernelscope');
  const asked = (runs: unknown) =>
    page().evaluate((r) => (window as unknown as DesktopWindow).kernelscopeDesktop.saveBundle(r as string[]), runs);
  await save({ canceled: false, filePath: file });
  expect(await asked(['tiny'])).toEqual({ ok: true, fileName: 'tiny.kernelscope' });
  expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
  await page().getByRole('status').filter({ hasText: '1 run, ' }).waitFor();
  await save({ canceled: true, filePath: '' });
  expect(await asked(['tiny'])).toEqual({ ok: true, fileName: null });
  await save({ canceled: false, filePath: path.join(folder, 'never') });
  for (const wrong of [['nobody'], [], 'tiny', [{ path: '/tmp/evil' }], null]) expect(await asked(wrong)).toMatchObject({ ok: false });
  expect(existsSync(path.join(folder, 'never'))).toBe(false);
});

test('after a reload the page has a new port and the same place', async () => {
  const place = new URL(page().url()).hash;
  await page().reload();
  await page().getByRole('heading', { name: 'tiny', exact: true }).waitFor();
  expect(new URL(page().url()).hash).toBe(place);
});

test('the window closes, moved and made smaller; it and its library come back', async () => {
  const bounds = { x: 300, y: 200, width: 1100, height: 700 };
  await desk.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0].setBounds(to), bounds);
  expect(desk.complaints).toEqual([]);
  await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  expect(await desk.app.ended).toBe(0);
  desk = await launch({ library, userData });
  await page().getByRole('link', { name: 'tiny' }).waitFor();
  expect(await page().getByText('read-only').count()).toBe(0);
  const again = await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getBounds());
  expect(again).toEqual(bounds);
  expect(readFileSync(path.join(userData, 'logs', 'kernelscope.log'), 'utf8').match(/Kernelscope \d/g)).toHaveLength(2);
});
