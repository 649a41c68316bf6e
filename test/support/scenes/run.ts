// A run, and the figure editor, as pictures and for the accessibility scan.
import type { Scene } from './scene.ts';

export const runScenes: readonly Scene[] = [
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
  ['figure-edit-heat', '?runs=full#/compare?runs=r-done,r-tanh&edit=model-similarity'],
  ['figure-tools', '?runs=full#/run/r-done', (page) => page.locator('[data-figure="spectrum"] .frame svg').hover()],
  [
    'run-delete',
    '?runs=full#/run/r-done',
    async (page) => {
      await page.getByRole('button', { name: 'More about mnist-relu-std' }).click();
      await page.getByRole('menuitem', { name: 'Delete…' }).click();
    },
  ],
  ...['layers', 'spectra', 'ntk', 'config', 'log', 'provenance'].map((tab): Scene => [
    `run-tab-${tab}`,
    `?runs=full#/run/r-done?tab=${tab}`,
  ]),
  ...['layers', 'spectra', 'ntk', 'config', 'log', 'provenance'].map((tab): Scene => [
    `run-none-${tab}`,
    `?runs=full#/run/r-wait?tab=${tab}`,
  ]),
  ['run-layers-one', '?runs=full#/run/r-intr?tab=layers&set=test&measure=debiased&layer=layer3'],
  ['run-spectra-pins', '?runs=full#/run/r-done?tab=spectra&layer=layer4&pins=0,5,20'],
  [
    'run-learning',
    '?runs=full#/run/r-done?tab=spectra&layer=layer4&pins=0,5',
    async (page) => {
      await page.getByRole('button', { name: 'Compute' }).click();
      await page.locator('[data-figure="learning-curve"] .frame svg').waitFor();
    },
  ],
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
];
