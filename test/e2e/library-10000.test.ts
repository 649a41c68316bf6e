// A library of 10,000 generated runs: `serve` and a real browser. What is asserted is what is there and where; the times are printed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseFilter } from '../../main/contract/filter.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { openLibrary } from '../../main/store/index.ts';
import { groupRuns } from '../../renderer/state/groups.ts';
import { sortRuns } from '../../renderer/state/order.ts';
import { complaintsOf, launchBrowser } from '../support/browser.ts';
import { cli, ensureBuilt, root } from '../support/built.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fillLibrary } from '../support/full-library.ts';

const size = 10_000;
/** Generous: other work on the machine may take most of it. What takes longer than this is not slow but broken. */
const saneMs = 10_000;
const dir = temporaryFolder();
let server: ChildProcess;
let browser: Browser;
let page: Page;
let runs: RunSummary[];

const quantile = (values: readonly number[], q: number) => [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))];
const times = (values: readonly number[]) =>
  `median ${quantile(values, 0.5).toFixed(1)} ms, 95 % ${quantile(values, 0.95).toFixed(1)} ms, most ${Math.max(...values).toFixed(1)} ms`;
const say = (what: string, values: readonly number[]) => console.log(`library of ${size}: ${what}: ${times(values)}`);

beforeAll(async () => {
  ensureBuilt();
  fillLibrary(dir, size);
  const library = openLibrary(dir, { write: false, owner: 'test' });
  const pages: number[] = [];
  runs = [];
  for (let before: number | null | undefined; before !== null;) {
    const from = performance.now();
    const answer = library.runs.page({ before, limit: 250 });
    pages.push(performance.now() - from);
    runs.push(...answer.runs);
    before = answer.next;
  }
  library.close();
  say('a page of the list in the store', pages);
  server = spawn(process.execPath, [cli, 'serve', '--library', dir], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => {
    const kept = ((window as unknown as Tasks).longTasks = [] as number[]);
    new PerformanceObserver((list) => kept.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask' });
  });
  await page.goto(`${String(line).trim()}`, { waitUntil: 'commit' });
}, 400_000);
afterAll(async () => {
  await browser?.close();
  if (server && server.exitCode === null) {
    const gone = once(server, 'exit');
    server.kill('SIGINT');
    await gone;
  }
});

type Tasks = { longTasks: number[] };
/** What has held up the page for more than 50 ms since the last time. */
async function sayLong(what: string): Promise<void> {
  const long = await page.evaluate(() => (window as unknown as Tasks).longTasks.splice(0));
  console.log(
    `library of ${size}: ${what}: ${long.length === 0 ? 'nothing over 50 ms' : `over 50 ms: ${long.map(Math.round).join(', ')} ms`}`,
  );
}

const rowCount = async () => Number(await page.getByRole('treegrid').getAttribute('aria-rowcount')) - 1;
const nameAt = (row: number) => page.locator(`tbody tr[aria-rowindex="${row + 1}"] .name :is(a, .text)`).textContent();

test('loads a library of 10,000 generated runs and measures scrolling and filtering', { timeout: 300_000 }, async () => {
  const complaints = complaintsOf(page);
  await page.locator('tbody tr[aria-rowindex]').first().waitFor();
  const paint = await page.evaluate(() => performance.now());
  await expect.poll(() => page.locator('.head').textContent(), { timeout: 60_000 }).toContain(`10,000 runs in`);
  await expect.poll(() => page.locator('.head').textContent(), { timeout: 60_000 }).not.toContain('reading');
  const whole = await page.evaluate(() => performance.now());
  console.log(`library of ${size}: first rows after ${paint.toFixed(0)} ms, the whole list after ${whole.toFixed(0)} ms`);
  await sayLong('loading');
  const groups = groupRuns(sortRuns(runs, { key: 'created', descending: true }), 'seed');
  expect(await page.locator('.head').textContent()).toContain(`in ${groups.length.toLocaleString('en-US')} groups`);
  expect(await rowCount()).toBe(groups.length);

  const choose = (group: string) => page.getByRole('radiogroup', { name: 'Group' }).getByText(group, { exact: true }).click();
  await choose('none');
  await expect.poll(rowCount).toBe(size);
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  const byName = sortRuns(runs, { key: 'name', descending: false }).map((r) => r.name);
  await expect.poll(() => nameAt(1)).toBe(byName[0]);

  await sayLong('grouping and order');
  const { steps, most } = await page.locator('.scroll').evaluate(async (box) => {
    const steps: number[] = [];
    let most = 0;
    let last = performance.now();
    for (let i = 0; i < 240; i++) {
      box.scrollTop += 96; // three rows a frame: 180 a second
      await new Promise((r) => requestAnimationFrame(r));
      const at = performance.now();
      steps.push(at - last);
      last = at;
      most = Math.max(most, box.querySelectorAll('tbody tr[aria-rowindex]').length);
    }
    return { steps, most };
  });
  say('a frame while it scrolls', steps);
  await sayLong('scrolling');
  expect(most).toBeLessThan(60); // rows in the page, whatever the library has
  expect(quantile(steps, 0.5)).toBeLessThan(saneMs);

  const jumps: number[] = [];
  for (const row of [9_000, 17, 5_000, 9_999, 3_333]) {
    const took = await page.locator('.scroll').evaluate(
      async (box, top) => {
        const from = performance.now();
        box.scrollTop = top;
        await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
        return performance.now() - from;
      },
      (row - 4) * 32,
    );
    jumps.push(took);
    expect(await nameAt(row), `row ${row}`).toBe(byName[row - 1]);
  }
  say('a jump to anywhere', jumps);
  await sayLong('jumps');

  const box = page.getByRole('combobox', { name: 'Filter by name' });
  const filters: number[] = [];
  for (const text of ['mnist', 'mnist relu', 'testAccuracy > 0.85', 'model.kind = resnet11 and model.skip = true', 'tag in (lazy, wide)']) {
    const words = text.split(' ');
    const wanted = /[=>]|in \(/.test(text)
      ? runs.filter((r) => parseFilter(text).test(r)).length
      : runs.filter((r) => words.every((w) => [r.name, r.dataset, r.model, r.note, ...r.tags].join(' ').includes(w))).length;
    const took = await box.evaluate(async (field, typed) => {
      const count = () => document.querySelector('[role="treegrid"]')?.getAttribute('aria-rowcount');
      const before = count();
      const from = performance.now();
      (field as HTMLInputElement).value = typed;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      while (count() === before) await new Promise((r) => requestAnimationFrame(r));
      return performance.now() - from;
    }, text);
    filters.push(took);
    expect(await rowCount(), text).toBe(wanted);
  }
  say('a filter, from key to rows', filters);
  await sayLong('filters');
  expect(Math.max(...filters)).toBeLessThan(saneMs);
  await box.fill('');
  await expect.poll(rowCount).toBe(size);

  const change = async (act: () => Promise<unknown>) => {
    const from = performance.now();
    await act();
    return performance.now() - from;
  };
  await choose('all but seed');
  await expect.poll(rowCount).toBe(groups.length);
  const sorts = [];
  for (const head of ['Test acc.', 'Tags', 'LR', 'Name'])
    sorts.push(
      await change(() =>
        page.getByRole('columnheader', { name: head }).evaluate(async (th) => {
          th.querySelector('button')?.click();
          await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
        }),
      ),
    );
  say('another order of the groups', sorts);
  await sayLong('orders of groups');
  await page.keyboard.press('Escape');
  await page.locator('h1').click();
  await page.keyboard.press('Control+a');
  await page.getByRole('region', { name: 'Chosen runs' }).getByText('10,000 runs', { exact: true }).waitFor();
  expect(complaints).toEqual([]);
});
