// Comparing in a real browser, on a host in memory: order, pins, the map by keyboard and mouse, the table, and what cannot be compared.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { galleryPage, type Host } from '../support/gallery-page.ts';

let page: Page;
const gallery = galleryPage((p) => (page = p));
const { calls } = gallery;

const open = async (query: string, hash: string) => {
  await page.goto(gallery.url(query, hash));
  await page.getByRole('heading', { name: 'Compare' }).waitFor();
};
const figure = (kind: string) => page.locator(`[data-figure="${kind}"]`);
const asked = async (kind: string) => ((await calls('figure.data')) as Record<string, unknown>[]).filter((q) => q['kind'] === kind).at(-1);
const param = (name: string) => new URLSearchParams(page.url().split('?').at(-1)).get(name);

test('order, kernel and measure are chosen, drawn and kept in the address', async () => {
  await open('runs=full&models=12', '#/compare?runs=tag:fig1');
  await figure('alignment-by-model').locator('svg[role="img"]').waitFor();
  await page.getByLabel('Order', { exact: true }).selectOption('training.learningRate');
  await page.getByRole('button', { name: /^From the smallest up/ }).click();
  await page.getByRole('radio', { name: 'input' }).check({ force: true });
  await expect.poll(() => asked('alignment-by-model')).toMatchObject({ order: '-training.learningRate', to: 'input' });
  await figure('alignment-by-model').getByText('12 models, in falling order of learning rate').waitFor();
  await page.reload();
  await figure('alignment-by-model').getByText('12 models, in falling order of learning rate').waitFor();
  await expect.poll(() => asked('model-similarity')).toMatchObject({ order: '-training.learningRate', layer: 'last' });
});

test('runs are pinned by key and by click, laid side by side, and let go', async () => {
  await open('runs=full&models=12', '#/compare?runs=tag:fig1&lines=runs');
  await page.getByText('Pin up to 6 runs (p)').waitFor();
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('searchbox').fill('training.optimizer = momentum');
  await dialog.getByRole('checkbox').first().check();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(param('pins')).toBe('m001');
  const box = (await figure('alignment-by-model').locator('svg[role="img"]').boundingBox()) as {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  await page.mouse.click(box.x + 0.97 * box.width, box.y + 0.5 * box.height);
  await page.getByRole('columnheader').filter({ hasText: 'B' }).waitFor();
  expect(param('pins')?.split(',')).toHaveLength(2);
  await expect.poll(() => asked('alignment-by-layer')).toMatchObject({ overlay: true, runs: param('pins')?.split(',') });
  await page
    .getByRole('button', { name: /unpin$/ })
    .first()
    .click();
  expect(param('pins')?.split(',')).toHaveLength(1);
});

test('the map is walked by arrow keys, its pair said in words and shown layer by layer', async () => {
  await open('runs=full&models=8', '#/compare?runs=tag:fig1&order=name');
  await figure('model-similarity').locator('svg[role="img"]').waitFor();
  const map = page.getByRole('group', { name: /^Similarity of models/ });
  await map.focus();
  await page.keyboard.press('ArrowRight');
  const first = param('pair')?.split(',') ?? [];
  expect(first).toHaveLength(2);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const words = page.locator('#pair-in-words');
  await expect.poll(() => words.textContent()).toMatch(/0\.\d\d.*differ in /s);
  const pair = param('pair')?.split(',') as string[];
  expect(pair[0]).not.toBe(first[0]);
  await expect.poll(() => asked('layer-similarity')).toMatchObject({ runs: pair, splits: ['test'] });
  // What is said is what the host computed of these two.
  const found = await page.evaluate(async (runs) => {
    const { values } = await (window as unknown as Host).fakeHost.call('compare.models', { runs });
    return values[0][1];
  }, pair);
  expect(await words.textContent()).toContain(found.toFixed(2));
  const box = (await figure('model-similarity').locator('svg[role="img"]').boundingBox()) as {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect.poll(() => param('pair')).not.toBe(pair.join(','));
});

test('a long comparison says how far it is, and can be stopped and asked for again', async () => {
  await open('runs=full&models=8&slow=3000', '#/compare?runs=tag:fig1');
  await page.getByText(/^Comparing 8 models: [1-9]0 %$/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped. What was compared before is kept.').waitFor();
  expect(await calls('compare.cancel')).toHaveLength(1);
  await page.evaluate(() => ((window as unknown as Host).fakeHost.slowMs = 0));
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await figure('model-similarity').locator('svg[role="img"]').waitFor();
});

test('what was probed on other samples is refused in words, and left out by a click; too many are said, pins stand for them', async () => {
  await open('runs=full&models=8', '#/compare?runs=tag:fig1,modd');
  await page.getByText(/Not comparable: .* and another-seed \(1,000 \+ 1,000 samples of digits, seed 3\)/).waitFor();
  expect(await calls('compare.models')).toEqual([]);
  await page.getByRole('button', { name: 'Leave out 1 run' }).click();
  await page.getByText(/Comparable: one probe set \(1,000 train, 1,000 test\), biased CKA, kernels centred/).waitFor();
  await figure('model-similarity').locator('svg[role="img"]').waitFor();
  await open('runs=full&models=60', '#/compare?runs=tag:fig1');
  await page.getByText('60 runs: each is compared with each other, so at most 50 at a time.').waitFor();
  await page.goto(gallery.url('runs=full&models=60', '#/compare?runs=tag:fig1&pins=m001,m002'));
  await expect.poll(() => asked('model-similarity')).toMatchObject({ runs: ['m001', 'm002'] });
});

test('Table I of the runs: correlations, the paper’s, least training accuracy, CSV as the command line writes it', async () => {
  await open('runs=full&models=24', '#/compare?runs=tag:fig1');
  const table = page.getByRole('region', { name: 'Table I of these runs' });
  const row = table.getByRole('row', { name: /^Avg\. CKA \(Test\)/ });
  await expect.poll(() => row.textContent()).toMatch(/0\.92/); // the paper's
  await page.getByLabel('Training accuracy').selectOption('0.9');
  await expect.poll(async () => (await calls('sweep.table1')).at(-1)).toMatchObject({ minTrainAccuracy: 0.9 });
  expect(param('least')).toBe('0.9');
  const [download] = await Promise.all([page.waitForEvent('download'), table.getByRole('button', { name: 'CSV' }).click()]);
  const stream = await download.createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString('utf8').trim().split('\n');
  expect(lines[0]).toBe('row,column,n,r,low,high,paper,signAgrees');
  expect(lines).toHaveLength(1 + 11 * 4);
  // The strip says the same numbers.
  const strip = page.getByRole('region', { name: 'Correlation with test accuracy' });
  const r = Number(lines.find((l) => l.startsWith('Avg. CKA (Test),Test Acc.'))?.split(',')[3]);
  await expect.poll(() => strip.textContent()).toContain(r.toFixed(2).replace('-', '−'));
});

test('axes of the scatter are chosen, and a point leads to its run', async () => {
  await open('runs=full&models=12', '#/compare?runs=tag:fig1');
  await page.getByLabel('Level axis').selectOption('data.augment');
  await expect.poll(() => asked('scatter')).toMatchObject({ x: 'data.augment', y: 'testAccuracy' });
  const svg = figure('scatter').locator('svg[role="img"]');
  await svg.getByText('augment').waitFor();
  await svg.scrollIntoViewIfNeeded();
  const dot = (await svg.locator('circle').first().boundingBox()) as { x: number; y: number; width: number; height: number };
  await page.mouse.click(dot.x + dot.width / 2, dot.y + dot.height / 2);
  await expect.poll(() => page.url()).toContain('#/run/m0');
});

test('runs are added and removed without leaving the page', async () => {
  await open('runs=full&models=4', '#/compare?runs=m000,m001');
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('checkbox', { checked: true }).count()).toBe(2);
  await dialog.getByRole('searchbox').fill('tag = fig1');
  await dialog.getByRole('button', { name: 'Add all 4 matches' }).click();
  await dialog.getByRole('button', { name: 'Compare 4 runs' }).click();
  await expect.poll(() => param('runs')).toBe('m000,m001,m002,m003');
  await page.getByText('4 runs', { exact: true }).waitFor();
  await page.goBack();
});

test('epochs of one run are compared once a run is chosen', async () => {
  await open('runs=full&models=4', '#/compare?runs=tag:fig1');
  await page.getByText('Choose a run to compare a layer’s kernel between its snapshots.').waitFor();
  expect(await asked('kernel-drift')).toBeUndefined();
  await page.getByLabel('Run', { exact: true }).selectOption('m002');
  await page.getByLabel('Layer of the run').selectOption('layer3');
  await expect.poll(() => asked('kernel-drift')).toMatchObject({ runs: ['m002'], layer: 'layer3' });
  expect(param('drift')).toBe('m002,layer3');
});
