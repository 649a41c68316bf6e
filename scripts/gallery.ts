// `npm run gallery -- [--out screenshots] [--only library,run]`: every view, light and dark, 1280 and 1920 wide, as PNG files.
// The page runs on a host in memory (test/support), so nothing is trained and the pictures are the same each time.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { complaintsOf, launchBrowser, serveGallery } from '../test/support/browser.ts';
import { scenes } from '../test/support/scenes/index.ts';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'screenshots' }, only: { type: 'string' } } });
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const only = values.only?.split(',');
const wanted = scenes.filter(([name]) => !only || only.some((start) => name.startsWith(start)));
if (wanted.length === 0) {
  console.error(`--only: expected beginnings of ${scenes.map(([name]) => name).join(' | ')}, got ${values.only}`);
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });
const [gallery, browser] = await Promise.all([serveGallery(), launchBrowser()]);
let problems = 0;
for (const colorScheme of ['light', 'dark'] as const)
  for (const viewport of sizes) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    for (const [name, address, act] of wanted) {
      const picture = `${name}-${colorScheme}-${viewport.width}.png`;
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await page.goto(gallery.at(address));
      await page.locator('main .head').waitFor();
      await act?.(page);
      await page.waitForTimeout(500);
      await page.screenshot({ path: path.join(values.out, picture) });
      await page.close();
      for (const complaint of complaints) console.error(`${picture}: ${complaint}`);
      problems += complaints.length;
    }
    await context.close();
  }
await browser.close();
await gallery.close();
console.log(`Pictures in ${values.out}${problems ? `; ${problems} problems above` : ''}`);
process.exit(problems ? 1 : 0);
