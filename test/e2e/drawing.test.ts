// Figures on the built thread: the same files as on this one, the same refusals, and this one stays free meanwhile.
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawFigure } from '../../main/host/draw/figure.ts';
import { createDrawing, type Drawing } from '../../main/host/draw/thread.ts';
import { figures, kinds, modelMapOf } from '../renderer/figures/data.ts';
import { ensureBuilt, root } from '../support/built.ts';

const fontsDir = path.join(root, 'resources/fonts');
let drawing: Drawing;
beforeAll(() => {
  ensureBuilt();
  drawing = createDrawing({ entry: path.join(root, 'dist/node/draw.js'), fontsDir });
});
afterAll(() => drawing.close());

test.each(kinds)('%s: SVG, PNG and CSV are the same bytes', async (kind) => {
  for (const format of ['svg', 'png', 'csv'] as const) {
    const style = { widthMm: 85, theme: 'dark' } as const;
    const [there, here] = await Promise.all([
      drawing.draw(figures[kind], style, format, { scale: 2 }),
      drawFigure(figures[kind], style, format, { fontsDir, scale: 2 }),
    ]);
    expect(there.mime).toBe(here.mime);
    expect(Buffer.from(there.bytes).equals(Buffer.from(here.bytes))).toBe(true);
  }
});

test('what makes no sense or is too large is refused in the same words', async () => {
  const size = { widthMm: 200, heightMm: 200 };
  for (const [style, scale] of [[size, 40] as const, [{ ...size, yScale: 'log' } as const, 1] as const]) {
    const refused = await drawFigure(figures['model-similarity'], style, 'png', { fontsDir, scale }).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: 'bad-input' });
    const there = await drawing.draw(figures['model-similarity'], style, 'png', { scale }).catch((e: unknown) => e);
    expect(there).toMatchObject({ code: 'bad-input', message: (refused as Error).message });
  }
});

test('a large figure at 1200 dots an inch does not hold up this thread', async () => {
  let last = performance.now();
  let longest = 0;
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const began = performance.now();
  const { bytes } = await drawing.draw(modelMapOf(120), { widthMm: 175 }, 'png', { scale: 12.5 });
  const took = performance.now() - began;
  clearInterval(watch);
  expect(bytes.length).toBeGreaterThan(100_000);
  expect(longest).toBeLessThan(took / 4); // other processes hold it up too: what is drawn takes more than a second
});
