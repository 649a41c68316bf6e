// The library, as pictures and for the accessibility scan.
import { ask, type Scene } from './scene.ts';

export const libraryScenes: readonly Scene[] = [
  ['library-full', '?runs=full#/library'],
  ['library-many', '?runs=many#/library?sort=-testAccuracy', (page) => page.locator('.scroll').evaluate((box) => box.scrollTo(0, 70_000))],
  ['library-huge', '?runs=huge#/library?sort=-testAccuracy', (page) => page.locator('.scroll').evaluate((box) => box.scrollTo(0, 20_000))],
  [
    'library-groups',
    '?runs=huge#/library?filter=training.loss+%3D+mse+and+state+%3D+done',
    async (page) => {
      await page.locator('h1').click();
      for (const key of ['j', 'j', 'ArrowRight', 'x', 'j', 'j', 'j', 'j', 'j', 'j', 'j', 'x', 'j', 'x', 'j'])
        await page.keyboard.press(key);
    },
  ],
  [
    'library-completion',
    '?runs=huge#/library',
    async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('training.loss = mse and model.bias = true and model.', { delay: 5 });
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
    },
  ],
  ['library-by-field', '?runs=huge#/library?group=model.kind,training.optimizer&sort=-testAccuracy'],
  ['library-columns', '?runs=full#/library', (page) => page.getByRole('button', { name: 'Columns' }).click()],
  ['library-group-by', '?runs=full#/library', (page) => page.getByRole('button', { name: 'Group by fields' }).click()],
  [
    'library-saved',
    '?runs=full#/library?filter=tag+%3D+sweep',
    async (page) => {
      const views = [
        { name: 'Good ones', params: { filter: 'testAccuracy > 0.9', columns: '' } },
        { name: 'Sweeps', params: { filter: 'tag = sweep', columns: '' } },
      ];
      await ask(page, 'settings.set', { views });
      await page.getByRole('button', { name: 'Saved filters' }).click();
    },
  ],
  [
    'library-tags',
    '?runs=full#/library',
    async (page) => {
      await page.keyboard.press('Control+a');
      await page.keyboard.press('t');
    },
  ],
  [
    'library-undo',
    '?runs=full#/library',
    async (page) => {
      await ask(page, 'run.cancel', { run: 'r-live' });
      await page.getByRole('checkbox', { name: 'Choose mnist-relu-std' }).click();
      await page.keyboard.press('Delete');
      await page.getByText('deleted.').waitFor();
    },
  ],
  [
    'library-trash',
    '?runs=full#/library?trash=1',
    async (page) => {
      await ask(page, 'run.delete', { runs: ['r-done', 'r-tanh', 'r-2'] });
      await page.getByText('3 runs.').waitFor();
    },
  ],
  [
    'library-rename',
    '?runs=full#/library',
    (page) =>
      page
        .locator('h1')
        .click()
        .then(() => page.keyboard.press('j'))
        .then(() => page.keyboard.press('r')),
  ],
  ['library-loading', '?runs=full&silent=library.list#/library'],
  ['library-failed', '?runs=full&failing=library.list#/library'],
  ['library-read-only', '?runs=full&readonly#/library'],
  ['library-empty', '?runs=empty#/library'],
  ['library-no-match', '?runs=full#/library?filter=resnet'],
  ['library-wrong-filter', '?runs=full#/library?filter=widht+%3D+3'],
  ['library-menu', '?runs=full#/library', (page) => page.getByRole('button', { name: 'Actions for mnist-relu-std' }).click()],
  ['library-lost', '?runs=full&lost#/library', (page) => page.getByText('Connection lost.').waitFor()],
];
