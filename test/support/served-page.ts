// For a file of tests on the whole program without Electron: `serve` on an empty library and a real browser, one page for all tests.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { complaintsOf, launchBrowser } from './browser.ts';
import { cli, ensureBuilt, root } from './built.ts';

export interface Served {
  /** ends the server, as Ctrl C would */
  stop(): Promise<void>;
  /** what the page has complained of since the last test; forgets it */
  complaints(): string[];
}

/** Gives the page, which must not have complained when a test ends. `words` go to `serve`, beside the library. */
export function servedPage(library: string, give: (page: Page) => void, words: readonly string[] = []): Served {
  let server: ChildProcess;
  let browser: Browser;
  let list: string[] = [];
  const complaints = () => list.splice(0);
  const stop = async () => {
    if (!server || server.exitCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGINT');
    await gone;
  };
  beforeAll(async () => {
    ensureBuilt();
    server = spawn(process.execPath, [cli, 'serve', '--library', library, ...words], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const url = String(line).trim();
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
    list = complaintsOf(page);
    await page.goto(url);
    give(page);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await stop();
  });
  afterEach(() => expect(complaints()).toEqual([]));
  return { stop, complaints };
}
