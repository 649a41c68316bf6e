// The page of new experiments in a real browser, on a host in memory: sweeps, devices, own presets, the queue.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { SweepSpec } from '../../main/contract/sweeps.ts';
import { cellsOf, parseSweep } from '../../main/sweeps/index.ts';
import { galleryPage, type Host } from '../support/gallery-page.ts';

let page: Page;
const gallery = galleryPage((p) => (page = p));
const calls = <T = unknown>(name: string) => gallery.calls(name) as Promise<T[]>;

const open = async (hash: string, runs = 'full') => {
  await page.goto(gallery.url(`runs=${runs}`, hash));
  await page.locator('main .head').waitFor();
};
const grid = () => page.getByRole('region', { name: 'Sweep' });
const cell = (name: string | RegExp) => grid().getByRole('button', { name });
const spec = async () => (await calls<{ sweep: SweepSpec }>('sweep.start')).at(-1)?.sweep;

test('several values make a sweep: its grid, its cost, what is started; the address keeps all of it', async () => {
  await open('#/new?preset=demo');
  await page.getByLabel('learningRate', { exact: true }).fill('1e-4 … 1e-1, 4 log');
  await page.getByLabel('hidden', { exact: true }).fill('64 × 3; 128, 128');
  await page.getByLabel('seed', { exact: true }).fill('0 … 2');
  await page.getByText('swept: 64 × 3; 128, 128').waitFor();
  await page.getByText('2 hidden × 4 learningRate × 3 seed').waitFor();
  await cell(/^64 × 3, 0.1: 3 runs of/).waitFor();
  await cell(/^128, 128, 0.01: 3 runs/).click();
  await cell('128, 128, 0.01: left out').waitFor();
  await page.getByRole('button', { name: 'Start 21 runs' }).waitFor();
  await page.reload();
  await cell('128, 128, 0.01: left out').waitFor();
  expect(await page.getByLabel('learningRate', { exact: true }).inputValue()).toBe('1e-4 … 1e-1, 4 log');
  await page.getByLabel('at a time').fill('3');
  await page.getByLabel('at a time').press('Enter');
  await expect.poll(() => page.getByText('time, 3 at a time').count()).toBe(1);
  await page.getByLabel('name', { exact: true }).fill('my rates');
  await page.keyboard.press('Control+Enter');
  await page.getByText('“my rates”: 21 runs in the queue.').waitFor();
  await page.getByRole('heading', { name: 'Queue' }).first().waitFor();
  expect((await calls<{ jobs: number }>('sweep.start'))[0].jobs).toBe(3);
  const sent = await spec();
  expect(sent.exclude).toEqual([{ 'model.hidden': [128, 128], 'training.learningRate': 0.01 }]);
  const cells = cellsOf(parseSweep(sent));
  expect(cells).toHaveLength(21);
  expect(cells[0].config).toMatchObject({
    data: { dataset: 'digits', train: 4000 },
    model: { hidden: [64, 64, 64] },
    training: { epochs: 40, learningRate: 1e-4 },
    tags: ['my rates'],
  });
});

test('cells are left out by dragging and by keyboard, and taken in again', async () => {
  await open('#/new?preset=lazy-to-rich');
  await cell('800 × 4, 0.01: left out').waitFor();
  const center = async (name: RegExp) => {
    const box = await cell(name).boundingBox();
    if (!box) throw new Error(`${name.source} is not there`);
    return [box.x + box.width / 2, box.y + box.height / 2] as const;
  };
  await page.mouse.move(...(await center(/^100 × 4, 1e-3/)));
  await page.mouse.down();
  await page.mouse.move(...(await center(/^200 × 4, 3e-3/)), { steps: 4 });
  await page.mouse.up();
  for (const name of ['100 × 4, 1e-3', '100 × 4, 3e-3', '200 × 4, 1e-3', '200 × 4, 3e-3']) await cell(`${name}: left out`).waitFor();
  await page.getByRole('button', { name: 'Start 33 runs' }).waitFor();
  await cell(/^100 × 4, 3e-4/).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  await cell(/^200 × 4, 1e-3: 3 runs/).waitFor();
  await page.getByRole('button', { name: 'Start 36 runs' }).waitFor();
  // Seen from another side the same cells are left out.
  await grid().getByLabel('rows').selectOption('seed');
  await grid().getByLabel('columns').selectOption('learningRate');
  await page.getByRole('button', { name: 'Start 36 runs' }).waitFor();
  await cell(/^0, 3e-3: 2 runs/).waitFor();
  expect(page.url()).toContain('rows=seed');
});

test('choices are swept by their boxes; values that are tied stay tied, or are let go', async () => {
  await open('#/new?preset=optimizers');
  await page.getByText('4 values, together with learningRate').waitFor();
  await page.getByRole('button', { name: 'Start 24 runs' }).waitFor();
  await page.getByRole('button', { name: 'Sweep activation' }).click();
  await page.getByRole('button', { name: 'Start 96 runs' }).waitFor();
  await page.getByRole('checkbox', { name: 'erf' }).uncheck({ force: true });
  await page.getByRole('checkbox', { name: 'linear' }).uncheck({ force: true });
  await page.getByRole('button', { name: 'Start 48 runs' }).waitFor();
  await page.getByLabel('optimizer', { exact: true }).fill('sgd, momentum');
  await page.getByText('expected 2 values, one for each of training.optimizer, got 4').waitFor();
  await page.getByLabel('learningRate', { exact: true }).fill('0.1, 0.01');
  await page.getByRole('button', { name: 'Start 24 runs' }).waitFor();
  await page.getByRole('button', { name: 'Vary them apart' }).click();
  await page.getByRole('button', { name: 'Start 48 runs' }).waitFor();
  await page.getByRole('button', { name: 'Stop sweeping activation' }).click();
  await page.getByRole('button', { name: 'Start 24 runs' }).click();
  await page.getByText('24 runs in the queue').waitFor();
  expect(Object.keys((await spec()).grid).sort()).toEqual([
    'model.bias',
    'training.batchSize',
    'training.learningRate',
    'training.optimizer',
  ]);
});

test('what is wrong is said beside its field, also where the host says it; a sweep that is too large with its number', async () => {
  await open('#/new?preset=demo');
  await page.getByLabel('learningRate', { exact: true }).fill('0 … 1');
  await page.getByText('expected how many points, as 0 … 1, 5, got "0 … 1"').waitFor();
  expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
  await page.getByLabel('learningRate', { exact: true }).fill('0.1');
  await page.getByLabel('batchSize', { exact: true }).fill('100, 9000');
  // Only the host knows of cells that do not fit together.
  await page.locator('.row', { hasText: 'batchSize' }).getByText('expected 1 … 4000 (the training samples), got 9000').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Start 2 runs' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'batchSize' }).click();
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('100, 9000');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('100');
  await page.getByLabel('seed', { exact: true }).fill('0 … 9999');
  await page.getByLabel('train', { exact: true }).fill('1000, 2000');
  await page.getByText('expected at most 10,000 runs, got 20,000').waitFor();
  expect(await page.getByRole('button', { name: /^Start/ }).isDisabled()).toBe(true);
});

test('advice is true: what is said to be saved is what the changed form then costs', async () => {
  await open('#/new?preset=fig7');
  type Asked = { preset?: string; config: object };
  const asked = async () => (await calls<Asked>('run.estimate')).filter((c) => c.preset === 'fig7');
  const cost = (input: unknown) =>
    page.evaluate(async (i) => (await (window as unknown as Host).fakeHost.call('run.estimate', i as object)).seconds, input);
  const advice = page.getByRole('region', { name: 'Cheaper' }).locator('p').first();
  await advice.waitFor();
  const said = Number(/about (\d+) %/.exec((await advice.textContent()) ?? '')?.[1]);
  expect(said).toBeGreaterThanOrEqual(15);
  const before = await cost((await asked())[0]);
  await advice.getByRole('button').click();
  await page.getByText(/fields? changed/).waitFor();
  await expect.poll(async () => Object.keys((await asked()).at(-1)?.config ?? {}).length).toBe(1);
  expect(Math.round(100 * (1 - (await cost((await asked()).at(-1))) / before))).toBe(said);
});

test('a device is chosen by name, with the reason of each; one that cannot be used is not offered', async () => {
  await open('#/new?preset=demo');
  await page.getByText('OpenBLAS 0.3.21, 2 threads, relaxed SIMD').waitFor();
  expect(await page.getByRole('radio', { name: /^cuda @tensorflow\/tfjs-node-gpu is not installed/ }).isDisabled()).toBe(true);
  await page.getByRole('radio', { name: /^cpu/ }).check();
  await page.reload();
  await expect.poll(() => page.getByRole('radio', { name: /^cpu/ }).isChecked()).toBe(true);
  await page.keyboard.press('Control+Enter');
  await page.getByText('running', { exact: true }).waitFor();
  expect(await calls('run.start')).toEqual([{ preset: 'demo', config: {}, device: 'cpu' }]);
});

test('the form is kept as a preset of one’s own, sweeps too, and removed', async () => {
  await open('#/new?preset=demo&set.seed=0%2C+1');
  await page.getByRole('button', { name: 'Save as preset…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('demo');
  await dialog.getByText('“demo” is a preset of the program').waitFor();
  await dialog.getByLabel('Name').fill('two seeds');
  await page.keyboard.press('Enter');
  await page.locator('.presets [aria-current]', { hasText: 'two seeds' }).waitFor();
  await page.getByRole('button', { name: 'Start 2 runs' }).waitFor();
  await page.locator('.presets').getByRole('link').filter({ hasText: 'Lazy to rich' }).click();
  await page.getByRole('button', { name: 'Start 45 runs' }).waitFor();
  await page.getByRole('button', { name: 'Remove two seeds' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.locator('.presets', { hasNotText: 'two seeds' }).waitFor();
  expect(await calls('presets.remove')).toEqual([{ name: 'two seeds' }]);
});

test('the queue: pause and resume, order by keyboard, by buttons and by dragging, hold, how many at a time, cancel', async () => {
  await open('#/new?preset=demo');
  await page.evaluate(() => {
    const { fakeHost } = window as unknown as Host;
    for (const id of ['w1', 'w2', 'w3']) fakeHost.add({ id, name: id, state: 'queued' });
    fakeHost.emit('queue.changed', { running: 1, paused: 1, waiting: 4, held: false, atOnce: 1 });
  });
  await page.getByText('Queue 6').click();
  const waiting = () => page.getByRole('region', { name: 'Queue' }).locator('ol a').allTextContents();
  await expect.poll(waiting).toEqual(['mnist-wide-ntk', 'w1', 'w2', 'w3']);
  const grip = (name: string) => page.getByRole('button', { name: `Move ${name}: Alt` });
  await grip('w2').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(waiting).toEqual(['mnist-wide-ntk', 'w2', 'w1', 'w3']);
  await page.keyboard.press('Alt+Home'); // the focus has moved with the row
  await expect.poll(waiting).toEqual(['w2', 'mnist-wide-ntk', 'w1', 'w3']);
  await page.getByRole('button', { name: 'Move w1 down' }).click();
  await expect.poll(waiting).toEqual(['w2', 'mnist-wide-ntk', 'w3', 'w1']);
  await grip('w1').dragTo(grip('w2'));
  await expect.poll(waiting).toEqual(['w1', 'w2', 'mnist-wide-ntk', 'w3']);
  expect((await calls<{ runs: string[] }>('queue.order')).at(-1)?.runs).toEqual(['w1', 'w2', 'r-wait', 'w3']);

  await page.getByRole('button', { name: 'Pause mnist-ntk-60' }).click();
  await page.getByRole('button', { name: 'Resume mnist-ntk-60' }).click();
  await page.getByRole('button', { name: 'Pause mnist-ntk-60' }).waitFor();
  await page.getByRole('button', { name: 'Hold' }).click();
  await page.getByText('Held: what is at work goes on').waitFor();
  await page.getByRole('button', { name: 'Let runs begin' }).click();
  await page.getByLabel('at a time').fill('2');
  await page.keyboard.press('Tab');
  await expect.poll(async () => (await calls('queue.set')).at(-1)).toEqual({ atOnce: 2 });
  await page.getByRole('button', { name: 'Cancel w3' }).click();
  await expect.poll(waiting).toEqual(['w1', 'w2', 'mnist-wide-ntk']);
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'New experiment' }).waitFor();
});

test('sweeps: how far each is, its runs in the library, go on and retry', async () => {
  await open('#/new?panel=queue');
  const sweeps = page.getByRole('region', { name: 'Sweeps' });
  await sweeps.getByText('1 running, 23 queued, 3 failed').waitFor();
  await sweeps.getByText('1 h 10 min left').waitFor();
  await sweeps.getByRole('button', { name: 'Retry failed' }).click();
  await expect.poll(async () => (await calls<{ retry: boolean }>('sweep.start')).at(-1)?.retry).toBe(true);
  await sweeps.getByRole('button', { name: 'Cancel' }).first().click();
  await expect.poll(async () => (await calls('sweep.cancel')).at(-1)).toEqual({ sweep: 's1' });
  await sweeps.getByRole('link', { name: 'section-5-small' }).click();
  await expect.poll(() => page.getByRole('combobox', { name: 'Filter by name' }).inputValue()).toBe('tag = "section-5-small"');
});

test('an empty queue says what to do', async () => {
  await open('#/new?panel=queue', 'empty');
  await page.getByText('Nothing runs and nothing waits.').waitFor();
  await page.getByText('No sweeps yet.').waitFor();
  await page.getByRole('link', { name: 'Start an experiment' }).click();
  await page.getByRole('heading', { name: 'New experiment' }).waitFor();
});
