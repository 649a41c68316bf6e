// Compare, as pictures and for the accessibility scan.
import type { Scene } from './scene.ts';

export const compareScenes: readonly Scene[] = [
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
];
