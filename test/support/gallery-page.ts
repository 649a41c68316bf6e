// For a file of tests on the page with a host in memory: one browser and one server for all, and a page of its own for each test.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { complaintsOf, launchBrowser, serveGallery, type Gallery } from './browser.ts';
import type { FakeClient } from './fake-client.ts';

/** The page's window, as gallery.ts leaves it. */
export type Host = Window & { fakeHost: FakeClient };

/** Gives each test its page, which must have complained of nothing when the test ends. */
export function galleryPage(give: (page: Page) => void, options: BrowserContextOptions = {}) {
  let gallery: Gallery;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    [gallery, browser] = await Promise.all([serveGallery(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await gallery?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
    complaints = complaintsOf(page);
    give(page);
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });
  return {
    /** see gallery.ts for the query */
    url: (query: string, hash: string) => gallery.url(query, hash),
    at: (address: string) => gallery.at(address),
    /** inputs of the calls of this name that the page has made */
    calls: (name: string): Promise<unknown[]> =>
      page.evaluate((n) => (window as unknown as Host).fakeHost.made.filter((c) => c.name === n).map((c) => c.input), name),
  };
}
