// `node scripts/gallery.mjs [--out screenshots] [--only library,run]`: every view, light and dark, 1280 and 1920 wide, as PNG files.
// The page runs on a host in memory (test/support), so nothing is trained and the pictures are the same each time.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { out: { type: 'string', default: 'screenshots' }, only: { type: 'string' } } });
const sizes = [
  [1280, 800],
  [1920, 1080],
];

/** Name, address, and what to do before the picture is taken. */
const scenes = [
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
      await page.evaluate((list) => window.fakeHost.call('settings.set', { views: list }), views);
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
      await page.evaluate(() => window.fakeHost.call('run.cancel', { run: 'r-live' }));
      await page.getByRole('checkbox', { name: 'Choose mnist-relu-std' }).click();
      await page.keyboard.press('Delete');
      await page.getByText('deleted.').waitFor();
    },
  ],
  [
    'library-trash',
    '?runs=full#/library?trash=1',
    async (page) => {
      await page.evaluate(() => window.fakeHost.call('run.delete', { runs: ['r-done', 'r-tanh', 'r-2'] }));
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
  ['run-running', '?runs=full#/run/r-live'],
  ['run-early', '?runs=full#/run/r-live?epoch=1&layer=layer4&measure=kta'],
  ['run-done', '?runs=full#/run/r-done'],
  ['run-failed', '?runs=full#/run/r-fail'],
  ['run-interrupted', '?runs=full#/run/r-intr'],
  ['run-queued', '?runs=full#/run/r-wait'],
  ['run-unknown', '?runs=full#/run/nobody'],
  ['run-export', '?runs=full#/run/r-done', (page) => page.getByRole('button', { name: 'Export Spectrum', exact: true }).click()],
  ['figure-edit', '?runs=full#/run/r-done?edit=ntk-alignment'],
  [
    'figure-edit-choices',
    `?runs=full#/run/r-done?edit=spectrum&style=${encodeURIComponent(
      JSON.stringify({
        widthMm: 175,
        font: 'serif',
        palette: 'grey',
        legend: 'right',
        textPt: 10,
        title: 'Eigenvalues of the NTK',
        xMax: 100,
      }),
    )}`,
  ],
  [
    'figure-edit-wrong',
    '?runs=full#/run/r-done?edit=training',
    async (page) => {
      await page.getByLabel('Horizontal axis from').fill('90');
      await page.getByLabel('Horizontal axis to').fill('20');
      await page.getByLabel('Size of text in pt').fill('40');
      await page.getByLabel('PNG, dots an inch').fill('50');
    },
  ],
  ['figure-edit-heat', '?runs=full#/compare?runs=r-done,r-tanh&edit=layer-similarity'],
  ['figure-tools', '?runs=full#/run/r-done', (page) => page.locator('[data-figure="spectrum"] .frame svg').hover()],
  [
    'run-delete',
    '?runs=full#/run/r-done',
    async (page) => {
      await page.getByRole('button', { name: 'More about mnist-relu-std' }).click();
      await page.getByRole('menuitem', { name: 'Delete…' }).click();
    },
  ],
  ...['layers', 'spectra', 'ntk', 'config', 'log', 'provenance'].map((tab) => [`run-tab-${tab}`, `?runs=full#/run/r-done?tab=${tab}`]),
  ...['layers', 'spectra', 'ntk', 'config', 'log', 'provenance'].map((tab) => [`run-none-${tab}`, `?runs=full#/run/r-wait?tab=${tab}`]),
  ['run-layers-one', '?runs=full#/run/r-intr?tab=layers&set=test&measure=debiased&layer=layer3'],
  ['run-spectra-pins', '?runs=full#/run/r-done?tab=spectra&layer=layer4&pins=0,5,20'],
  [
    'run-drift',
    '?runs=full#/run/r-done?tab=ntk',
    async (page) => {
      await page.getByRole('button', { name: 'Compute' }).click();
      await page.locator('[data-figure="kernel-drift"] .frame svg').waitFor();
    },
  ],
  ['run-paused', '?runs=full#/run/r-paus'],
  ['run-read-only', '?runs=full&readonly#/run/r-intr'],
  [
    'run-arrays',
    '?runs=full#/run/r-done?epoch=20',
    async (page) => {
      await page.locator('main .head h1').waitFor();
      await page.keyboard.press('e');
      await page.getByRole('dialog').waitFor();
    },
  ],
  ['run-log-warnings', '?runs=full#/run/r-done?tab=log&level=warning'],
  ['compare-full', `?runs=full&models=36#/compare?runs=tag:fig1&pins=m000,m013,m035&pair=m035,m013&drift=m000,layer5`],
  [
    'compare-lines',
    `?runs=full&models=36#/compare?runs=tag:fig1&pins=m000,m013,m035&lines=runs&to=input&order=-meanCka&x=training.learningRate&y=lastCka&least=0.5`,
  ],
  ['compare-two', '?runs=full#/compare?runs=r-done,r-tanh'],
  ['compare-odd', '?runs=full&models=12#/compare?runs=tag:fig1,modd'],
  [
    'compare-computing',
    '?runs=full&models=20&slow=20000#/compare?runs=tag:fig1',
    (page) => page.getByText(/Comparing 20 models: [1-9]0? %/).waitFor(),
  ],
  ['compare-many', '?runs=full&models=120#/compare?runs=tag:fig1'],
  ['compare-none', '?runs=full#/compare'],
  ['compare-gone', '?runs=full#/compare?runs=nothing'],
  ['compare-picker', '?runs=full&models=12#/compare?runs=tag:fig1', (page) => page.getByRole('button', { name: 'Runs…' }).click()],
  [
    'compare-table',
    '?runs=full&models=36#/compare?runs=tag:fig1&pins=m000,m013',
    async (page) => {
      await page.getByText('signs:').waitFor();
      await page.locator('.page').evaluate((box) => box.scrollTo(0, 720));
    },
  ],
  ['new', '?runs=full#/new'],
  ['new-advice', '?runs=full#/new?preset=fig7'],
  ['new-sweep', '?runs=full#/new?preset=lazy-to-rich'],
  ['new-together', '?runs=full#/new?preset=optimizers'],
  ['new-choices', '?runs=full#/new?preset=demo&set.model.activation=relu%2C+tanh&set.seed=0+…+4&jobs=2'],
  ['new-too-large', '?runs=full#/new?preset=demo&set.seed=0+…+9999&set.training.learningRate=1e-3%2C+1e-2'],
  ['new-sweep-wrong', '?runs=full#/new?preset=demo&set.training.learningRate=0+…+1&set.training.batchSize=100%2C+9000'],
  ['new-save', '?runs=full#/new?preset=demo', (page) => page.getByRole('button', { name: 'Save as preset…' }).click()],
  [
    'new-yours',
    '?runs=full#/new?preset=demo&set.training.epochs=80',
    async (page) => {
      await page.getByRole('button', { name: 'Save as preset…' }).click();
      await page.getByLabel('Name', { exact: true }).last().fill('long demo');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Kept as').waitFor();
    },
  ],
  ['new-queue', '?runs=full#/new?panel=queue'],
  ['new-queue-empty', '?runs=empty#/new?panel=queue'],
  [
    'new-queue-held',
    '?runs=full#/new?panel=queue',
    async (page) => {
      await page.getByRole('button', { name: 'Hold' }).click();
      await page.getByText('Held:').waitFor();
    },
  ],
  ['new-wrong', '?runs=full#/new?preset=fig7-small&set.training.batchSize=12000'],
  ['new-from', '?runs=full#/new?from=r-fail&set.training.learningRate=0.05'],
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
      await page.evaluate(() => window.fakeHost.call('run.delete', { runs: ['r-done', 'r-tanh', 'r-2'] }));
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
        const { exchange } = window.fakeHost;
        exchange.held = true;
        const task = (kind, subject, change) => exchange.say(exchange.begin(kind, subject), change);
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
async function fetching(page, change) {
  await page.evaluate(() => (window.fakeHost.exchange.held = true));
  await page.getByRole('button', { name: 'Fetch', exact: true }).click();
  await page.getByText('Fetching cifar10').first().waitFor();
  await page.evaluate((c) => window.fakeHost.exchange.say('t1', c), change);
}

const only = values.only?.split(',');
const server = await createServer({
  root,
  configFile: false,
  plugins: [svelte()],
  logLevel: 'warn',
  server: { host: '127.0.0.1', port: 0 },
  define: { 'import.meta.env.DEV': 'false' },
});
await server.listen();
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
});
mkdirSync(values.out, { recursive: true });
let problems = 0;
for (const theme of ['light', 'dark'])
  for (const [width, height] of sizes) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
    for (const [name, address, act] of scenes) {
      if (only && !only.some((o) => name.startsWith(o))) continue;
      const page = await context.newPage();
      const say = (text) => (problems++, console.error(`${name} ${theme} ${width}: ${text}`));
      page.on('console', (m) => ['error', 'warning'].includes(m.type()) && say(m.text()));
      page.on('pageerror', (error) => say(error.stack ?? error.message));
      await page.goto(`http://127.0.0.1:${port}/test/support/gallery.html${address}`);
      await page.locator('main .head').waitFor();
      if (act) await act(page);
      await page.waitForTimeout(500);
      await page.screenshot({ path: path.join(values.out, `${name}-${theme}-${width}.png`) });
      await page.close();
    }
    await context.close();
  }
await browser.close();
await server.close();
console.log(`Pictures in ${values.out}${problems ? `; ${problems} problems above` : ''}`);
process.exit(problems ? 1 : 0);
