// The page in a real browser, for tests: Chromium, what it complains about, and the page on a host in memory.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type FileChooser, type Page } from 'playwright-core';
import { createServer } from 'vite';
import { chromiumFlags, chromiumPath } from './chromium.ts';

export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });

/** Everything that a page complains about from now on: console errors and warnings, uncaught errors, refusals of its policy. */
export function complaintsOf(page: Page): string[] {
  const list: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') list.push(message.text());
  });
  page.on('pageerror', (error) => list.push(error.stack ?? error.message));
  return list;
}

/** The file chooser that this opens. Chromium takes a moment to begin telling of choosers; what is asked after has been asked after. */
export async function chooserOf(page: Page, open: () => Promise<unknown>): Promise<FileChooser> {
  const chooser = page.waitForEvent('filechooser');
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await open();
  return chooser;
}

export interface Gallery {
  /** the address of the page on a host in memory; see gallery.ts for the query */
  url(query: string, hash: string): string;
  /** the same from the `?` on, as scenes have it */
  at(address: string): string;
  close(): Promise<void>;
}

/** Serves the page's sources with the host in memory. */
export async function serveGallery(): Promise<Gallery> {
  const root = path.resolve(import.meta.dirname, '../..');
  const server = await createServer({
    root,
    configFile: false,
    plugins: [svelte()],
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const { port } = server.httpServer?.address() as AddressInfo;
  const at = (address: string) => `http://127.0.0.1:${port}/test/support/gallery.html${address}`;
  return {
    at,
    url: (query, hash) => at(`?${query}${hash}`),
    close: () => server.close(),
  };
}
