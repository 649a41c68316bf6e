// Bundles and datasets in a real browser, on a host in memory: dropped, picked, watched, stopped.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { galleryPage, type Host } from '../support/gallery-page.ts';

let page: Page;
const gallery = galleryPage((p) => (page = p), { acceptDownloads: true });
const { calls } = gallery;

const open = async (hash: string) => {
  await page.goto(gallery.url('runs=full', hash));
  await page.locator('main .head').waitFor();
};
/** Drops files of these sizes on the window. */
const drop = (files: Record<string, number>, kind: 'dragenter' | 'drop' = 'drop') =>
  page.evaluate(
    ([all, type]) => {
      const dataTransfer = new DataTransfer();
      for (const [name, bytes] of Object.entries(all)) dataTransfer.items.add(new File([new Uint8Array(bytes).fill(bytes % 251)], name));
      window.dispatchEvent(new DragEvent(type, { dataTransfer, cancelable: true }));
    },
    [files, kind] as const,
  );
const activity = (name: string) => page.getByRole('region', { name: 'Activity' }).getByLabel(name, { exact: true }).first();

test('a bundle that is dropped is sent in pieces, imported, and its result said', async () => {
  await open('#/library');
  await drop({ 'x.kernelscope': 1 }, 'dragenter');
  await page.getByText('Drop to open or import').waitFor();
  await drop({ 'three.kernelscope': 2_500_000 });
  await page.getByText('2 runs imported, 1 was here already, 1 under a new id').waitFor();
  await page.getByText('Drop to open or import').waitFor({ state: 'detached' });
  expect(await calls('upload.begin')).toEqual([{ files: [{ name: 'three.kernelscope', bytes: 2_500_000 }] }]);
  const pieces = await page.evaluate(() =>
    (window as unknown as Host).fakeHost.made
      .filter((c) => c.name === 'upload.piece')
      .map((c) => c.input as { from: number; data: Uint8Array })
      .map(({ from, data }) => [from, data.length, data[0]]),
  );
  expect(pieces).toEqual([
    [0, 1 << 20, 2_500_000 % 251],
    [1 << 20, 1 << 20, 2_500_000 % 251],
    [2 << 20, 2_500_000 - (2 << 20), 2_500_000 % 251],
  ]);
  await page.getByRole('button', { name: 'Dismiss Importing three.kernelscope' }).click();
  await page.getByRole('region', { name: 'Activity' }).waitFor({ state: 'detached' });
});

test('a damaged bundle says why and stays said; what is no bundle is refused', async () => {
  await open('#/library');
  await drop({ 'damaged.kernelscope': 10 });
  await page.getByRole('alert', { name: 'Importing damaged.kernelscope' }).getByText('the file is damaged').waitFor();
  await drop({ 'figure.pdf': 10, 'x.doc': 3 });
  await page
    .getByRole('alert')
    .getByText('figure.pdf: expected bundles of runs (.kernelscope) or a figure that was exported (.svg); 2 files were left out')
    .waitFor();
  expect(await calls('library.import')).toHaveLength(1);
});

test('work under way shows how far it is, and is stopped by its button', async () => {
  await open('#/datasets?dataset=cifar10');
  await page.evaluate(() => ((window as unknown as Host).fakeHost.exchange.held = true));
  await page.getByRole('button', { name: 'Fetch', exact: true }).click();
  await activity('Fetching cifar10').waitFor();
  await page.evaluate(() => (window as unknown as Host).fakeHost.exchange.say('t1', { share: 0.42, secondsLeft: 37 }));
  await activity('Fetching cifar10').getByText('42 % · 37 s left').waitFor();
  await page.getByText('Fetching: 42 % · 37 s left.').waitFor();
  expect(await page.getByRole('button', { name: 'Fetching…' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Stop Fetching cifar10' }).click();
  await page.getByText('Stopped; what has come is kept').waitFor();
  expect(await calls('task.cancel')).toEqual([{ task: 't1' }]);
  await page.getByRole('button', { name: 'Fetch', exact: true }).waitFor();
});

test('a fetched dataset is looked into as soon as it is here', async () => {
  await open('#/datasets?dataset=cifar10');
  await page.getByRole('button', { name: 'Fetch', exact: true }).click();
  await page.getByText('50,000 training, 10,000 test').waitFor();
  expect(await page.getByRole('img', { name: /training samples of/ }).count()).toBe(10);
});

test('samples are drawn as they are', async () => {
  await open('#/datasets?dataset=pets');
  const canvas = page.locator('canvas').first();
  await canvas.waitFor();
  const drawn = await canvas.evaluate((c: HTMLCanvasElement) => {
    const { data, width } = (c.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, c.width, c.height);
    return { width, second: [...data.subarray(4 * (16 * width + 34 + 10), 4 * (16 * width + 34 + 12))] };
  });
  const { pixels } = await page.evaluate(async () => {
    const preview = await (window as unknown as Host).fakeHost.call('dataset.preview', { dataset: 'pets', perClass: 12 });
    return { pixels: [...preview.samples[1].pixels.subarray(3 * (16 * 32 + 10), 3 * (16 * 32 + 12))] };
  });
  // Twelve pictures 32 wide, two pixels between them.
  expect(drawn.width).toBe(12 * 34 - 2);
  expect(drawn.second).toEqual([...pixels.slice(0, 3), 255, ...pixels.slice(3), 255]);
});

test('a dataset from files: its name is checked beside the field, what was left out is said, and the list has it', async () => {
  await open('#/datasets');
  const file = (name: string) => ({ name, mimeType: 'image/png', buffer: Buffer.alloc(100) });
  await page.getByLabel('Import files…').setInputFiles([file('cat.png'), file('readme.txt')]);
  const name = page.getByLabel('Name', { exact: true });
  const confirm = page.getByRole('button', { name: 'Import', exact: true });
  for (const [typed, problem] of [
    ['', 'expected 1 … 60 letters'],
    ['mnist', 'expected a name that is not taken, got mnist'],
    ['../x', 'expected 1 … 60 letters'],
    ['CIFAR10', 'expected another name than the program’s own'],
  ]) {
    await name.fill(typed);
    await page.getByText(problem).waitFor();
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    expect(await confirm.isDisabled()).toBe(true);
  }
  await name.fill('animals');
  await page.getByLabel('Seed').fill('7');
  await page.keyboard.press('Enter');
  await page.getByRole('article', { name: 'animals' }).waitFor();
  await page.getByText('readme.txt: expected a PNG or JPEG image, got something else').waitFor();
  const [asked] = (await calls('dataset.import')) as { name: string; seed: number }[];
  expect(asked).toMatchObject({ name: 'animals', seed: 7 });
  expect(page.url()).toContain('dataset=animals');
});

test('thousands of files are announced in parts and sent as one', async () => {
  await open('#/datasets');
  await page.getByLabel('Import files…').evaluate((input: HTMLInputElement) => {
    const all = new DataTransfer();
    for (let i = 0; i < 4500; i++) all.items.add(new File([`${i % 10}`], `${i}.png`));
    input.files = all.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await page.getByText('4,500 files, 4.5 kB').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('many');
  await page.keyboard.press('Enter');
  await page.getByRole('article', { name: 'many' }).waitFor();
  expect(((await calls('upload.more')) as { files: unknown[] }[]).map((c) => c.files.length)).toEqual([2000, 500]);
  expect(await calls('upload.piece')).toHaveLength(1);
});

test('an imported dataset is removed after a question; one in use, and one of files, only as far as that is right', async () => {
  await open('#/datasets?dataset=mnist');
  expect(await page.getByRole('button', { name: 'Remove…' }).isDisabled()).toBe(true);
  await page.getByRole('link', { name: /^pets/ }).click();
  await page.getByRole('button', { name: 'Remove…' }).click();
  await page.getByText('1 run used it. Their results stay').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('Removed pets.').waitFor();
  await page.getByRole('link', { name: /^pets/ }).waitFor({ state: 'detached' });
  expect(await calls('dataset.remove')).toEqual([{ dataset: 'pets' }]);
});

test('the list is walked by keyboard, and the address keeps the choice', async () => {
  await open('#/datasets');
  await page.getByRole('article', { name: 'digits' }).waitFor();
  await page.locator('h1').click();
  await page.keyboard.press('j');
  await page.getByRole('article', { name: 'mnist' }).waitFor();
  await page.keyboard.press('j');
  await page.getByText('Not here yet.').waitFor();
  await page.reload();
  await page.getByRole('article', { name: 'cifar10' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Library' }).waitFor();
});
