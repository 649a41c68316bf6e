// The whole program without Electron: `serve`, a real browser, a real run.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { parseFigureFile } from '../../main/contract/figure-file.ts';
import { chooserOf } from '../support/browser.ts';
import { cli, root } from '../support/built.ts';
import { temporaryFolder } from '../support/folder.ts';
import { servedPage } from '../support/served-page.ts';
import { fillSmallRun } from '../support/small-run.ts';

const library = temporaryFolder();
let page: Page;
const served = servedPage(library, (p) => (page = p));

const figure = (kind: string) => page.locator(`[data-figure="${kind}"]`);
/** What is drawn in a figure, as text that changes when a curve does. */
const curves = (kind: string) =>
  figure(kind)
    .locator('.frame svg path')
    .evaluateAll((all) => all.map((p) => p.getAttribute('d')).join(' '));
const state = (name: string) => page.locator('.head .chip').getByText(name, { exact: true }).waitFor({ timeout: 60_000 });

test('an empty library, reached through the printed address, whose token does not stay in it', async () => {
  await page.getByText('No runs yet.').waitFor();
  expect(new URL(page.url()).search).toBe('');
  expect(await page.title()).toBe('Library – Kernelscope');
});

test('a run starts from a preset and draws its curves while it trains', async () => {
  await fillSmallRun(page, 'small', 60);
  await page.locator('.estimate .sums').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'small', exact: true }).waitFor();
  await expect.poll(() => curves('training'), { timeout: 60_000 }).not.toBe('');
  const early = await curves('training');
  const frame = await figure('training').boundingBox();
  await expect.poll(() => curves('training'), { timeout: 60_000 }).not.toBe(early);
  await state('done');
  expect(await figure('training').boundingBox()).toEqual(frame);
  for (const kind of ['alignment-by-layer', 'ntk-alignment', 'spectrum', 'cumulative-power', 'ntk-split'])
    await expect.poll(() => curves(kind), { timeout: 20_000, message: kind }).not.toBe('');
});

test('the slider drives the figures, and a reload keeps the place', async () => {
  const slider = page.getByRole('slider', { name: 'Snapshot' });
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('epoch 60');
  const last = await curves('alignment-by-layer');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('epoch 2');
  await expect.poll(() => curves('alignment-by-layer')).not.toBe(last);
  const second = await curves('alignment-by-layer');
  await page.getByLabel('Layer of the spectra').selectOption('layer1');
  await page.reload();
  await page.getByRole('heading', { name: 'small', exact: true }).waitFor();
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('epoch 2');
  await expect.poll(() => curves('alignment-by-layer')).toBe(second);
  expect(await page.getByLabel('Layer of the spectra').inputValue()).toBe('layer1');
});

test('a learning curve is computed when it is asked for, of the chosen layer and snapshot, and is known from then on', async () => {
  await page.getByRole('tab', { name: 'Spectra' }).click();
  const panel = figure('learning-curve');
  const compute = panel.getByRole('button', { name: 'Compute' });
  await panel.getByText('Not computed:').waitFor();
  await compute.click();
  await expect.poll(() => curves('learning-curve'), { timeout: 60_000 }).not.toBe('');
  expect(await panel.textContent()).toContain('layer1, test, epoch 0, 2');
  const first = await curves('learning-curve');
  await page.reload();
  await compute.click();
  await expect.poll(() => curves('learning-curve'), { timeout: 60_000 }).not.toBe('');
  expect(await curves('learning-curve')).toBe(first);
  await page.getByRole('tab', { name: 'Overview' }).click();
});

test('figures are exported as SVG with their data, as PNG and as CSV', async () => {
  const save = async (item: string) => {
    await figure('alignment-by-layer').hover();
    await page.getByRole('button', { name: 'Export Alignment by layer' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const svg = await save('SVG, one column');
  expect(svg.name).toMatch(/\.svg$/);
  expect(String(svg.bytes)).toMatch(/<svg[^>]*version="1\.1"/);
  expect(String(svg.bytes)).toContain('<metadata');
  const png = await save('PNG, two columns');
  expect([...png.bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(2000); // 175 mm at four times the screen's density
  const csv = await save('CSV');
  expect(csv.name).toMatch(/\.csv$/);
  expect(String(csv.bytes).split('\n').filter(Boolean).length).toBeGreaterThan(3);
});

test('the editor saves what the command line writes, byte for byte, and opens it again', async () => {
  await figure('spectrum').locator('.frame svg').hover();
  await page.keyboard.press('e');
  const editor = page.getByRole('dialog');
  await editor.getByLabel('Title').fill('Eigenvalues & more');
  await editor.getByLabel('Font').selectOption('serif');
  await editor.getByLabel('Palette').selectOption('grey');
  await editor.getByLabel('Legend').selectOption('top-right');
  await editor.getByLabel('Size of text in pt').fill('9');
  await editor.getByLabel('Horizontal axis to').fill('8');
  const [download] = await Promise.all([page.waitForEvent('download'), editor.getByRole('button', { name: 'Save SVG' }).click()]);
  const saved = await readFile(await download.path(), 'utf8');
  const { request } = parseFigureFile(saved, 'saved.svg');
  const out = path.join(library, 'cli.svg');
  const style = [
    '--title',
    'Eigenvalues & more',
    '--font',
    'serif',
    '--palette',
    'grey',
    '--legend',
    'top-right',
    '--text-pt',
    '9',
    '--x-max',
    '8',
  ];
  const wanted = ['--epoch', String(request.epochs), '--layer', request.layer ?? '', '--split', String(request.splits)];
  const words = [
    'figure',
    'spectrum',
    'small',
    ...wanted,
    ...style,
    '--width-mm',
    '85',
    '--theme',
    'light',
    '--measure',
    'cka',
    '--out',
    out,
  ];
  execFileSync(process.execPath, [cli, ...words, '--library', library], { cwd: root });
  expect(saved).toBe(await readFile(out, 'utf8'));
  await page.keyboard.press('Escape');
  await editor.waitFor({ state: 'detached' });
  const chooser = await chooserOf(page, () => page.keyboard.press('o'));
  await chooser.setFiles(out);
  await editor.waitFor();
  const [again] = await Promise.all([page.waitForEvent('download'), editor.getByRole('button', { name: 'Save SVG' }).click()]);
  expect(await readFile(await again.path(), 'utf8')).toBe(saved);
  await page.keyboard.press('Escape');
  await editor.waitFor({ state: 'detached' });
});

test('a run is cancelled and resumed', async () => {
  await fillSmallRun(page, 'long', 100_000);
  await page.getByRole('button', { name: 'Start' }).click();
  await state('running');
  await expect.poll(async () => Number(await page.locator('.progress b').first().textContent()), { timeout: 60_000 }).toBeGreaterThan(5);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 60_000 });
  const stopped = Number(await page.locator('.progress b').first().textContent());
  await page.getByRole('button', { name: 'Resume' }).click();
  await state('running');
  await expect
    .poll(async () => Number(await page.locator('.progress b').first().textContent()), { timeout: 60_000 })
    .toBeGreaterThan(stopped);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 60_000 });
});

test('the library lists both runs, filtered by an expression over their configs', async () => {
  await page.getByRole('link', { name: 'Library' }).first().click();
  const names = () => page.locator('tbody .name a').allTextContents();
  await expect.poll(names).toEqual(['long', 'small']);
  await page.getByRole('combobox', { name: 'Filter by name' }).fill('training.epochs < 1000');
  await expect.poll(names).toEqual(['small']);
});

test('the page of devices tells what this machine can do', { timeout: 240_000 }, async () => {
  await page.getByRole('link', { name: 'Devices' }).click();
  await page
    .getByText(/checks agree with known results/)
    .first()
    .waitFor({ timeout: 60_000 });
  await page.getByText('LAPACK').waitFor();
  await page.getByText(/^A run on “auto” takes (cpu|webgpu|cuda): the fastest/).waitFor();
  await page.getByRole('button', { name: 'Check everything' }).click();
  // on a machine with a GPU, and a busy one
  await page.getByText('the same residual network trained twice, bit for bit').first().waitFor({ timeout: 120_000 });
});

test('when the server goes, the page says so', async () => {
  await served.stop();
  await page.getByText('Connection lost.').waitFor({ timeout: 20_000 });
  served.complaints(); // the browser itself reports each failed attempt to reconnect
});
