// The figure editor in a real browser, on a host in memory: what is chosen is what is sent, files open again, and refusals are said.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { CallInput } from '../../main/contract/calls.ts';
import { svgOf } from '../../main/host/draw/figure.ts';
import { chooserOf } from '../support/browser.ts';
import { galleryPage } from '../support/gallery-page.ts';
import { temporaryFolder } from '../support/folder.ts';
import { figures } from './figures/data.ts';

let page: Page;
const folder = temporaryFolder();
const gallery = galleryPage((p) => (page = p), { acceptDownloads: true });

type Export = CallInput<'figure.export'>;
const exported = () => gallery.calls('figure.export') as Promise<Export[]>;
const open = async (hash: string) => {
  await page.goto(gallery.url('runs=full', hash));
  await page.locator('main .head').waitFor();
};
const editor = () => page.getByRole('dialog');
const preview = () => editor().locator('.paper svg');

test('e opens the figure under the pointer, Escape and back close it, and the address keeps its style', async () => {
  await open('#/run/r-done');
  await page.locator('[data-figure="ntk-split"] .frame svg').hover();
  await page.keyboard.press('e');
  await editor().getByRole('heading', { name: 'NTK split' }).waitFor();
  await editor().getByLabel('Title').fill('e is a letter here');
  await preview().getByText('e is a letter here').waitFor();
  await page.reload();
  expect(await editor().getByLabel('Title').inputValue()).toBe('e is a letter here');
  await page.keyboard.press('Escape');
  await editor().waitFor({ state: 'detached' });
  expect(page.url()).not.toMatch(/edit|style/);
  await page.getByRole('button', { name: 'Export Spectrum' }).click();
  await page.getByRole('menuitem', { name: 'Edit and export…' }).click();
  await editor().getByRole('heading', { name: 'Spectrum' }).waitFor();
  await page.goBack();
  await editor().waitFor({ state: 'detached' });
});

test('what is chosen is shown, and is what is sent', async () => {
  await open('#/run/r-done?edit=spectrum');
  const box = editor();
  await box.getByRole('button', { name: 'Two columns' }).click();
  await box.getByText('in', { exact: true }).click();
  expect(await box.getByLabel('Width in in').inputValue()).toBe('6.89');
  await box.getByLabel('Height in in').fill('3');
  await box.getByLabel('Title').fill('Eigenvalues');
  await box.getByLabel('Size of text in pt').fill('9');
  await box.getByLabel('Font').selectOption('serif');
  await box.getByLabel('Palette').selectOption('grey');
  await box.getByLabel('Legend').selectOption('right');
  await box.getByLabel('Horizontal axis to').fill('50');
  await box.getByRole('radiogroup', { name: 'Vertical scale' }).getByText('linear').click();
  await box.getByLabel('PNG, dots an inch').fill('300');
  await editor().locator('.paper svg[font-family*="STIX Two Text"]').waitFor();
  const [width, height] = (await preview().getAttribute('viewBox'))?.split(' ').slice(2).map(Number) ?? [];
  expect(width / height).toBeCloseTo(6.89 / 3, 2);
  const shown = await preview().boundingBox();
  expect((shown?.width ?? 0) / (shown?.height ?? 1)).toBeCloseTo(6.89 / 3, 1);
  for (const format of ['SVG', 'PNG', 'CSV']) {
    const [download] = await Promise.all([page.waitForEvent('download'), box.getByRole('button', { name: `Save ${format}` }).click()]);
    expect(download.suggestedFilename()).toBe(`spectrum.${format.toLowerCase()}`);
  }
  const style = {
    widthMm: 175.006,
    heightMm: 76.2,
    title: 'Eigenvalues',
    textPt: 9,
    font: 'serif',
    palette: 'grey',
    legend: 'right',
    xMax: 50,
  };
  const sent = await exported();
  expect(sent.map((e) => [e.format, e.scale])).toEqual([
    ['svg', undefined],
    ['png', 300 / 96],
    ['csv', undefined],
  ]);
  for (const { style: own, request, data } of sent) {
    expect(own).toMatchObject({ ...style, yScale: 'linear', theme: 'light' });
    expect(request).toMatchObject({ kind: 'spectrum', runs: ['r-done'] });
    expect(data).toBeUndefined();
  }
});

test('what is wrong stands beside its field, the figure stays, and nothing is exported', async () => {
  await open('#/run/r-done?edit=training');
  const box = editor();
  const before = await box.locator('.paper').boundingBox();
  await box.getByLabel('Horizontal axis from').fill('90');
  await box.getByLabel('Horizontal axis to').fill('20');
  await box.getByRole('alert').getByText('expected less than To (20), got 90').waitFor();
  expect(await box.getByLabel('Horizontal axis from').getAttribute('aria-invalid')).toBe('true');
  await box.getByLabel('Size of text in pt').fill('large');
  await box.getByRole('alert').getByText('expected 5 … 14, got large').waitFor();
  await box.getByLabel('PNG, dots an inch').fill('5000');
  await box.getByRole('alert').getByText('expected 96 … 1200, got 5000').waitFor();
  expect(await box.getByRole('button', { name: 'Save SVG' }).isDisabled()).toBe(true);
  expect(await box.locator('.paper').boundingBox()).toEqual(before);
  await box.getByLabel('Horizontal axis to').fill('95');
  await box.getByLabel('Size of text in pt').fill('7');
  await box.getByLabel('PNG, dots an inch').fill('96');
  await box.getByRole('alert').first().waitFor({ state: 'detached' });
  expect(await box.getByRole('button', { name: 'Save SVG' }).isDisabled()).toBe(false);
});

test('copies SVG and CSV as text, PNG as a picture; a browser that refuses is said plainly', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await open('#/run/r-done?edit=training');
  await editor().getByRole('button', { name: 'Copy as CSV' }).click();
  await page.getByText('Copied as CSV.').waitFor();
  expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))).toMatchObject({ kind: 'training' });
  await editor().getByRole('button', { name: 'Copy caption' }).click();
  await page.getByText('Copied the caption.').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^Training over/);
  await page.evaluate(() => {
    navigator.clipboard.write = () => Promise.reject(new DOMException('Write permission denied.', 'NotAllowedError'));
  });
  await editor().getByRole('button', { name: 'Copy as SVG' }).click();
  await page.getByText('The browser refused to copy (Write permission denied.). Save the file instead.').waitFor();
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await editor().getByRole('button', { name: 'Copy as PNG' }).click();
  await page.getByText('Copying is not offered here').waitFor();
});

/** Drops a file on the page, as a person does. */
async function drop(name: string, content: string, type = 'image/svg+xml') {
  const transfer = await page.evaluateHandle(
    ([n, c, t]) => {
      const data = new DataTransfer();
      data.items.add(new File([c], n, { type: t }));
      return data;
    },
    [name, content, type],
  );
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}
const style = { widthMm: 120, title: 'From a file', palette: 'tol', font: 'helvetica' } as const;
const request = { kind: 'kernel-drift', runs: ['gone'] } as const;
const svg = svgOf(figures['kernel-drift'], style, { ...request, runs: [...request.runs] });

test('an exported figure opens again without its run, and is exported from what it carries', async () => {
  await open('#/library');
  await drop('drift.svg', svg);
  await editor().getByRole('heading', { name: 'Kernel drift' }).waitFor();
  expect(await editor().getByLabel('Title').inputValue()).toBe('From a file');
  expect(await editor().getByLabel('Palette').inputValue()).toBe('tol');
  expect(await preview().locator('text').allTextContents()).toContain('From a file');
  await editor().getByRole('button', { name: 'Save SVG' }).click();
  await page.getByText('Saved kernel-drift.svg.').waitFor();
  const [sent] = await exported();
  expect(sent).toMatchObject({ request, style, format: 'svg' });
  expect(sent.data).toEqual(figures['kernel-drift']);
  await page.keyboard.press('Escape');
  await editor().waitFor({ state: 'detached' });
});

test('a figure is chosen with the key o; a file that is none of ours is one clear line, and runs nothing', async () => {
  await open('#/library');
  const file = path.join(folder, 'drift.svg');
  writeFileSync(file, svg);
  const chooser = await chooserOf(page, () => page.keyboard.press('o'));
  await chooser.setFiles(file);
  await editor().waitFor();
  await page.keyboard.press('Escape');
  await editor().waitFor({ state: 'detached' });
  const evil =
    '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1"><script>document.title=2</script><metadata>{"kernelscope":{"version":1,"data":"x"}}</metadata></svg>';
  await drop('evil.svg', evil);
  await page.getByText('evil.svg: expected an SVG that this program exported, got one whose').waitFor();
  expect(await page.title()).toBe('Library – Kernelscope');
  expect(await page.locator('svg script, svg[onload]').count()).toBe(0);
  await drop('icon.svg', readFileSync(path.resolve(import.meta.dirname, '../../resources/icons/icon.svg'), 'utf8'));
  await page.getByText('icon.svg: expected an SVG that this program exported, got a file without its data').waitFor();
  expect(await editor().count()).toBe(0);
});

test('log and linear on the figure itself, kept in the address, and the frame does not move', async () => {
  await open('#/run/r-done');
  const panel = page.locator('[data-figure="training"]');
  const frame = await panel.locator('.frame').boundingBox();
  await panel.hover();
  const toggle = panel.getByRole('button', { name: 'Logarithmic horizontal axis' });
  expect(await toggle.getAttribute('aria-pressed')).toBe('false');
  const before = await panel.locator('.frame svg').innerHTML();
  await toggle.click();
  await panel.getByRole('button', { name: 'Logarithmic horizontal axis', pressed: true }).waitFor();
  expect(await panel.locator('.frame svg').innerHTML()).not.toBe(before);
  expect(await panel.locator('.frame').boundingBox()).toEqual(frame);
  await page.reload();
  await panel.getByRole('button', { name: 'Logarithmic horizontal axis', pressed: true }).waitFor();
  expect(
    await page
      .locator('[data-figure="alignment-by-layer"]')
      .getByRole('button', { name: /logarithmic/ })
      .count(),
  ).toBe(0);
});
