// The page in a real browser, for tests: Chromium, what it complains about, and the page on a host in memory.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type FileChooser, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
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

const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };

/** Builds the page with the host in memory and serves it from memory: a page of a test then loads in a fraction of a second. */
export async function serveGallery(): Promise<Gallery> {
  const root = path.resolve(import.meta.dirname, '../..');
  const page = 'test/support/gallery.html';
  const built = (await build({
    root,
    configFile: false,
    plugins: [svelte()],
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1e5,
      rolldownOptions: { input: path.join(root, page) },
    },
  })) as Rolldown.RolldownOutput;
  const files = new Map(built.output.map((f) => [`/${f.fileName}`, f.type === 'chunk' ? f.code : f.source]));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://gallery');
    const content = files.get(pathname);
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': types[path.extname(pathname)] ?? 'application/octet-stream' });
    response.end(content);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const at = (address: string) => `http://127.0.0.1:${port}/${page}${address}`;
  return {
    at,
    url: (query, hash) => at(`?${query}${hash}`),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
