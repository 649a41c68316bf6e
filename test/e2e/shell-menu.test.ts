// The menu bar of the desktop app: its items do what the page's own commands do, and are there while the page takes them.
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '../support/cli.ts';
import { launch, startRun, stateIs, type Launched } from '../support/desktop.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
let desk: Launched;

beforeAll(async () => {
  desk = await launch({ library: path.join(folder, 'library') });
  await desk.page.getByText('No runs yet.').waitFor();
}, 180_000);
afterAll(async () => {
  await desk?.answer(0);
  await desk?.app.close();
});

const enabled = () =>
  desk.app.evaluate(({ Menu }) => {
    const item = (id: string) => Menu.getApplicationMenu()?.getMenuItemById(id)?.enabled;
    return { pause: item('pause'), resume: item('resume'), cancel: item('cancel'), export: item('export') };
  });
const darkOf = ({ app }: Launched) =>
  app.evaluate(({ Menu, nativeTheme }) => ({
    checked: Menu.getApplicationMenu()?.getMenuItemById('theme-dark')?.checked,
    native: nativeTheme.themeSource,
  }));

const dark = () => darkOf(desk);

test('the items lead to the places of the page', async () => {
  for (const [id, title] of [
    ['new', 'New experiment'],
    ['devices', 'Devices'],
    ['datasets', 'Datasets'],
    ['settings', 'Settings'],
    ['help', 'Help'],
    ['library', 'Library'],
  ]) {
    expect(await desk.menu(id)).toBe(true);
    await desk.page.getByRole('heading', { name: title, exact: true, level: 1 }).waitFor();
  }
  expect(await desk.menu('keys')).toBe(true);
  await desk.page.getByRole('heading', { name: 'Keys' }).waitFor();
  await desk.page.keyboard.press('Escape');
});

test('the theme of the menu is the page’s setting, and both follow each other and the native parts', async () => {
  expect(await dark()).toEqual({ checked: false, native: 'system' });
  expect(await desk.menu('theme-dark')).toBe(true);
  await expect.poll(() => desk.page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  await expect.poll(dark).toEqual({ checked: true, native: 'dark' });
  await desk.page.getByRole('link', { name: 'Settings' }).click();
  await desk.page.getByRole('radiogroup', { name: 'Theme', exact: true }).getByText('light').click();
  await expect.poll(dark).toEqual({ checked: false, native: 'light' });
});

test('a run is paused, resumed and cancelled from the menu, each as long as that can be done', async () => {
  const nothing = { pause: false, resume: false, cancel: false, export: false };
  expect(await enabled()).toEqual(nothing);
  expect(await desk.menu('pause')).toBe(false);
  await startRun(desk.page, 'long', 100_000, 'running');
  await expect.poll(enabled).toEqual({ pause: true, resume: false, cancel: true, export: true });
  expect(await desk.menu('pause')).toBe(true);
  await stateIs(desk.page, 'paused');
  await expect.poll(enabled).toEqual({ pause: false, resume: true, cancel: true, export: true });
  expect(await desk.menu('resume')).toBe(true);
  await stateIs(desk.page, 'running');
  await expect.poll(async () => (await enabled()).cancel).toBe(true);
  expect(await desk.menu('cancel')).toBe(true);
  await stateIs(desk.page, 'interrupted');
  await expect.poll(enabled).toEqual({ pause: false, resume: true, cancel: false, export: true });
  expect(await desk.menu('export')).toBe(true);
  await desk.page.getByRole('dialog').getByRole('heading').first().waitFor();
  await desk.page.keyboard.press('Escape');
  await desk.menu('library');
  await expect.poll(enabled).toEqual(nothing);
  expect(desk.complaints).toEqual([]);
});

test('without a window an item opens one and is then done', async () => {
  await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].destroy());
  await expect.poll(desk.windows).toEqual([]);
  expect(await desk.menu('devices')).toBe(true);
  const page = await desk.app.firstWindow();
  await page.getByRole('heading', { name: 'Devices', exact: true, level: 1 }).waitFor();
});

test('the log and the library’s folder are opened outside', async () => {
  await desk.app.evaluate(({ shell }) => {
    shell.openPath = async (file) => ((globalThis as unknown as { opened: string[] }).opened ??= []).push(file) as unknown as string;
  });
  await desk.menu('logs');
  await desk.menu('folder');
  const opened = await desk.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
  expect(opened).toEqual([path.join(desk.app.userData, 'logs'), path.join(folder, 'library')]);
});

test('a theme that cannot be kept is not marked as if it held', async () => {
  const library = path.join(folder, 'held');
  const holder = start(['serve'], { library, data: path.join(folder, 'data') });
  await holder.until(/^http:\/\/127/m);
  const reader = await launch({ library });
  try {
    await reader.page.getByText('read-only').first().waitFor();
    expect(await reader.menu('theme-dark')).toBe(true);
    await reader.page.getByRole('alert').waitFor(); // the wish is refused
    await expect.poll(() => darkOf(reader)).toEqual({ checked: false, native: 'system' });
  } finally {
    await reader.app.close();
    holder.child.kill('SIGKILL');
  }
}, 180_000);
