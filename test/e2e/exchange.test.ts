// Files over the whole way: dropped on the page in a real browser, through the socket, into the library and the data folder.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { complaintsOf, launchBrowser } from '../support/browser.ts';
import { cli as entry, ensureBuilt, root } from '../support/built.ts';
import { cli, cliJson } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { small } from '../support/small.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const other = { library: at('other'), data: at('other-data') };
let server: ChildProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ensureBuilt();
  expect((await cli(['run', 'demo', ...small, '--name', 'from afar'], other)).status).toBe(0);
  expect((await cli(['export', 'from afar', '--bundle', at('afar.kernelscope')], other)).status).toBe(0);
  const args = [entry, 'serve', '--library', at('library'), '--data', at('data')];
  server = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  complaints = complaintsOf(page);
  await page.goto(String(line).trim());
}, 180_000);
afterAll(async () => {
  await browser?.close();
  if (server && server.exitCode === null) {
    const gone = once(server, 'exit');
    server.kill('SIGINT');
    await gone;
  }
});
afterEach(() => expect(complaints.splice(0)).toEqual([]));

test('a bundle that is dropped is in the library, and the run’s page draws it', async () => {
  const bytes = readFileSync(at('afar.kernelscope')).toString('base64');
  await page.getByText('No runs yet.').waitFor();
  await page.evaluate((data) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], 'afar.kernelscope'));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
  }, bytes);
  await page.getByText('1 run imported').waitFor();
  await page.getByRole('link', { name: 'from afar' }).click();
  await page.getByRole('heading', { name: 'from afar', exact: true }).waitFor();
  await expect.poll(() => page.locator('[data-figure="training"] .frame svg path').count()).toBeGreaterThan(1);
  expect(readdirSync(at('library/incoming'))).toEqual([]);
}, 180_000);

test('pictures in class folders become a dataset; what is no picture is left out with its reason', async () => {
  const files: { name: string; data: string }[] = [];
  for (let i = 0; i < 12; i++) {
    const raw = Buffer.alloc(8 * 8 * 3, 20 * i);
    const png = await sharp(raw, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toBuffer();
    files.push({ name: `pets/${i % 2 ? 'cats' : 'dogs'}/${i}.png`, data: png.toString('base64') });
  }
  files.push({ name: 'pets/cats/readme.txt', data: Buffer.from('cats').toString('base64') });
  await page.getByRole('link', { name: 'Datasets' }).click();
  await page.getByRole('article', { name: 'digits' }).getByRole('img').first().waitFor();
  await page.getByLabel('Import a folder…').evaluate((input: HTMLInputElement, all: typeof files) => {
    const list = all.map(({ name, data }) => {
      const file = new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name.split('/').at(-1));
      return Object.defineProperty(file, 'webkitRelativePath', { value: name });
    });
    const transfer = new DataTransfer();
    for (const file of list) transfer.items.add(file);
    Object.defineProperty(input, 'files', { value: list, configurable: true });
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, files);
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('pets');
  await page.keyboard.press('Enter');
  const article = page.getByRole('article', { name: 'pets' });
  await article.getByText('10 training, 2 test').waitFor({ timeout: 30_000 });
  await article.getByText('cats/readme.txt').waitFor();
  await article.getByText('expected a PNG or JPEG image, got something else').waitFor();
  await expect.poll(() => article.getByRole('rowheader').allTextContents()).toEqual(['cats', 'dogs']);
  const listed = await cliJson<{ name: string; present: boolean }[]>(['data', 'list'], { library: at('library'), data: at('data') });
  expect(listed.find((d) => d.name === 'pets')?.present).toBe(true);
  await page.getByRole('button', { name: 'Remove…' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('Removed pets.').waitFor();
  expect(readdirSync(at('data/imported'))).toEqual([]);
}, 180_000);
