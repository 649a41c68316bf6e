// The library in a real browser, on a host in memory: what a person does with keyboard and mouse, and what they then see.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { galleryPage, type Host } from '../support/gallery-page.ts';

let page: Page;
const gallery = galleryPage((p) => (page = p), { acceptDownloads: true });
const { calls } = gallery;

const open = async (query: string, hash: string) => {
  await page.goto(gallery.url(query, hash));
  await page.locator('main .head').waitFor();
};
const rows = () => page.locator('tbody tr[aria-rowindex] .name a').allTextContents();
const groups = () => page.locator('tbody tr[aria-expanded] .name .text').allTextContents();
const filter = () => page.getByRole('combobox', { name: 'Filter by name' });
const options = () => page.getByRole('option').locator('.label').allTextContents();
const bar = () => page.getByRole('region', { name: 'Chosen runs' });

test('words and expressions filter the library, a wrong one says what is wrong, and the address keeps it', async () => {
  await open('runs=full', '#/library?group=none');
  await page.keyboard.press('/');
  await page.keyboard.type('fig7');
  await expect.poll(rows).toEqual(['mnist-ntk-60', 'mnist-relu-std', 'mnist-tanh-std']);
  await filter().fill('model.activation = erf and seed = 1');
  const onlyErf = async () => {
    const names = await rows();
    return names.length > 0 && names.every((name) => /erf.*s1/.test(name));
  };
  await expect.poll(onlyErf).toBe(true);
  await page.reload();
  await expect.poll(onlyErf).toBe(true);
  await filter().fill('testAcuracy > 0.9');
  await page.getByRole('alert').filter({ hasText: 'did you mean testAccuracy?' }).waitFor();
  expect(await page.locator('.under .wrong').textContent()).toBe('testAcuracy');
  await filter().fill('training.batchSize = 7');
  await page.getByText('No run matches “training.batchSize = 7”.').waitFor();
  await page.getByText('Batch sizes here: 500.').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect.poll(async () => (await rows()).length).toBe(23);
});

test('an expression is written from the proposals alone, by keyboard', async () => {
  await open('runs=full', '#/library?group=none');
  await filter().click();
  await page.keyboard.type('model.ac');
  await expect.poll(options).toEqual(['model.activation']);
  expect(await filter().getAttribute('aria-expanded')).toBe('true');
  await page.keyboard.press('Tab');
  await expect.poll(options).toEqual(['=', '!=', 'has', 'in', '<', '<=', '>', '>=']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await options()).toSorted()).toEqual(['erf', 'linear', 'relu', 'tanh']);
  await page.keyboard.type('t');
  await expect.poll(options).toEqual(['tanh']);
  await page.keyboard.press('ArrowDown');
  const pointed = await filter().getAttribute('aria-activedescendant');
  expect(await page.locator(`[id="${pointed}"]`).getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Enter');
  expect(await filter().inputValue()).toBe('model.activation = tanh ');
  await expect.poll(async () => (await rows()).length).toBe(5);
  expect((await rows()).every((name) => name.includes('tanh'))).toBe(true);
  expect(await page.locator('.under .done').textContent()).toBe('model.activation = tanh');
  await page.keyboard.press('Escape'); // the list
  expect(await filter().getAttribute('aria-expanded')).toBe('false');
  expect(await filter().inputValue()).not.toBe('');
  await page.keyboard.press('Escape'); // the text
  await expect.poll(() => filter().inputValue()).toBe('');
  await page.keyboard.press('Escape'); // the focus
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
});

test('the library is walked and sorted by keyboard and head', async () => {
  await open('runs=full', '#/library?group=none');
  await page.getByRole('button', { name: 'Name' }).click();
  await expect.poll(async () => (await rows())[0]).toBe('digits-deep');
  expect(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending');
  await page.getByRole('button', { name: 'LR' }).click();
  await expect.poll(async () => (await rows())[0]).toBe('digits-sgd-hot');
  expect(page.url()).toContain('sort=-training.learningRate');
  await page.getByRole('button', { name: 'Name' }).click();
  await page.locator('h1').click();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  expect(await page.locator('tr.current .name a').textContent()).toBe('digits-deep');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'digits-deep' }).waitFor();
  await page.goBack();
  await filter().waitFor();
  await expect.poll(() => page.locator('tr.current .name a').textContent()).toBe('digits-deep');
});

test('seeds stand under their group, which says their mean; by fields too; the address keeps it', async () => {
  await open('runs=full', '#/library');
  await expect.poll(groups).toEqual(['sweep-relu-w50', 'sweep-tanh-w100', 'sweep-erf-w150', 'sweep-linear-w200']);
  await page.locator('h1').click();
  for (let i = 0; i < 8; i++) await page.keyboard.press('j');
  await page.keyboard.press('ArrowRight');
  await expect.poll(rows).toEqual(expect.arrayContaining(['seed 0', 'seed 2']));
  expect(await page.locator('tr.current').getAttribute('aria-expanded')).toBe('true');
  const under = await page.locator('tr[aria-level="2"] td.measure:nth-child(9)').allTextContents();
  const [mean, sd] = ((await page.locator('tr.current td.measure:nth-child(9)').textContent()) ?? '').split('±').map(Number);
  const [a, b] = under.map(Number);
  expect(mean).toBeCloseTo((a + b) / 2, 2);
  expect(sd).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 2); // n − 1 of two
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowLeft'); // from a run to its group
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => page.locator('tr[aria-level="2"]').count()).toBe(0);
  await page.getByRole('button', { name: 'Group by fields' }).click();
  await page.getByRole('searchbox', { name: 'Find a field' }).fill('activ');
  await page.getByRole('checkbox', { name: 'model.activation' }).check();
  await page.keyboard.press('Escape');
  await expect.poll(async () => (await groups()).toSorted()).toEqual(['erf', 'linear', 'relu', 'tanh']);
  expect(page.url()).toContain('group=model.activation');
  await page.reload();
  await expect.poll(async () => (await groups()).length).toBe(4);
});

test('five thousand runs scroll with only the rows in sight in the page', async () => {
  await open('runs=many', '#/library?sort=name&group=none');
  const box = page.locator('.scroll');
  await expect.poll(() => page.locator('table[aria-rowcount="5008"]').count()).toBe(1);
  expect(await page.locator('tbody tr[aria-rowindex]').count()).toBeLessThan(60);
  const most = await box.evaluate(async (element) => {
    let most = 0;
    for (let top = 0; top < 60_000; top += 1500) {
      element.scrollTop = top;
      await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
      most = Math.max(most, document.querySelectorAll('tbody tr[aria-rowindex]').length);
    }
    return most;
  });
  expect(most).toBeLessThan(60);
  await box.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await expect.poll(async () => page.locator('tbody tr[aria-rowindex="5008"]').isVisible()).toBe(true);
});

test('a run is renamed in place, tagged, annotated, deleted and brought back; what was typed is what is sent', async () => {
  await open('runs=full', '#/library');
  const act = async (name: string, item: string) => {
    await page.getByRole('row', { name }).first().hover();
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await act('mnist-relu-std', 'Rename');
  await page.getByRole('textbox', { name: 'Name' }).fill('reference');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'reference' }).waitFor();
  expect(await calls('run.rename')).toEqual([{ run: 'r-done', name: 'reference' }]);
  await act('reference', 'Tags…');
  await page.getByLabel('Tags, with commas').fill('paper, new one');
  await page.getByRole('button', { name: 'Save tags' }).click();
  await expect.poll(() => page.locator('tr', { hasText: 'reference' }).locator('td.tags').getAttribute('title')).toBe('paper, new one');
  expect(await calls('run.tag')).toEqual([{ runs: ['r-done'], add: ['new one'], remove: ['fig7'] }]);
  await act('reference', 'Note…');
  await page.getByLabel('Note', { exact: true }).fill('two\nlines');
  await page.getByRole('button', { name: 'Save note' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await calls('run.note')).toEqual([{ run: 'r-done', note: 'two\nlines' }]);
  await act('reference', 'Delete');
  await page.getByRole('link', { name: 'reference' }).waitFor({ state: 'detached' });
  await page.getByRole('status').filter({ hasText: '“reference” deleted.' }).getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'reference' }).waitFor();
  // What is at work is asked for first.
  await act('mnist-ntk-60', 'Delete');
  await page.getByRole('dialog').getByText('It is running; it is stopped first.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await calls('run.delete')).toEqual([{ runs: ['r-done'] }]);
});

test('runs and groups are chosen by keyboard and mouse; the bar tags, exports and deletes them, and Ctrl+Z brings them back', async () => {
  await open('runs=full', '#/library');
  await filter().fill('name has sweep');
  await expect.poll(async () => (await groups()).length).toBe(4);
  await filter().blur();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await bar().getByText('1 group selected').waitFor();
  await bar().getByText('2 runs').waitFor();
  await page.keyboard.press('J');
  await page.keyboard.press('J');
  await bar().getByText('3 groups selected').waitFor();
  await page.keyboard.press('K');
  await bar().getByText('2 groups selected').waitFor();
  await page.getByRole('checkbox', { name: 'Choose sweep-linear-w200' }).click({ modifiers: ['Shift'] });
  await bar().getByText('4 groups selected').waitFor();
  await page.keyboard.press('t');
  await page.getByRole('dialog').getByText('Tags of 8 runs').waitFor();
  await page.getByRole('dialog').getByRole('checkbox', { name: 'sweep' }).uncheck();
  await page.getByLabel('Add tags').fill('chosen');
  await page.getByRole('button', { name: 'Save tags' }).click();
  await expect.poll(() => calls('run.tag')).toMatchObject([{ add: ['chosen'], remove: ['sweep'] }]);
  await filter().fill('chosen');
  await expect.poll(async () => (await groups()).length).toBe(4);
  await filter().blur();
  const [bundle] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('e')]);
  expect(bundle.suggestedFilename()).toBe('8-runs.kernelscope');
  expect([...(await readFile(await bundle.path()))]).toEqual([7, 7, 7]); // as the host in memory has it
  await page.getByRole('button', { name: 'More', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Save chosen runs as CSV…' }).click(),
  ]);
  expect(
    String(await readFile(await download.path()))
      .trim()
      .split('\r\n'),
  ).toHaveLength(9);
  await page.keyboard.press('Delete');
  await page.getByText('8 runs deleted.').waitFor();
  await page.getByText('No run matches “chosen”.').waitFor();
  await bar().waitFor({ state: 'detached' });
  await page.keyboard.press('Control+z');
  await page.getByText('8 runs restored.').waitFor();
  await expect.poll(async () => (await groups()).length).toBe(4);
  await page.keyboard.press('Control+a');
  await bar().getByText('4 groups selected').waitFor();
  await filter().fill('');
  await bar().getByText('4 groups selected').waitFor(); // over filters
  await filter().blur();
  await page.keyboard.press('Escape');
  await bar().waitFor({ state: 'detached' });
});

test('columns are found, ticked, moved by keyboard and set back; they are kept', async () => {
  await open('runs=full', '#/library');
  const heads = () => page.locator('thead th:not(.box) button').evaluateAll((all) => all.map((b) => b.firstChild?.textContent));
  await expect.poll(async () => (await heads()).slice(0, 3)).toEqual(['Name', 'Dataset', 'Model']);
  const usual = await heads();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('searchbox', { name: 'Find a column' }).fill('parameterisation');
  await page.getByRole('checkbox', { name: /^Parameterisation/ }).check();
  await expect.poll(async () => (await heads()).at(-1)).toBe('Parameterisation');
  const handle = page.getByRole('button', { name: 'Move Parameterisation' });
  await handle.focus();
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press('ArrowUp');
    await expect.poll(async () => (await calls('settings.set')).length).toBe(2 + i);
  }
  await expect.poll(async () => (await heads()).indexOf('Parameterisation')).toBe(usual.length - 3);
  await page.reload();
  await expect.poll(async () => (await heads()).indexOf('Parameterisation')).toBe(usual.length - 3);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(heads).toEqual(usual);
});

test('what is shown is kept under a name, shown again, renamed and removed', async () => {
  await open('runs=full', '#/library?group=none&sort=name&filter=digits');
  await expect.poll(async () => (await rows())[0]).toBe('digits-deep');
  const wanted = await rows();
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Digits');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Rename Digits' }).click();
  await page.getByLabel('New name of Digits').fill('All digits');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Rename All digits' }).waitFor();
  await page.keyboard.press('Escape');
  await page.goto(gallery.url('runs=full', '#/library'));
  await expect.poll(async () => (await groups()).length).toBe(4);
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^All digits/ })
    .click();
  await expect.poll(rows).toEqual(wanted);
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('button', { name: 'Remove All digits' }).click();
  await page.getByText('No filters are kept yet.').waitFor();
});

test('deleted runs are found in the trash of the library', async () => {
  await open('runs=full', '#/library?trash=1');
  await page.evaluate(() => (window as unknown as Host).fakeHost.call('run.delete', { runs: ['r-done'] }));
  await page.getByRole('button', { name: 'Restore mnist-relu-std' }).click();
  await page.getByText('Nothing in it.').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('link', { name: 'mnist-relu-std' }).waitFor();
  expect(page.url()).not.toContain('trash');
});

test('runs that are chosen in the library are compared: figures of all, the layers of two, what differs', async () => {
  await open('runs=full', '#/library?group=none');
  await filter().fill('state = done');
  const boxes = page.getByRole('checkbox', { name: /^Choose / });
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await filter().blur();
  await page.keyboard.press('k'); // from the second to the first
  await page.keyboard.press('x');
  await bar().getByText('1 run selected').waitFor();
  await page.keyboard.press('x');
  await bar().getByText('2 runs selected').waitFor();
  await page.keyboard.press('c');
  await page.getByRole('heading', { name: 'Compare' }).waitFor();
  expect(page.url()).toMatch(/runs=r-\w+%2Cr-\w+/);
});
