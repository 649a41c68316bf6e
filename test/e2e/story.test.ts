// A person's whole way in a real browser: start, watch, look back, export, start a second, compare, filter, tag, delete, undo.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { parseFigureFile } from '../../main/contract/figure-file.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { tinyMnist } from '../main/data/support.ts';
import { cliJson } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { servedPage } from '../support/served-page.ts';

const folder = temporaryFolder();
const library = path.join(folder, 'library');
const data = tinyMnist(folder, { train: 120, test: 60 });
let page: Page;
servedPage(library, (p) => (page = p), ['--data', data]);

/** The preset made small enough for a test; what is not said here stays the paper's. */
const short = {
  train: '120',
  test: '60',
  hidden: '24, 24, 24',
  batchSize: '30',
  learningRate: '0.01', // at the paper's 0.1 so narrow a network diverges
  epochs: '20',
  snapshots: '0, 1, 4, last',
  'probe.train': '40',
  'probe.test': '40',
};
const fill = async (values: Record<string, string>) => {
  for (const [field, text] of Object.entries(values)) await page.getByLabel(field, { exact: true }).fill(text);
};
const figure = (kind: string) => page.locator(`[data-figure="${kind}"]`);
const curves = (kind: string) =>
  figure(kind)
    .locator('.frame svg path')
    .evaluateAll((all) => all.map((p) => p.getAttribute('d')).join(' '));
/** A machine at work on other things may need this. */
const patience = 150_000;
const state = (name: string) => page.locator('.head .chip').getByText(name, { exact: true }).waitFor({ timeout: patience });
const view = (name: string) => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click();
const slider = () => page.getByRole('slider', { name: 'Snapshot' });
const names = () => page.locator('tbody tr[aria-rowindex] .name a').allTextContents();
const bar = () => page.getByRole('region', { name: 'Chosen runs' });
const filter = () => page.getByRole('combobox', { name: 'Filter by name' });
const onDisk = () => cliJson<RunSummary[]>(['list'], { library });

test('the app opens on an empty library that says what to do; the paper’s preset is shortened and started', async () => {
  await page.getByText('No runs yet.').waitFor();
  await view('New');
  await page.locator('.presets').getByRole('link').filter({ hasText: 'Section VI in minutes' }).click();
  await fill({ name: 'first', ...short });
  await page.locator('.estimate .sums').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'first', exact: true }).waitFor();
});

test('its curves grow while it trains', { timeout: patience }, async () => {
  await expect.poll(() => curves('training'), { timeout: 60_000 }).not.toBe('');
  await state('done');
  for (const kind of ['alignment-by-layer', 'ntk-alignment', 'spectrum', 'ntk-split'])
    await expect.poll(() => curves(kind), { timeout: 20_000, message: kind }).not.toBe('');
  expect(await onDisk()).toMatchObject([{ name: 'first', state: 'done', epochs: 20, dataset: 'mnist' }]);
});

test('the slider goes back to the start, by key and by mouse, and the figures follow', async () => {
  await expect.poll(() => slider().getAttribute('aria-valuetext')).toBe('epoch 20');
  const last = await curves('alignment-by-layer');
  await slider().focus();
  await page.keyboard.press('Home');
  await expect.poll(() => slider().getAttribute('aria-valuetext')).toBe('epoch 0');
  await expect.poll(() => curves('alignment-by-layer')).not.toBe(last);
  const box = await slider().boundingBox();
  if (!box) throw new Error('no slider');
  await page.mouse.click(box.x + box.width - 1, box.y + box.height / 2);
  await expect.poll(() => slider().getAttribute('aria-valuetext')).toBe('epoch 20');
  await expect.poll(() => curves('alignment-by-layer')).toBe(last);
});

test('a layer opens its spectrum, which is exported as SVG with its data and as PNG', async () => {
  await page.getByRole('tab', { name: 'Layers' }).click();
  await page.getByRole('region', { name: 'Layers', exact: true }).getByRole('button', { name: 'Spectrum of layer2' }).click();
  await expect.poll(() => page.getByLabel('Layer of the spectra').inputValue()).toBe('layer2');
  await expect.poll(() => curves('spectrum')).not.toBe('');
  const save = async (item: string) => {
    await figure('spectrum').hover();
    await page.getByRole('button', { name: 'Export Spectrum', exact: true }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()]);
    return readFile(await download.path());
  };
  const svg = String(await save('SVG, one column'));
  const { request, data: drawn } = parseFigureFile(svg, 'spectrum.svg');
  expect(request).toMatchObject({ kind: 'spectrum', layer: 'layer2' });
  expect(JSON.stringify(drawn)).toContain('layer2');
  const png = await save('PNG, one column');
  expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
});

test('a second is started from the first with another activation', { timeout: patience }, async () => {
  await page.getByRole('button', { name: 'More about first' }).click();
  await page.getByRole('menuitem', { name: 'New from this…' }).click();
  await page.locator('.head').getByText('from first').waitFor();
  await fill({ name: 'second' });
  await page.getByRole('radiogroup', { name: 'activation' }).getByText('tanh', { exact: true }).click();
  expect(await page.getByLabel('hidden', { exact: true }).inputValue()).toBe('24, 24, 24');
  await page.locator('.estimate .sums').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'second', exact: true }).waitFor();
  await state('done');
});

test('both are compared: alignment over layers, what differs, model by model', { timeout: patience }, async () => {
  await view('Library');
  await page.getByRole('radiogroup', { name: 'Group' }).getByText('none', { exact: true }).click();
  await expect.poll(names).toEqual(['second', 'first']);
  await page.locator('h1').click();
  await page.keyboard.press('Control+a');
  await bar().getByText('2 runs', { exact: false }).first().waitFor();
  await page.keyboard.press('c');
  await page.getByRole('heading', { name: 'Compare' }).waitFor();
  for (const kind of ['alignment-by-model', 'alignment-by-layer', 'model-similarity'])
    await figure(kind).locator('.frame svg').waitFor({ timeout: 60_000 });
  await page.getByRole('region', { name: 'What differs' }).getByText('activation', { exact: true }).waitFor();
});

test('the library is filtered and a run tagged; the filter finds it by its tag', async () => {
  await view('Library');
  await page.getByRole('radiogroup', { name: 'Group' }).getByText('none', { exact: true }).click();
  await page.locator('h1').click();
  await page.keyboard.press('Escape'); // what was chosen for comparing
  await bar().waitFor({ state: 'detached' });
  await filter().fill('model.activation = tanh and trainAccuracy > 0');
  await expect.poll(names).toEqual(['second']);
  await page.getByRole('checkbox', { name: 'Choose second' }).check();
  await filter().blur();
  await page.keyboard.press('t');
  await page.getByLabel('Tags, with commas').fill('section 6, kept');
  await page.getByRole('button', { name: 'Save tags' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await filter().fill('tag = kept');
  await expect.poll(names).toEqual(['second']);
  expect((await onDisk()).map((r) => r.tags)).toEqual([['section 6', 'kept'], ['section 6']]);
});

test('a run is deleted, and undoing brings it back whole', async () => {
  await filter().fill('');
  await expect.poll(names).toEqual(['second', 'first']);
  await bar().getByText('1 run selected').waitFor();
  await filter().blur();
  await page.keyboard.press('Delete');
  await page.getByText('“second” deleted.').waitFor();
  await expect.poll(names).toEqual(['first']);
  expect((await onDisk()).map((r) => r.name)).toEqual(['first']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(names).toEqual(['second', 'first']);
  expect((await onDisk()).map((r) => r.name)).toEqual(['second', 'first']);
  await page.getByRole('link', { name: 'second', exact: true }).click();
  await expect.poll(() => curves('spectrum'), { timeout: 20_000 }).not.toBe('');
});
