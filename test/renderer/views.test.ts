// The views in a real browser, on a host in memory: what a person does with keyboard and mouse, and what they then see.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { galleryPage, type Host } from '../support/gallery-page.ts';

let page: Page;
const gallery = galleryPage((p) => (page = p));
const { calls } = gallery;

const open = async (query: string, hash: string) => {
  await page.goto(gallery.url(query, hash));
  await page.locator('main .head').waitFor();
};

test('an empty library says what to do, and leads there', async () => {
  await open('runs=empty', '#/library');
  await page.getByText('Start with the demo: two minutes on this machine.').waitFor();
  await page.getByRole('link', { name: 'Open the demo' }).click();
  await page.getByRole('heading', { name: 'New experiment' }).waitFor();
  expect(await page.locator('.presets [aria-current]').textContent()).toContain('Demo');
});

test('the slider follows the newest snapshot until it is touched, and drives the figures', async () => {
  await open('runs=full', '#/run/r-live');
  const slider = page.getByRole('slider', { name: 'Snapshot' });
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('epoch 60');
  const step = (n: number) =>
    page.evaluate((count) => {
      for (let i = 0; i < count; i++) (window as unknown as Host).fakeHost.step();
    }, n);
  await step(20);
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('epoch 80');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('epoch 60');
  expect(page.url()).toContain('epoch=60');
  await step(20);
  await page.getByText('done', { exact: true }).waitFor();
  expect(await slider.getAttribute('aria-valuetext')).toBe('epoch 60');
  await page.keyboard.press('p');
  await page.keyboard.press('Home');
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('epoch 0');
  await page.keyboard.press('End');
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('epoch 100');
  const asked = async () =>
    ((await calls('figure.data')) as { kind: string; epochs?: number[] }[]).filter((q) => q.kind === 'spectrum').at(-1)?.epochs;
  await expect.poll(asked).toEqual([0, 60, 100]);
  await page.reload();
  await page.locator('main .head').waitFor();
  expect(page.url()).toContain('pins=0%2C60');
});

test('live figures are asked for at most four times a second, however fast the run is', async () => {
  await open('runs=full&live=5', '#/run/r-live');
  await page.getByText('done', { exact: true }).waitFor();
  const asked = ((await calls('figure.data')) as { kind: string }[]).filter((q) => q.kind === 'training').length;
  expect(asked).toBeGreaterThan(1);
  expect(asked).toBeLessThan(10); // 40 epochs in 0.2 s and a little more
});

test('a failed run says why and what to do; an unknown one too', async () => {
  await open('runs=full', '#/run/r-fail');
  await page.getByText('Stopped at epoch 12: loss became NaN.').waitFor();
  await page.getByRole('link', { name: 'Change the config…' }).click();
  await page.getByText('from digits-sgd-hot').waitFor();
  expect(await page.getByLabel('learningRate').inputValue()).toBe('0.5');
  await page.goto(gallery.url('runs=full', '#/run/nobody'));
  await page.getByText('no run nobody in this library').waitFor();
});

test('a wrong field is marked where it stands, holds Start back, and Ctrl+Enter starts once it is right', async () => {
  await open('runs=full', '#/new?preset=fig7-small');
  const batch = page.getByLabel('batchSize');
  await batch.fill('12000');
  await page.getByText('expected 1 … 10000 (the training samples), got 12000').waitFor();
  expect(await batch.getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
  await batch.fill('250');
  await page.getByRole('radio', { name: 'tanh' }).check({ force: true });
  await page.reload();
  await expect.poll(() => page.getByLabel('batchSize').inputValue()).toBe('250');
  await page.getByText('2 fields changed').waitFor();
  // Among them: what would be cheaper is asked for too.
  await expect
    .poll(() => calls('run.estimate'))
    .toContainEqual({ preset: 'fig7-small', config: { model: { activation: 'tanh' }, training: { batchSize: 250 } } });
  await page.keyboard.press('Control+Enter');
  await page.getByText('running', { exact: true }).waitFor();
  expect(await calls('run.start')).toEqual([
    { preset: 'fig7-small', config: { model: { activation: 'tanh' }, training: { batchSize: 250 } } },
  ]);
});

test('a lost connection is said, and unsaid when it is back', async () => {
  await open('runs=full', '#/library');
  await page.evaluate(() => (window as unknown as Host).fakeHost.setLink(false));
  await page.getByText('Connection lost.').waitFor();
  await page.evaluate(() => (window as unknown as Host).fakeHost.setLink(true));
  await page.getByText('Connection lost.').waitFor({ state: 'detached' });
});

test('the theme follows the system until it is chosen, and the choice is kept', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await open('runs=full', '#/library');
  const theme = () => page.locator('html').getAttribute('data-theme');
  expect(await theme()).toBe('dark');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('theme li');
  await page.keyboard.press('Enter');
  await expect.poll(theme).toBe('light');
  await page.reload();
  await page.locator('main .head').waitFor();
  expect(await theme()).toBe('light');
});

test('every control has a name, and the focus can be seen', async () => {
  for (const hash of ['#/library', '#/run/r-done', '#/new', '#/devices', '#/settings', '#/datasets', '#/reproduce', '#/help']) {
    await open('runs=full', hash);
    await page.waitForTimeout(200);
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, a, input, select, textarea, [role="slider"]')]
        .filter((e) => !(e.getAttribute('aria-label') || e.textContent?.trim() || (e as HTMLInputElement).labels?.length))
        .map((e) => e.outerHTML),
    );
    expect(nameless, hash).toEqual([]);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).boxShadow), hash).not.toBe('none');
  }
});

test('comparing nothing says what to do; a run that is gone is named', async () => {
  await open('runs=full', '#/compare');
  await page.getByText('No runs chosen.').waitFor();
  await open('runs=full', '#/compare?runs=nothing');
  await page.getByText('These runs could not be read.').waitFor();
});

test('the palette opens a run, goes to a view, and closes without doing anything', async () => {
  await open('runs=full', '#/library');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('tanh-std');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'mnist-tanh-std' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('settings');
  expect(await page.getByRole('dialog').getByRole('option', { selected: true }).textContent()).toContain('Settings');
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'mnist-tanh-std' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('option', { name: 'Devices' }).click();
  await page.getByRole('heading', { name: 'Devices', exact: true }).first().waitFor();
});

test('deleted runs are restored from the trash, or removed for good after a question', async () => {
  await open('runs=full', '#/settings');
  await page.getByText('Nothing in it.').waitFor();
  await page.evaluate(() => (window as unknown as Host).fakeHost.call('run.delete', { runs: ['r-done', 'r-tanh'] }));
  await page.getByRole('button', { name: 'Restore mnist-tanh-std' }).click();
  await page.getByRole('button', { name: 'Restore mnist-tanh-std' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Remove… mnist-relu-std' }).click();
  await page.getByRole('button', { name: 'Remove for good' }).click();
  await page.getByText('Nothing in it.').waitFor();
  expect(await calls('trash.empty')).toEqual([{ runs: ['r-done'] }]);
});

test('sizes of exported figures are kept in millimetres, whatever they are shown in, and wrong ones are not kept', async () => {
  await open('runs=full', '#/settings');
  await page.getByRole('radio', { name: 'inches' }).check({ force: true });
  await page.getByLabel('width').fill('7');
  await page.getByLabel('width').blur();
  await expect.poll(async () => (await calls('settings.set')).at(-1)).toMatchObject({ figure: { unit: 'in', style: { widthMm: 177.8 } } });
  await page.getByLabel('font').selectOption('serif');
  await page.getByLabel('palette').selectOption('grey');
  await page.getByLabel('text', { exact: true }).fill('7');
  await page.getByLabel('text', { exact: true }).blur();
  await expect
    .poll(async () => (await calls('settings.set')).at(-1))
    .toMatchObject({ figure: { style: { widthMm: 177.8, font: 'serif', palette: 'grey', textPt: 7 } } });
  const before = (await calls('settings.set')).length;
  await page.getByLabel('resolution of PNG').fill('5000');
  await page.getByLabel('resolution of PNG').blur();
  expect(await page.getByLabel('resolution of PNG').evaluate((e) => (e as HTMLInputElement).validity.rangeOverflow)).toBe(true);
  expect((await calls('settings.set')).length).toBe(before);
});
