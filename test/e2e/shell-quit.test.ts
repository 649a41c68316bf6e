// Leaving the desktop app while a run trains, and what the desktop shows of a run meanwhile.
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAgain } from '../electron-double/launch.ts';
import { root } from '../support/built.ts';
import { launch, startRun, stateIs, type Launched } from '../support/desktop.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const library = path.join(folder, 'library');
const userData = path.join(folder, 'user');
let desk: Launched;

interface Seen {
  bars: { value: number; mode: string | undefined }[];
  blocked: number[];
  released: number[];
  notices: { notification: Electron.Notification; title: string; body: string }[];
}
type World = { seen: Seen };

beforeAll(async () => {
  desk = await launch({ library, userData });
  // What goes out to the desktop is noted on its way.
  await desk.app.evaluate(({ BrowserWindow, powerSaveBlocker, Notification }) => {
    const seen: Seen = ((globalThis as unknown as World).seen = { bars: [], blocked: [], released: [], notices: [] });
    const { setProgressBar } = BrowserWindow.prototype;
    BrowserWindow.prototype.setProgressBar = function (value, options) {
      seen.bars.push({ value, mode: options?.mode });
      setProgressBar.call(this, value, options);
    };
    const [start, stop] = [powerSaveBlocker.start.bind(powerSaveBlocker), powerSaveBlocker.stop.bind(powerSaveBlocker)];
    powerSaveBlocker.start = (type) => {
      const id = start(type);
      seen.blocked.push(id);
      return id;
    };
    powerSaveBlocker.stop = (id) => {
      seen.released.push(id);
      return stop(id);
    };
    const { show } = Notification.prototype;
    Notification.prototype.show = function () {
      seen.notices.push({ notification: this, title: this.title, body: this.body });
      show.call(this);
    };
  });
}, 180_000);
afterAll(async () => {
  await desk?.answer(0);
  await desk?.app.close();
});

const seen = () =>
  desk.app.evaluate(({ app }) => {
    const { bars, blocked, released, notices } = (globalThis as unknown as World).seen;
    return { bars, blocked, released, notices: notices.map(({ title, body }) => ({ title, body })), badge: app.getBadgeCount() };
  });
/** Not those of a GPU, which nobody sees. */
const shownWindows = async () => (await desk.windows()).filter((w) => w.url.startsWith('app://kernelscope'));
const close = () => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());

test('a run shows on the dock and keeps the machine awake; the end of a long one is told where nobody looks, and a click shows it', async () => {
  await startRun(desk.page, 'sixty', 120, 'running');
  await desk.page.getByRole('link', { name: 'Library', exact: true }).first().click();
  expect(await seen()).toMatchObject({ released: [], notices: [], badge: 1 });
  // The clock by which a run counts its seconds leaps by a minute.
  await desk.app.evaluate(({ BrowserWindow }) => {
    const now = performance.now.bind(performance);
    performance.now = () => now() + 61_000;
    BrowserWindow.getAllWindows()[0].blur();
  });
  await expect.poll(async () => (await seen()).notices, { timeout: 60_000 }).toHaveLength(1);
  const { bars, blocked, released, notices, badge } = await seen();
  expect(notices[0].title).toBe('“sixty” is done');
  expect(notices[0].body).toMatch(/^120 epochs, test accuracy \d+\.\d %$/);
  await desk.app.evaluate(() => (globalThis as unknown as World).seen.notices[0].notification.emit('click'));
  await desk.page.getByRole('heading', { name: 'sixty', exact: true }).waitFor();
  expect(await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].isFocused())).toBe(true);

  expect(bars[0]).toEqual({ value: 2, mode: 'indeterminate' });
  expect(bars.at(-1)).toEqual({ value: -1, mode: 'none' });
  const between = bars.slice(1, -1).filter((b) => b.mode === 'normal');
  expect(between.length).toBeGreaterThan(1);
  expect(between.map((b) => b.value)).toEqual(between.map((b) => b.value).sort((a, b) => a - b));
  for (const { value } of between) expect(value).toBeLessThanOrEqual(1);
  expect(blocked).toHaveLength(1);
  expect(released).toEqual(blocked);
  expect(badge).toBe(0);
}, 90_000);

test('the last window asks before it goes, and stays where the person cancels', async () => {
  await startRun(desk.page, 'long', 100_000, 'running');
  await expect.poll(async () => (await seen()).badge).toBe(1);
  await desk.answer(2);
  await close();
  await expect.poll(desk.asked).toEqual(['“long” is under way.']);
  expect((await shownWindows()).map((w) => w.visible)).toEqual([true]);
  await stateIs(desk.page, 'running');
});

test('in the background the run goes on without a window; the icon or a second start brings it back', async () => {
  await desk.answer(1);
  await close();
  await expect.poll(shownWindows).toEqual([]);
  if (desk.app.kind === 'double') {
    const tray = () =>
      desk.app.evaluate(({ Tray }) => {
        const { shown } = Tray as unknown as { shown: Set<{ toolTip: string; menu: Electron.Menu }> };
        return [...shown].map(({ toolTip, menu }) => ({ toolTip, labels: menu.items.map((i) => i.label) }));
      });
    await expect.poll(async () => (await tray())[0]?.toolTip, { timeout: 20_000 }).toMatch(/^Kernelscope: 1 run under way, \d+ %$/);
    const shown = await tray();
    expect(shown).toHaveLength(1);
    expect(shown[0].labels.slice(-2)).toEqual(['Show Kernelscope', 'Quit']);
  }
  expect(await startAgain({ appDir: root, userData, env: { KERNELSCOPE_LIBRARY: library } })).toBe(0);
  desk.page = await desk.app.firstWindow();
  await desk.page.getByRole('link', { name: 'long' }).click();
  await stateIs(desk.page, 'running');
  if (desk.app.kind === 'double')
    expect(await desk.app.evaluate(({ Tray }) => (Tray as unknown as { shown: Set<unknown> }).shown.size)).toBe(0);
}, 180_000);

test('stopped, the app ends; the run is kept as far as it came', async () => {
  await desk.answer(0);
  await close();
  expect(await desk.app.ended).toBe(0);
  desk = await launch({ library, userData });
  await desk.page.getByRole('link', { name: 'long' }).click();
  await stateIs(desk.page, 'interrupted');
  await desk.page.getByText('the program was closed').first().waitFor();
}, 180_000);
