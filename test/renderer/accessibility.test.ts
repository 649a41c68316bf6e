// Every view in every state that it can be in, scanned by axe in both themes: nothing serious may be found, and nothing of WCAG AA.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { galleryPage } from '../support/gallery-page.ts';
import { scenes } from '../support/scenes/index.ts';

type Axe = { axe: { run(options: RunOptions): Promise<AxeResults> } };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const every: RunOptions['runOnly'] = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
/** What the theme changes. */
const colours: RunOptions['runOnly'] = { type: 'rule', values: ['color-contrast'] };
let page: Page;
const gallery = galleryPage((p) => (page = p), { reducedMotion: 'reduce' });

/** What axe objects to, one line each. */
async function objections(runOnly: RunOptions['runOnly']): Promise<string[]> {
  const { violations } = await page.evaluate((o) => (window as unknown as Axe).axe.run(o), {
    runOnly,
    resultTypes: ['violations'],
  } satisfies RunOptions);
  return violations
    .filter((v) => v.impact !== 'minor')
    .flatMap((v) => v.nodes.map((n) => `${v.id} (${v.impact}): ${n.html.slice(0, 200)}: ${n.failureSummary?.split('\n')[1]?.trim()}`));
}

test('the scan finds what is wrong', async () => {
  await page.goto(gallery.at('?runs=empty#/library'));
  await page.locator('main .head').waitFor();
  await page.evaluate(axe);
  await page.evaluate(() => {
    document.querySelector('main .head')?.insertAdjacentHTML('beforeend', '<button></button><p style="color: #aaa">pale</p>');
  });
  expect((await objections(every)).map((o) => o.split(' ')[0]).sort()).toEqual(['button-name', 'color-contrast']);
});

test.each(scenes.map(([name, address, act]) => ({ name, address, act })))('$name', { timeout: 60_000 }, async ({ address, act }) => {
  await page.goto(gallery.at(address));
  await page.locator('main .head').waitFor();
  await act?.(page);
  await page.evaluate(axe);
  await page.waitForTimeout(200); // what fades in has done so
  expect(await objections(every)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(200);
  expect(await objections(colours), 'dark').toEqual([]);
});
