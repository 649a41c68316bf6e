// What breaks: the page, a compute process, the main process's own code. Runs go on or are kept, and it is written down.
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, startRun, stateIs, type Launched } from '../support/desktop.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
let desk: Launched;

beforeAll(async () => {
  desk = await launch({ library: path.join(folder, 'library') });
}, 180_000);
afterAll(async () => {
  await desk?.answer(0);
  await desk?.app.close();
});

/** Text of the page, asked through the main process: a test's own hold on a page is lost with its process. */
const shown = () =>
  desk.app.evaluate(({ BrowserWindow }) =>
    (BrowserWindow.getAllWindows()[0].webContents.executeJavaScript('document.body.innerText') as Promise<string>).catch(String),
  );
const place = () => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.getURL());
const crash = () => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.forcefullyCrashRenderer());
const crashed = () => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.isCrashed());
const ask = <T>(code: string) =>
  desk.app.evaluate(
    ({ BrowserWindow }, source) => BrowserWindow.getAllWindows()[0].webContents.executeJavaScript(source) as Promise<unknown>,
    code,
  ) as Promise<T>;

test('a page that crashes is shown again where it was, and its run never stopped', async () => {
  await startRun(desk.page, 'sturdy', 100_000, 'running');
  await desk.page.getByRole('tab', { name: 'Log' }).click();
  await expect.poll(place).toMatch(/#\/run\/\w+\?tab=log$/);
  const before = await place();
  await desk.answer(0);
  await crash();
  await expect.poll(desk.asked).toEqual(['The window’s page has crashed.']);
  await expect.poll(shown, { timeout: 20_000 }).toContain('sturdy');
  await expect.poll(place).toBe(before);
  await expect.poll(shown).toMatch(/\brunning\b/);
  // It has a new port, and what it asks for is done.
  await expect.poll(() => ask<number>('document.querySelectorAll("[role=tab]").length')).toBeGreaterThan(3);
  expect(desk.log()).toMatch(/page app:\/\/kernelscope\/index\.html#\/run\/\S+: gone \((crashed|killed), exit code \d+\)/);
}, 180_000);

test('one that crashes again at once gives way to a page without scripts, from which the library is a click away', async () => {
  await desk.answer(0);
  await crash();
  await expect.poll(shown, { timeout: 20_000 }).toContain('The page has crashed again.');
  expect(await desk.asked()).toEqual([]);
  expect(await place()).toBe('app://kernelscope/crashed.html');
  await ask('document.querySelector("a").click()');
  await expect.poll(shown, { timeout: 20_000 }).toContain('sturdy');
  await expect.poll(crashed).toBe(false);
}, 180_000);

test('a compute process that dies takes its run along and nothing else; the run says why, and goes on from its checkpoint', async () => {
  // A window of its own for what follows: Playwright lets go of a page whose process has crashed.
  await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].destroy());
  await expect.poll(desk.windows).toEqual([]);
  await desk.menu('library');
  desk.page = await desk.app.firstWindow();
  await desk.page.getByRole('link', { name: 'sturdy' }).click();
  await stateIs(desk.page, 'running');
  await desk.page.getByRole('tab', { name: 'Log' }).click();
  const line = desk.page.getByText(/process \d+/).last();
  const [pid] = /\d+/.exec(/process \d+/.exec((await line.textContent()) ?? '')?.[0] ?? '') ?? [];
  process.kill(Number(pid), 'SIGKILL');
  await stateIs(desk.page, 'interrupted');
  await desk.page
    .getByText(/the compute process ended/)
    .first()
    .waitFor();
  // What the next one writes to its standard error is in the log.
  await desk.app.evaluate(({ utilityProcess }) => {
    const fork = utilityProcess.fork.bind(utilityProcess);
    utilityProcess.fork = (...given) => {
      utilityProcess.fork = fork;
      const child = fork(...given);
      setTimeout(() => child.stderr?.emit('data', Buffer.from('a driver complains\n')));
      return child;
    };
  });
  await desk.page.getByRole('button', { name: 'Resume' }).first().click();
  await stateIs(desk.page, 'running');
  expect(desk.log()).toContain('a driver complains');
  await expect.poll(() => desk.menu('cancel')).toBe(true); // the menu hears of the state after the page does
  await stateIs(desk.page, 'interrupted');
}, 180_000);

test('what nobody caught is written down, the person is told, and the app goes on', async () => {
  await desk.answer(0);
  await desk.app.evaluate(() => {
    setTimeout(() => {
      throw new Error('nobody expected this');
    });
    void Promise.reject(new Error('nor that'));
  });
  await expect.poll(desk.asked).toEqual(['Something unforeseen went wrong in Kernelscope.']);
  expect(desk.log()).toMatch(/\d{4}-\d\d-\d\dT\S+Z uncaught exception: Error: nobody expected this\n\s+at /);
  expect(desk.log()).toContain('unhandled rejection: Error: nor that');
  await desk.menu('library');
  await desk.page.getByRole('link', { name: 'sturdy' }).waitFor();
  expect(await desk.app.evaluate(({ crashReporter }) => crashReporter.getUploadToServer())).toBe(false);
});
