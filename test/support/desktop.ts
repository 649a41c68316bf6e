// The desktop app for a test: launched on a library of its own, with short words for what a person does outside the page.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Desktop } from '../../main/contract/desktop.ts';
import { launchDesktop, type DesktopApp, type LaunchOptions } from '../electron-double/launch.ts';
import { complaintsOf } from './browser.ts';
import { ensureBuilt, root } from './built.ts';
import { fillSmallRun } from './small-run.ts';

export type DesktopWindow = Window & { kernelscopeDesktop: Desktop };

export interface Launched {
  app: DesktopApp;
  page: Page;
  /** of the page, since it was there */
  complaints: string[];
  /** addresses and visibility of all windows */
  windows(): Promise<{ url: string; visible: boolean }[]>;
  /** Clicks an item of the menu bar; false where there is none, or it is greyed out. */
  menu(id: string): Promise<boolean>;
  /** From now on message boxes are answered with these buttons, one after the other; the last goes on. What they said is kept. */
  answer(...buttons: number[]): Promise<void>;
  /** messages of the boxes that were shown since `answer` */
  asked(): Promise<string[]>;
  log(): string;
}

/** Launches the built app; `library` and `userData` are folders that the test keeps. */
export async function launch(options: Partial<LaunchOptions> & { library: string }): Promise<Launched> {
  ensureBuilt();
  const { library, ...rest } = options;
  const app = await launchDesktop({ appDir: root, ...rest, env: { KERNELSCOPE_LIBRARY: library, ...options.env } });
  const page = await app.firstWindow();
  return {
    app,
    page,
    complaints: complaintsOf(page),
    windows: () =>
      app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((w) => ({ url: w.webContents.getURL(), visible: w.isVisible() })),
      ),
    menu: (id) =>
      app.evaluate(({ Menu }, name) => {
        const item = Menu.getApplicationMenu()?.getMenuItemById(name);
        if (!item?.enabled) return false;
        (item.click as () => void)();
        return true;
      }, id),
    answer: (...buttons) =>
      app.evaluate(({ dialog }, given) => {
        const kept = ((globalThis as unknown as { asked: string[] }).asked = [] as string[]);
        dialog.showMessageBox = async (...args: unknown[]) => {
          kept.push((args.at(-1) as Electron.MessageBoxOptions).message);
          return { response: given[Math.min(kept.length, given.length) - 1], checkboxChecked: false };
        };
      }, buttons),
    asked: () => app.evaluate(() => (globalThis as unknown as { asked?: string[] }).asked ?? []),
    log: () => readFileSync(path.join(app.userData, 'logs', 'kernelscope.log'), 'utf8'),
  };
}

/** Fills in a small run and starts it; waits until it trains, or has ended. */
export async function startRun(page: Page, name: string, epochs: number, until: 'running' | 'done'): Promise<void> {
  await fillSmallRun(page, name, epochs);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
  await stateIs(page, until);
}

/** Waits until the run that is shown is in this state. */
export const stateIs = (page: Page, state: string): Promise<void> =>
  page.locator('.head .chip').getByText(state, { exact: true }).waitFor({ timeout: 90_000 });
