// The page of a run in a real browser, on a host in memory: tabs, layers, log, note, pausing, what is copied.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { galleryPage, type Host } from '../support/gallery-page.ts';

let page: Page;
const gallery = galleryPage((p) => (page = p), { permissions: ['clipboard-read', 'clipboard-write'] });
const { calls } = gallery;

const open = async (hash: string, query = 'runs=full') => {
  await page.goto(gallery.url(query, hash));
  await page.locator('main .head h1').waitFor();
};
const step = (n: number) =>
  page.evaluate((count) => {
    for (let i = 0; i < count; i++) (window as unknown as Host).fakeHost.step();
  }, n);
/** Other work shares the machine: what is waited for may take its time. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });
const selected = () => page.getByRole('tab', { selected: true }).textContent();
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
const slider = () => page.getByRole('slider', { name: 'Snapshot' });

test('tabs are walked by digits, brackets and arrows, kept in the address, and named for screen readers', async () => {
  await open('#/run/r-done');
  expect(await selected()).toBe('Overview');
  await page.keyboard.press('2');
  await soon(selected).toBe('Layers');
  expect(page.url()).toContain('tab=layers');
  await page.keyboard.press(']');
  await soon(selected).toBe('Spectra');
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await soon(selected).toBe('Provenance');
  await page.reload();
  await soon(selected).toBe('Provenance');
  // Within the list the arrows walk tabs; elsewhere they step snapshots.
  await page.getByRole('tab', { selected: true }).focus();
  await page.keyboard.press('ArrowRight');
  await soon(selected).toBe('Overview');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Overview');
  expect(await slider().getAttribute('aria-valuetext')).toBe('epoch 100');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await soon(selected).toBe('Log');
  expect(await page.getByRole('tabpanel', { name: 'Log' }).count()).toBe(1);
  expect(await page.locator('[role="tab"][tabindex="0"]').count()).toBe(1);
  await page.locator('h1').click();
  await page.getByRole('tab', { name: 'Log' }).blur();
  await page.keyboard.press('ArrowLeft');
  await soon(() => slider().getAttribute('aria-valuetext')).toBe('epoch 80');
  expect(await selected()).toBe('Log');
});

test('layers: the slider drives figures and table; a layer in either opens its spectrum; what is copied is the table', async () => {
  await open('#/run/r-done?tab=layers');
  const table = page.getByRole('region', { name: 'Layers', exact: true });
  const cell = (row: number, column: number) => table.locator('tbody tr').nth(row).locator('td').nth(column).textContent();
  await soon(async () => (await cell(3, 1))?.trim()).toBe('0.7813');
  await page.locator('[data-figure="alignment-over-epochs"] .frame svg').waitFor();
  await page.keyboard.press('Home');
  await soon(async () => (await cell(3, 1))?.trim()).toBe('0.2000');
  const asked = async () =>
    ((await calls('figure.data')) as { kind: string; epochs?: number[] }[]).filter((q) => q.kind === 'alignment-by-layer').at(-1);
  await soon(asked).toMatchObject({ epochs: [0] });

  await table.getByRole('button', { name: 'Copy TSV' }).click();
  await page.getByText('Layers as TSV copied.').waitFor();
  const lines = (await clipboard()).trim().split('\n');
  expect(lines).toHaveLength(6);
  expect(lines[0].split('\t').slice(0, 3)).toEqual(['layer', 'features', 'train.ckaTarget']);
  expect(Number(lines[4].split('\t')[2])).toBeCloseTo(0.2, 12);

  await table.getByRole('button', { name: 'Spectrum of layer2' }).click();
  await soon(selected).toBe('Spectra');
  await soon(() => page.getByLabel('Layer of the spectra').inputValue()).toBe('layer2');
  await page.keyboard.press('2');
  const frame = page.locator('[data-figure="alignment-by-layer"] svg rect[role="presentation"]');
  await frame.waitFor();
  const box = await frame.boundingBox();
  if (!box) throw new Error('no plot');
  // The fourth of five names, 0.35 of a step from both ends.
  await page.mouse.click(box.x + (box.width * 3.35) / 4.7, box.y + box.height / 2);
  await soon(selected).toBe('Spectra');
  expect(page.url()).toContain('layer=layer4');
});

test('spectra: layers by keyboard, pinned epochs beside the chosen one, and what is known of each curve', async () => {
  await open('#/run/r-done?tab=spectra&layer=layer4');
  const select = page.getByLabel('Layer of the spectra');
  await page.keyboard.press('.');
  await soon(() => select.inputValue()).toBe('output');
  await page.keyboard.press(',');
  await page.keyboard.press(',');
  await soon(() => select.inputValue()).toBe('layer3');
  const rows = page.getByRole('region', { name: 'Curves', exact: true }).locator('tbody tr');
  await soon(() => rows.count()).toBe(4); // epochs 0 and 100, both sets
  await page.getByRole('radio', { name: 'test', exact: true }).check({ force: true });
  await soon(() => rows.count()).toBe(2);
  await page.keyboard.press('Escape'); // out of the radio buttons, to the library: a level up
  await page.getByRole('heading', { name: 'Library' }).waitFor();
  await page.goBack();
  await soon(() => rows.count()).toBe(2);
  await page.keyboard.press('ArrowLeft');
  await soon(() => slider().getAttribute('aria-valuetext')).toBe('epoch 80');
  await page.keyboard.press('p');
  await page.keyboard.press('ArrowLeft');
  await soon(() => rows.locator('th').allTextContents()).toEqual(['0', '60', '80'].map((e) => expect.stringContaining(e) as string));
});

test('NTK: parts add up in the table; drift is computed on demand and never by itself', async () => {
  await open('#/run/r-live?tab=ntk');
  const parts = page.getByRole('region', { name: 'Parts by layer', exact: true });
  await parts.locator('tbody tr').first().waitFor();
  expect(await parts.locator('tbody th').allTextContents()).toHaveLength(6);
  const drift = async () => ((await calls('figure.data')) as { kind: string }[]).filter((q) => q.kind === 'kernel-drift');
  await page.getByText('Not computed: it forms the kernel of a layer at 11 snapshots anew').waitFor();
  await step(20);
  await page.getByText('at 12 snapshots anew').waitFor();
  expect(await drift()).toEqual([]);
  await page.getByLabel('Layer of the drift').selectOption('layer2');
  await page.getByRole('button', { name: 'Compute' }).click();
  await page.locator('[data-figure="kernel-drift"] .frame svg').waitFor();
  const asked = await drift();
  expect(asked[0]).toMatchObject({ layer: 'layer2', splits: ['test'], epochs: [0, 1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 80] });
  await step(20);
  await page.getByText('done', { exact: true }).waitFor();
  await page.getByText('another choice is not computed yet').waitFor();
  expect(await drift()).toHaveLength(asked.length);
});

test('a learning curve is computed on demand, of the chosen layer, snapshots and ridge', async () => {
  await page.goto(gallery.at('?runs=full#/run/r-done?tab=spectra&layer=layer2&pins=0'));
  const panel = page.locator('[data-figure="learning-curve"]');
  await panel.getByText('Not computed: it forms the kernel at 2 snapshots anew').waitFor();
  const asked = async () => ((await calls('figure.data')) as { kind: string }[]).filter((q) => q.kind === 'learning-curve');
  await panel.getByLabel('Ridge').selectOption('0.01');
  expect(await asked()).toEqual([]);
  await panel.getByRole('button', { name: 'Compute' }).click();
  await panel.locator('.frame svg').waitFor();
  await panel.getByText('layer2, test, epoch 0, 100', { exact: true }).waitFor();
  expect((await asked())[0]).toMatchObject({ layer: 'layer2', splits: ['test'], epochs: [0, 100], ridge: 0.01 });
  expect(await panel.getByRole('button', { name: 'Compute' }).isDisabled()).toBe(true);
  await page.getByLabel('Layer of the spectra').selectOption('layer1');
  await panel.getByText('layer2, test, epoch 0, 100; another choice is not computed yet').waitFor();
  await panel.getByRole('button', { name: 'Compute' }).click();
  await panel.getByText('layer1, test, epoch 0, 100', { exact: true }).waitFor();
});

test('config: what differs is marked and can be shown alone; JSON and command are copied', async () => {
  await open('#/run/r-fail?tab=config');
  const rows = page.locator('.fields tbody tr:not(.group)');
  await rows.first().waitFor();
  const all = await rows.count();
  await page.getByLabel('only these').check();
  expect(await rows.count()).toBeLessThan(all);
  expect((await rows.locator('th').allTextContents()).join(' ')).toMatch(/dataset.*train.*optimizer.*learningRate/s);
  await page.getByRole('button', { name: 'Copy as JSON' }).click();
  await page.getByText('Config copied.').waitFor();
  expect(JSON.parse(await clipboard())).toMatchObject({ training: { optimizer: 'sgd', learningRate: 0.5 } });
  await page.getByRole('button', { name: 'Copy the command' }).click();
  await page.getByText('Command copied.').waitFor();
  expect(await clipboard()).toMatch(
    /^npm run -s kernelscope -- run \S+ --set .*training\.learningRate=0\.5.* --name digits-sgd-hot --tag digits$/,
  );
  await page.getByRole('link', { name: 'New from this…' }).click();
  await page.getByText('from digits-sgd-hot').waitFor();
});

test('kernel drift says how far it is, and can be stopped and asked for again', async () => {
  await page.goto(gallery.at('?runs=full&slow=3000#/run/r-done?tab=ntk'));
  const panel = page.locator('[data-figure="kernel-drift"]');
  await panel.getByRole('button', { name: 'Compute' }).click();
  await panel.getByText(/^Forming \d+ kernels of \w+: [1-9]0 %\.$/).waitFor();
  await panel.getByRole('button', { name: 'Stop' }).click();
  await panel.getByText('Not computed:').waitFor();
  expect(await calls('compare.cancel')).toHaveLength(1);
  await page.evaluate(() => ((window as unknown as Host).fakeHost.slowMs = 0));
  await panel.getByRole('button', { name: 'Compute' }).click();
  await panel.locator('.frame svg').waitFor();
});

test('the log grows with the run, keeps to its end until one scrolls away, and is filtered by level', async () => {
  await open('#/run/r-live?tab=log');
  const lines = page.getByRole('log').locator('tbody tr:not(.day)');
  await soon(() => lines.count()).toBe(15);
  await step(20);
  await soon(() => lines.last().textContent()).toContain('snapshot of epoch 80');
  await page.getByRole('radio', { name: 'warnings and errors' }).check({ force: true });
  await page.getByText('No warnings and no errors.').waitFor();
  expect(page.url()).toContain('level=warning');
  await open('#/run/r-fail?tab=log&level=error');
  await soon(() => lines.count()).toBe(1);
  expect(await lines.first().textContent()).toContain('failed: Stopped at epoch 12');
});

test('provenance: the probe’s ids as CSV, and exactly the runs that share it', async () => {
  await open('#/run/r-done?tab=provenance');
  const panel = page.getByRole('region', { name: 'test probe' });
  await panel.getByText('2 other runs of this library have the same hash').waitFor();
  await panel.getByRole('button', { name: 'Copy as CSV' }).click();
  await page.getByText('Probe ids copied.').waitFor();
  const [head, ...rows] = (await clipboard()).trim().split('\r\n');
  expect([head, rows.length]).toEqual(['row,id,class', 1000]);
  const [download] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Save CSV' }).click()]);
  expect(download.suggestedFilename()).toBe('mnist-relu-std-probe-test.csv');
  await panel.getByRole('link', { name: 'Compare 3 of them' }).click();
  await page.getByRole('heading', { name: 'Compare' }).waitFor();
  await open('#/run/r-wait?tab=provenance');
  expect(await page.getByRole('region', { name: 'Origin' }).getByText('sweep', { exact: true }).count()).toBe(0);
  await page.getByRole('region', { name: 'test probe' }).getByText('Drawn when the run begins: 1,000 samples of seed 0.').waitFor();
});

test('provenance: the sweep that a run is a cell of, and its runs in the library', async () => {
  await open('#/run/r-done?tab=provenance');
  const origin = page.getByRole('region', { name: 'Origin' });
  await origin.getByText('12 of 12 done').waitFor();
  await origin.getByRole('link', { name: 'activations' }).click();
  await soon(() => page.getByRole('combobox', { name: 'Filter by name' }).inputValue()).toBe('tag = "activations"');
});

test('Space pauses and resumes, but not where it presses a button or writes', async () => {
  await open('#/run/r-live');
  await page.getByRole('button', { name: 'Pause Space' }).waitFor();
  await page.keyboard.press(' ');
  await page.getByText('Paused at epoch 60.').waitFor();
  expect(await calls('run.pause')).toEqual([{ run: 'r-live' }]);
  await page.keyboard.press(' ');
  await page.getByText('running', { exact: true }).waitFor();
  expect(await calls('run.resume')).toEqual([{ run: 'r-live' }]);
  await page.getByRole('tab', { name: 'Log' }).focus();
  await page.keyboard.press(' ');
  await soon(selected).toBe('Log');
  expect(await calls('run.pause')).toHaveLength(1);
});

test('the note is written in place; it is called saved when the host has it, and not where it cannot be reached', async () => {
  await open('#/run/r-done');
  const note = page.getByLabel('Note', { exact: true });
  await soon(() => note.inputValue()).toBe('Reference for the width sweep.');
  const status = page.locator('.lead [role="status"]');
  await note.fill('p 1 2');
  expect(await status.textContent()).toBe('not saved yet');
  await soon(() => status.textContent()).toBe('saved');
  expect(await calls('run.note')).toEqual([{ run: 'r-done', note: 'p 1 2' }]);
  expect(await selected()).toBe('Overview'); // what is typed is no shortcut
  await page.evaluate(() => (window as unknown as Host).fakeHost.setLink(false));
  await note.fill('lost');
  await note.blur();
  await soon(() => status.textContent()).toContain('not saved: The connection is lost.');
  await page.evaluate(() => (window as unknown as Host).fakeHost.setLink(true));
  await page.getByRole('button', { name: 'Save again' }).click();
  await soon(() => status.textContent()).toBe('saved');
  // Leaving at once does not lose what was typed.
  await note.fill('last words');
  await page.getByRole('tab', { name: 'Log' }).click();
  await soon(async () => (await calls('run.note')).at(-1)).toEqual({ run: 'r-done', note: 'last words' });
});

test('the command that exports arrays is put together and copied', async () => {
  await open('#/run/r-done?epoch=20');
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('weights').check();
  await dialog.getByLabel('only the snapshot of epoch 20').check();
  await dialog.getByRole('button', { name: 'Copy the command' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await clipboard()).toBe(
    'npm run -s kernelscope -- export r-done --what metrics,alignment,spectra,weights --epoch 20 --out mnist-relu-std.npz',
  );
});

test('a library that is open for reading only says so, and nothing that would change it can be pressed', async () => {
  await open('#/run/r-live', 'runs=full&readonly');
  await page.getByText('read-only library', { exact: true }).first().waitFor();
  for (const name of ['Pause Space', 'Cancel']) expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
  expect(await page.getByLabel('Note', { exact: true }).isDisabled()).toBe(true);
  for (const key of [' ', 'r', 't']) await page.keyboard.press(key);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await calls('run.pause')).toEqual([]);
  await page.getByRole('button', { name: 'More about mnist-ntk-60' }).click();
  expect(await page.getByRole('menuitem').allTextContents()).toEqual(['New from this…', 'Export…e']);
});

test('the palette knows what can be done on this page', async () => {
  await open('#/run/r-live');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('show prov');
  await page.keyboard.press('Enter');
  await soon(selected).toBe('Provenance');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('pause');
  await page.keyboard.press('Enter');
  await page.getByText('Paused at epoch 60.').waitFor();
});

test('epochs go by without spectra and alignments being asked for again; a new snapshot asks once more', async () => {
  await open('#/run/r-live');
  const asked = async (kind: string) => ((await calls('figure.data')) as { kind: string }[]).filter((q) => q.kind === kind).length;
  await page.locator('[data-figure="spectrum"] .frame svg').waitFor();
  await page.locator('[data-figure="training"] .frame svg').waitFor();
  const before = [await asked('spectrum'), await asked('alignment-by-layer')];
  const training = await asked('training');
  await step(1);
  await page.getByText('Epoch 61 of 100').waitFor();
  await soon(() => asked('training')).toBeGreaterThan(training);
  expect([await asked('spectrum'), await asked('alignment-by-layer')]).toEqual(before);
  await step(19);
  await soon(() => asked('spectrum')).toBeGreaterThan(before[0]);
});

test('below 1280 pixels the details are a drawer, and only where there are any', async () => {
  await page.setViewportSize({ width: 1100, height: 800 });
  await open('#/run/r-done');
  const details = page.getByRole('complementary', { name: 'Details' });
  expect(await details.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Details' }).click();
  await details.waitFor();
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'hidden' });
  await page.keyboard.press('3');
  await soon(selected).toBe('Spectra');
  expect(await page.getByRole('button', { name: 'Details' }).count()).toBe(0);
});
