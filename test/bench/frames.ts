// `node test/bench/frames.ts`: how smooth the page of the desktop app stays while a run trains, in the built app. It prints and judges nothing:
// a headless browser on shared cores is no screen.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launch, startRun } from '../support/desktop.ts';

const seconds = 8;

/** Milliseconds between frames, for so long. */
const frames = (page: Page, ms: number): Promise<number[]> =>
  page.evaluate(
    (length) =>
      new Promise<number[]>((resolve) => {
        const found: number[] = [];
        const begun = performance.now();
        let last = begun;
        const frame = (now: number) => {
          found.push(now - last);
          last = now;
          if (now - begun < length) requestAnimationFrame(frame);
          else resolve(found.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    ms,
  );
function print(name: string, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(1).padStart(7);
  const late = times.filter((t) => t > 25).length;
  const perSecond = (1000 * times.length) / times.reduce((sum, t) => sum + t, 0);
  console.log(
    `${name.padEnd(28)} ${perSecond.toFixed(1).padStart(6)} frames/s; ms: median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, most ${at(1)}; ` +
      `${late} of ${times.length} later than 25 ms`,
  );
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-frames-'));
const desk = await launch({ library: path.join(folder, 'library') });
try {
  const { page } = desk;
  console.log(
    `${desk.app.kind === 'electron' ? 'Electron' : 'the stand-in, headless Chromium'}, ${os.cpus().length} cores, ${seconds} s each`,
  );
  await page.getByText('No runs yet.').waitFor();
  print('idle, empty library', await frames(page, 1000 * seconds));
  await startRun(page, 'frames', 100_000, 'running');
  await page.locator('[data-figure="training"] .frame svg path').nth(1).waitFor();
  print('run page, training', await frames(page, 1000 * seconds));
  await page.getByRole('link', { name: 'Library', exact: true }).first().click();
  await page.getByRole('link', { name: 'frames' }).waitFor();
  print('library, training', await frames(page, 1000 * seconds));
} finally {
  await desk.answer(0);
  await desk.app.close();
  rmSync(folder, { recursive: true, force: true });
}
