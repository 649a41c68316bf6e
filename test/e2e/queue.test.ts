// The queue of the whole program: `serve`, a real browser, real runs that are paused, put in order, and outlive a kill.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { complaintsOf, launchBrowser } from '../support/browser.ts';
import { cli, ensureBuilt, root } from '../support/built.ts';
import { cliJson } from '../support/cli.ts';
import { fillSmallRun } from '../support/small-run.ts';

const library = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-queue-'));
let server: ChildProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

/** Serves the library; answers the address. */
async function serve(): Promise<string> {
  server = spawn(process.execPath, [cli, 'serve', '--library', library], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return String(line).trim();
}
beforeAll(async () => {
  ensureBuilt();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  complaints = complaintsOf(page);
  await page.goto(await serve());
}, 180_000);
afterAll(async () => {
  await browser?.close();
  if (server && server.exitCode === null && server.signalCode === null) {
    const gone = once(server, 'exit');
    server.kill('SIGINT');
    await gone;
  }
  rmSync(library, { recursive: true, force: true });
});

const patient = { timeout: 60_000 };
const queue = () => page.getByRole('region', { name: 'Queue' });
const atWork = () => queue().locator('ul a').allTextContents();
const waiting = () => queue().locator('ol a').allTextContents();
const openQueue = async () => {
  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page
    .getByText(/^Queue( \d+)?$/)
    .first()
    .click();
  await queue().waitFor();
};
interface Listed {
  name: string;
  state: string;
}
const states = async () => Object.fromEntries((await cliJson<Listed[]>(['list'], { library })).map((r) => [r.name, r.state]));
async function start(name: string, epochs: number): Promise<void> {
  await fillSmallRun(page, name, epochs);
  await page.locator('.estimate .sums').waitFor(patient);
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor(patient);
}

test('a paused run lends its place and goes on in its process; the waiting ones begin in a person’s order', async () => {
  await start('first', 100_000);
  await start('second', 100_000);
  await start('third', 20);
  await openQueue();
  await expect.poll(atWork, patient).toEqual(['first']);
  await expect.poll(waiting, patient).toEqual(['second', 'third']);
  await page.getByRole('button', { name: 'Move third: Alt' }).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(waiting, patient).toEqual(['third', 'second']);
  await page.getByRole('button', { name: 'Hold' }).click();
  await page.getByText('Held:').waitFor(patient);

  await page.getByRole('button', { name: 'Pause first' }).click();
  await page.getByRole('button', { name: 'Resume first' }).waitFor(patient);
  await expect.poll(async () => (await states())['first'], patient).toBe('paused'); // the step and the analysis under way are finished first
  const epoch = () => queue().locator('li', { hasText: 'first' }).locator('.epochs').textContent();
  const rests = await epoch();
  await page.waitForTimeout(1500);
  expect(await epoch()).toBe(rests);
  expect(await waiting()).toEqual(['third', 'second']); // held
  await page.getByRole('button', { name: 'Let runs begin' }).click();
  await expect.poll(async () => (await states())['third'], patient).toBe('done');
  await expect.poll(async () => (await states())['second'], patient).toBe('running');
  await page.getByRole('button', { name: 'Resume first' }).click();
  await expect.poll(epoch, patient).not.toBe(rests);
  expect(await states()).toEqual({ first: 'running', second: 'running', third: 'done' });
  await page.getByRole('button', { name: 'Cancel second' }).click();
  await expect.poll(async () => (await states())['second'], patient).toBe('interrupted');
  expect(complaints).toEqual([]);
}, 240_000);

test('the program is killed while a run is paused: the run is kept at its pause, and resumes', async () => {
  await page.getByRole('button', { name: 'Pause first' }).click();
  await page.getByRole('button', { name: 'Resume first' }).waitFor(patient);
  await expect.poll(states, patient).toEqual({ first: 'paused', second: 'interrupted', third: 'done' });
  const gone = once(server, 'exit');
  server.kill('SIGKILL');
  await gone;
  await page.goto('about:blank');
  await page.goto(await serve());
  await expect.poll(async () => (await states())['first'], patient).toBe('interrupted');
  const { id } = await cliJson<{ id: string }>(['show', 'first'], { library });
  await page.goto(`${page.url().split('#')[0]}#/run/${id}`);
  await page
    .getByText(/ended without a word/)
    .first()
    .waitFor(patient);
  const kept = Number(await page.locator('.progress b').first().textContent());
  expect(kept).toBeGreaterThan(0);
  await page
    .getByRole('button', { name: /^Resume/ })
    .first()
    .click();
  await expect.poll(async () => Number(await page.locator('.progress b').first().textContent()), patient).toBeGreaterThan(kept);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect.poll(async () => (await states())['first'], patient).toBe('interrupted');
}, 240_000);

test('a sweep is built, left out of, started and followed; its file is what the command line takes', async () => {
  await fillSmallRun(page, 'rates', 4);
  await page.getByLabel('learningRate', { exact: true }).fill('0.05, 0.01');
  await page.getByLabel('seed', { exact: true }).fill('0, 1');
  const grid = page.getByRole('region', { name: 'Sweep' });
  await grid.getByRole('button', { name: /^0\.05, 1: 1 run of/ }).click(patient);
  await page.getByRole('button', { name: 'Start 3 runs' }).click();
  await page.getByText('“rates”: 3 runs in the queue.').waitFor(patient);
  const sweeps = page.getByRole('region', { name: 'Sweeps' });
  await sweeps.getByText('3 of 3').waitFor(patient);
  const [sweep] = await cliJson<{ name: string; size: number; counts: object }[]>(['sweep', '--list'], { library });
  expect(sweep).toMatchObject({ name: 'rates', size: 3, counts: { done: 3 } });
}, 240_000);
