// An exported figure looks the same wherever it is opened: resvg (our PNG), Chromium, and librsvg where it is installed (rsvg-convert).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { figureFonts, type FigureStyle } from '../../../main/contract/figure-style.ts';
import { drawFigure, svgOf } from '../../../main/host/draw/figure.ts';
import { stacks, widthOf } from '../../../renderer/figures/letters.ts';
import { chromiumFlags, chromiumPath } from '../../support/chromium.ts';
import { figures, kinds } from './data.ts';

const fontsDir = path.resolve(import.meta.dirname, '../../../resources/fonts');
const dir = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-renderers-'));
// All renderers read the same faces, and no others, so that what differs is the drawing.
const fontConfig = path.join(dir, 'fonts.conf');
writeFileSync(fontConfig, `<?xml version="1.0"?><fontconfig><dir>${fontsDir}</dir><cachedir>${dir}/cache</cachedir></fontconfig>`);
const env = { ...process.env, FONTCONFIG_FILE: fontConfig };
const scale = 2;
const librsvg = spawnSync('rsvg-convert', ['--version']).status === 0;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags, env });
});
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function inChromium(svg: string, widthMm: number, heightMm: number): Promise<Uint8Array> {
  const [width, height] = [widthMm, heightMm].map((mm) => Math.ceil((mm * 96) / 25.4));
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg.replace(/^<\?xml.*?\?>/, '')}`);
  // On a busy machine Chromium sometimes answers that it cannot capture, and can the next time.
  const picture = await page.screenshot().catch(() => page.screenshot());
  await page.close();
  return picture;
}
function inLibrsvg(svg: string): Uint8Array {
  const [from, to] = [path.join(dir, 'figure.svg'), path.join(dir, 'figure.png')];
  writeFileSync(from, svg);
  execFileSync('rsvg-convert', ['-d', '96', '-p', '96', '-z', String(scale), '-o', to, from], { env });
  return readFileSync(to);
}

/** Lightness of blocks of 4 × 4 pixels, half a millimetre each: edges are smoothed differently, blocks are not. */
async function blocks(png: Uint8Array, [width, height]: readonly number[]): Promise<Buffer> {
  const small = sharp(png).flatten({ background: '#ffffff' }).extract({ left: 0, top: 0, width, height }).greyscale();
  return small
    .resize(width >> 2, height >> 2, { kernel: 'linear', fit: 'fill' })
    .raw()
    .toBuffer();
}
const sizeOf = async (png: Uint8Array) =>
  sharp(png)
    .metadata()
    .then(({ width, height }) => [width, height]);

/** How much two pictures differ, in 0 … 255: over all blocks, and in the worst one. */
async function difference(a: Uint8Array, b: Uint8Array): Promise<{ mean: number; worst: number }> {
  const [p, q] = [await sizeOf(a), await sizeOf(b)];
  for (const i of [0, 1]) expect(Math.abs(p[i] - q[i])).toBeLessThanOrEqual(scale); // a CSS pixel, where a renderer rounds up
  const common = [0, 1].map((i) => Math.min(p[i], q[i]));
  const [u, v] = [await blocks(a, common), await blocks(b, common)];
  const apart = [...u].map((x, i) => Math.abs(x - v[i]));
  return { mean: apart.reduce((s, x) => s + x, 0) / apart.length, worst: apart.reduce((m, x) => Math.max(m, x), 0) };
}

const styles: Partial<FigureStyle>[] = figureFonts.flatMap((font) => [
  { font, widthMm: 85, title: 'A title of each' },
  { font, widthMm: 175, palette: 'grey' },
]);
describe.each(kinds)('%s', (kind) => {
  test.each(styles)('%j', async (style) => {
    const svg = svgOf(figures[kind], style);
    const [, width, height] = (/width="([\d.]+)mm" height="([\d.]+)mm"/.exec(svg) ?? []).map(Number);
    const ours = (await drawFigure(figures[kind], style, 'png', { fontsDir, scale })).bytes;
    const others = [await inChromium(svg, width, height), ...(librsvg ? [inLibrsvg(svg)] : [])];
    for (const other of others) {
      const found = await difference(ours, other);

      expect(found.mean).toBeLessThan(1); // found: 0.1 … 0.8
      expect(found.worst).toBeLessThan(32); // smoothing of edges makes up to 23; see the next test for what a fault makes
    }
  });
});

test('words are as wide as the layout takes them to be, or a little less', async () => {
  const page = await browser.newPage();
  const samples = ['epoch 0123456789', 'NTK–target 0.86', 'cumulative power C(ρ)', 'WAVE Tokyo', 'layer11, “mlp” × 4', 'naïve Σ η ≤ 10−3'];
  for (const font of figureFonts)
    for (const [k, how] of ['', 'bold', 'italic'].entries())
      for (const text of samples) {
        const weight = font === 'helvetica' ? '700' : '600';
        const css = `${k === 2 ? 'italic ' : ''}${k === 1 ? weight : '400'} 100px ${stacks[font]}`;
        const real = await page.evaluate(
          ([words, face]) => {
            const context = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
            context.font = face;
            return context.measureText(words).width;
          },
          [text, css],
        );
        const ours = widthOf([{ text, bold: k === 1, italic: k === 2 }], 100, font);
        expect([font, how, text, ours >= real, ours <= 1.09 * real]).toEqual([font, how, text, true, true]);
      }
  await page.close();
});

test('one word in other letters, or a line that is missing, would be seen', async () => {
  const svg = svgOf(figures.spectrum, { widthMm: 85 });
  const [, width, height] = (/width="([\d.]+)mm" height="([\d.]+)mm"/.exec(svg) ?? []).map(Number);
  const ours = (await drawFigure(figures.spectrum, { widthMm: 85 }, 'png', { fontsDir, scale })).bytes;
  for (const change of [
    (s: string) => s.replace(/<text (?=[^>]*>(?:<tspan[^>]*>)?epoch 16)/, "<text font-family='STIX Two Text' "),
    (s: string) => s.replace(/<path [^>]*stroke-dasharray[^>]*><\/path>/, ''),
  ]) {
    const other = change(svg);
    expect(other).not.toBe(svg);
    const found = await difference(ours, await inChromium(other, width, height));

    expect(found.worst).toBeGreaterThan(32);
  }
});
