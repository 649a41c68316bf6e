// Devices, help, reproduce, settings, datasets, and what lies over any view, as pictures and for the accessibility scan.
import type { Page } from 'playwright-core';
import type { Task } from '../../../main/contract/calls/tasks.ts';
import type { Host } from '../gallery-page.ts';
import { ask, type Scene } from './scene.ts';

export const otherScenes: readonly Scene[] = [
  ['devices', '?runs=full#/devices'],
  ['help', '?runs=full#/help?topic=cka'],
  ['help-formulas', '?runs=full#/help?topic=debiased-cka'],
  ['help-search', '?runs=full#/help?q=permutation'],
  ['help-nothing', '?runs=full#/help?q=quaternion'],
  ['reproduce-empty', '?runs=empty#/reproduce'],
  ['reproduce-partly', '?runs=full&paper=partly#/reproduce?fig=fig7'],
  ['reproduce-full', '?runs=full&paper=full#/reproduce'],
  ['reproduce-spectra', '?runs=full&paper=full#/reproduce?fig=fig3'],
  ['reproduce-table', '?runs=full&paper=full#/reproduce?fig=table1'],
  ['reproduce-failed', '?runs=full&failing=reproduce.get#/reproduce'],
  ['settings', '?runs=full#/settings'],
  [
    'settings-trash',
    '?runs=full#/settings',
    async (page) => {
      await ask(page, 'run.delete', { runs: ['r-done', 'r-tanh', 'r-2'] });
      await page.getByText('3 runs.').waitFor();
    },
  ],
  ['palette', '?runs=full#/library', (page) => page.keyboard.press('Control+k')],
  [
    'palette-typed',
    '?runs=full#/library',
    async (page) => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('mni');
    },
  ],
  ['datasets-full', '?runs=full#/datasets?dataset=mnist'],
  ['datasets-imported', '?runs=full#/datasets?dataset=pets'],
  ['datasets-vectors', '?runs=full#/datasets?dataset=spikes'],
  ['datasets-generated', '?runs=full#/datasets?dataset=digits'],
  ['datasets-missing', '?runs=full#/datasets?dataset=cifar10'],
  ['datasets-broken', '?runs=full#/datasets?dataset=faces-2019'],
  ['datasets-fetching', '?runs=full#/datasets?dataset=cifar10', (page) => fetching(page, { share: 0.42, secondsLeft: 37 })],
  [
    'datasets-failed',
    '?runs=full#/datasets?dataset=cifar10',
    (page) =>
      fetching(page, { state: 'failed', error: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz: fetch failed (ENOTFOUND)' }),
  ],
  [
    'datasets-import',
    '?runs=full#/datasets',
    async (page) => {
      const files = ['a.png', 'b.png'].map((name) => ({ name, mimeType: 'image/png', buffer: Buffer.alloc(700) }));
      await page.getByLabel('Import files…').setInputFiles(files);
      await page.getByLabel('Name').fill('mnist');
    },
  ],
  [
    'datasets-left-out',
    '?runs=full#/datasets',
    async (page) => {
      const files = ['cats.png', 'readme.txt', 'notes.txt'].map((name) => ({ name, mimeType: 'image/png', buffer: Buffer.alloc(700) }));
      await page.getByLabel('Import files…').setInputFiles(files);
      await page.getByLabel('Name').fill('animals');
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByText('2 files left out').first().waitFor();
    },
  ],
  ['datasets-remove', '?runs=full#/datasets?dataset=pets', (page) => page.getByRole('button', { name: 'Remove…' }).click()],
  [
    'activity',
    '?runs=full#/library',
    async (page) => {
      await page.evaluate(() => {
        const { exchange } = (window as unknown as Host).fakeHost;
        exchange.held = true;
        const task = (kind: Task['kind'], subject: string, change: object) => exchange.say(exchange.begin(kind, subject), change);
        task('bundle-import', 'width-sweep.kernelscope', { share: 0.63, secondsLeft: 14 });
        task('bundle-export', '3-runs.kernelscope', { share: null });
        task('bundle-import', 'reference.kernelscope', {
          state: 'done',
          result: {
            runs: ['imported', 'imported', 'imported', 'here'].map((outcome, i) => ({ id: `r${i}`, was: `r${i}`, name: '', outcome })),
          },
        });
        task('bundle-import', 'damaged.kernelscope', {
          state: 'failed',
          error: 'damaged.kernelscope: runs/0/run.json: its checksum is wrong; the file is damaged',
        });
        task('dataset-fetch', 'mnist', { state: 'cancelled' });
      });
    },
  ],
  [
    'drop',
    '?runs=full#/datasets',
    (page) =>
      page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['x'], 'x.kernelscope'));
        window.dispatchEvent(new DragEvent('dragenter', { dataTransfer }));
      }),
  ],
  ['keys', '?runs=full#/library', (page) => page.keyboard.press('?')],
];

/** A fetch of cifar10 that stands as told. */
async function fetching(page: Page, change: Partial<Task>): Promise<void> {
  await page.evaluate(() => ((window as unknown as Host).fakeHost.exchange.held = true));
  await page.getByRole('button', { name: 'Fetch', exact: true }).click();
  await page.getByText('Fetching cifar10').first().waitFor();
  await page.evaluate((c) => (window as unknown as Host).fakeHost.exchange.say('t1', c), change);
}
