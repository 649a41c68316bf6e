// The pages on the paper and on what numbers mean, in a real browser on a host in memory.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { topics } from '../../renderer/help/index.ts';
import { progressOf } from '../../renderer/state/reproduction.ts';
import { galleryPage, type Host } from '../support/gallery-page.ts';
import { fakeRun, specs, summaryOf } from '../support/fake-library.ts';

let page: Page;
const gallery = galleryPage((p) => (page = p));
const { calls } = gallery;

const open = async (query: string, hash: string) => {
  await page.goto(gallery.url(query, hash));
  await page.locator('main .head').waitFor();
};
const section = (figure: string) => page.locator(`[data-paper="${figure}"]`);

test('an empty library: every statement is not yet run, and a button with its cost starts the small version', async () => {
  await open('runs=empty', '#/reproduce');
  await page.getByText('74 not yet run').waitFor();
  expect(await page.locator('[data-paper]').count()).toBe(9);
  expect(await page.locator('[data-verdict]:not([data-verdict="not-run"])').count()).toBe(0);
  await section('fig7').getByRole('button', { name: 'Start the small version' }).click();
  const study = page.getByRole('region', { name: 'Section VI', exact: true });
  await study.getByText('1 run under way, 1 training').waitFor();
  expect(await calls('run.start')).toEqual([{ preset: 'section-6-small' }]);
  expect(await study.getByRole('progressbar').count()).toBe(1);
  for (let i = 0; i < 60; i++) await page.evaluate(() => (window as unknown as Host).fakeHost.step());
  await study.getByText('Checked on the run').waitFor();
  await section('fig7').locator('[data-verdict="passed"]').first().waitFor();
  expect(await section('fig1').locator('[data-verdict="not-run"]').count()).toBe(6);
});

test('a sweep is started by its preset; what is refused is said where it was asked', async () => {
  await open('runs=empty&failing=sweep.start', '#/reproduce');
  const study = page.getByRole('region', { name: 'Section V', exact: true });
  await study
    .getByText(/^48 runs, /)
    .first()
    .waitFor();
  await study.getByRole('button', { name: 'Start the paper’s own size' }).click();
  await study.getByRole('alert').waitFor();
  expect(await calls('sweep.start')).toEqual([{ preset: 'section-5' }]);
});

test('with all runs there: figures are drawn beside statements, Table I has its forty entries, what differs is said', async () => {
  await open('runs=full&paper=full', '#/reproduce');
  const study = page.getByRole('region', { name: 'Section V', exact: true });
  await study.getByText('Not the paper’s own size:').waitFor();
  await study.getByText('training.epochs').waitFor();
  await section('fig1').locator('[data-figure="alignment-by-model"] svg').first().waitFor();
  expect(await section('fig8').locator('[data-figure]').count()).toBe(0); // far down: drawn when it comes near
  expect(await section('table1').locator('td[data-claim]').count()).toBe(40);
  await page
    .getByRole('navigation', { name: 'Figures of the paper' })
    .getByRole('link', { name: /Fig\. 8/ })
    .click();
  await expect.poll(() => section('fig8').locator('[data-figure] svg').count()).toBeGreaterThanOrEqual(4);
  expect(page.url()).toContain('fig=fig8');
  // Every verdict is said in words as well as by shape and colour.
  const words = { passed: 'passed', failed: 'failed', undecided: 'undecided', 'not-run': 'not yet run' };
  for (const claim of await page.locator('li[data-claim]').all()) {
    const verdict = (await claim.getAttribute('data-verdict')) as keyof typeof words;
    expect(await claim.locator('.sr').textContent()).toBe(words[verdict]);
  }
});

test('j and k walk the figures, the address keeps the place, and the head stays where it is', async () => {
  await open('runs=full&paper=full', '#/reproduce?fig=fig4');
  // The head is 48 px high; a scroll position may be a fraction of a pixel off.
  const top = () => section('fig4').evaluate((s) => Math.abs(s.getBoundingClientRect().top - 48) <= 1);
  await expect.poll(top).toBe(true);
  await page.keyboard.press('j');
  await expect.poll(() => page.url()).toContain('fig=fig5');
  await page.keyboard.press('k');
  await expect.poll(top).toBe(true);
  expect(await page.locator('main .head').evaluate((h) => h.getBoundingClientRect().top)).toBe(0);
  await page.reload();
  await section('fig4').waitFor();
  await expect.poll(top, { timeout: 5000 }).toBe(true);
});

test('a library that cannot be read says why, and can be asked again', async () => {
  await open('runs=full&failing=reproduce.get', '#/reproduce');
  await page.getByText('The statements could not be checked.').waitFor();
  await page.getByText('does not agree with its checksum').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(async () => (await calls('reproduce.get')).length).toBe(2);
});

test('epochs of a running run do not ask for the statements again', async () => {
  await open('runs=empty&paper=partly', '#/reproduce');
  await page.getByText('48 runs under way, 1 training').waitFor();
  const before = (await calls('reproduce.get')).length;
  await page.evaluate(() => {
    for (let i = 0; i < 20; i++) (window as unknown as Host).fakeHost.step();
  });
  await page.waitForTimeout(1300); // longer than the pause between two readings
  expect((await calls('reproduce.get')).length).toBeLessThanOrEqual(before + 1); // the first word about that run
  await page.getByText(/1 % of their epochs/).waitFor(); // 51 of 48 · 80
});

test('progress counts epochs of the runs under way alone', () => {
  const runs = specs(2).map((s) => summaryOf(fakeRun(s, 1e12)));
  expect(progressOf({ underway: [] }, runs)).toBeNull();
  expect(progressOf({ underway: ['r-live', 'r-wait'] }, runs)).toEqual({ runs: 2, running: 1, share: 60 / 200 });
  expect(progressOf({ underway: ['gone'] }, runs)).toEqual({ runs: 1, running: 0, share: 0 });
});

test('help: topics by address, formulas laid out, search and keys', async () => {
  await open('runs=empty', '#/help?topic=debiased-cka');
  await page.getByRole('heading', { name: 'Debiased CKA' }).waitFor();
  const drawn = await page
    .locator('math')
    .evaluateAll((all) =>
      all.map((m) => ({ ns: m.namespaceURI, width: m.getBoundingClientRect().width, label: m.getAttribute('aria-label') })),
    );
  expect(drawn).toHaveLength(2);
  for (const { ns, width, label } of drawn) {
    expect(ns).toBe('http://www.w3.org/1998/Math/MathML');
    expect(width).toBeGreaterThan(100);
    expect(label).toContain('HSIC1');
  }
  await page.getByRole('link', { name: 'The null line' }).first().click();
  await page.getByRole('heading', { name: 'The null line' }).waitFor();
  expect(page.url()).toContain('topic=null-line');
  await page.goBack();
  await page.getByRole('heading', { name: 'Debiased CKA' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('procrustes');
  await page.getByRole('heading', { name: 'Procrustes similarity' }).waitFor();
  await page.getByRole('searchbox').fill('quaternion');
  await page.getByText('No topic has “quaternion”.').waitFor();
  await page.getByRole('button', { name: 'show all topics' }).click();
  await page.getByRole('searchbox').blur();
  await page.keyboard.press('j');
  await expect.poll(() => page.url()).toContain('topic=');
  await page.getByRole('button', { name: 'All keys' }).click();
  await page.getByRole('heading', { name: 'Keys', exact: true }).waitFor();
});

test('every formula parses as XML, and no part of it is an unknown element', async () => {
  await open('runs=empty', '#/help');
  const formulas = topics.flatMap((t) => t.formulas.map((f) => f.mathml));
  const wrong = await page.evaluate(
    (all) =>
      all.filter((mathml) => {
        const root = new DOMParser().parseFromString(mathml, 'application/xml').documentElement;
        const parts = { mfrac: 2, msub: 2, msup: 2, msubsup: 3, munder: 2, mover: 2 };
        const miscounted = Object.entries(parts).some(([name, n]) =>
          [...root.getElementsByTagName(name)].some((e) => e.children.length !== n),
        );
        return root.localName !== 'math' || root.getElementsByTagName('parsererror').length > 0 || miscounted;
      }),
    formulas,
  );
  expect(wrong).toEqual([]);
});

test('a figure’s title leads to its topic', async () => {
  await open('runs=full', '#/run/r-done');
  await page.getByRole('link', { name: 'Help on Cumulative power' }).click();
  await page.getByRole('heading', { name: 'Cumulative power and null power' }).waitFor();
});

test('every control on both pages has a name', async () => {
  for (const [query, hash] of [
    ['runs=full&paper=full', '#/reproduce'],
    ['runs=empty', '#/reproduce'],
    ['runs=empty', '#/help'],
  ]) {
    await open(query, hash);
    await page.waitForTimeout(300);
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, a, input, progress, [tabindex="0"]')]
        .filter((e) => !(e.getAttribute('aria-label') || e.textContent?.trim() || (e as HTMLInputElement).labels?.length))
        .map((e) => e.outerHTML),
    );
    expect(nameless, hash).toEqual([]);
  }
});
