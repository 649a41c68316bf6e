// A run small enough for a test, filled into the form of a new experiment as a person would.
import type { Page } from 'playwright-core';

/** Text by field; the generated task needs no files. */
export const smallRun = (epochs: number): Record<string, string> => ({
  epochs: String(epochs),
  snapshots: '0, 2, last',
  train: '400',
  test: '200',
  hidden: '24, 24',
  batchSize: '100',
  'probe.train': '60',
  'probe.test': '60',
});

/** Opens the form on the demo and fills it in. */
export async function fillSmallRun(page: Page, name: string, epochs: number): Promise<void> {
  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page.getByRole('heading', { name: 'New experiment' }).waitFor();
  await page.locator('.presets').getByRole('link').filter({ hasText: 'Demo' }).click();
  for (const [field, text] of Object.entries({ name, ...smallRun(epochs) })) await page.getByLabel(field, { exact: true }).fill(text);
}
