// Figures as files: SVG that stands alone with its data inside, PNG of the promised size, CSV.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawFigure, svgOf } from '../../../main/host/draw/figure.ts';
import { sceneOf } from '../../../renderer/figures/index.ts';
import { paletteOf } from '../../../renderer/figures/palette.ts';
import { figures, kinds } from './data.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const fontsDir = path.join(root, 'resources/fonts');
const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
const sizeOfPng = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
};

describe.each(kinds)('%s', (kind) => {
  const data = figures[kind];

  test('SVG 1.1 that needs nothing else and holds its data', () => {
    const svg = svgOf(data, {});
    expect(svg).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg" version="1.1" width="85mm"/,
    );
    expect(svg).not.toMatch(/foreignObject|<style|class=|<!--|href|url\(|<script|undefined|NaN/);
    expect(svg.match(/https?:/g)).toHaveLength(1); // its own namespace
    const inside = JSON.parse(unescaped(/<metadata>(.*?)<\/metadata>/s.exec(svg)?.[1] ?? '')) as {
      figure: string;
      columns: string[];
      rows: unknown[][];
    };
    const { table, caption } = sceneOf(data);
    expect(inside).toMatchObject({ figure: kind, columns: table.columns, caption });
    expect(inside.rows).toEqual(table.rows);
    expect(unescaped(/<desc>(.*?)<\/desc>/s.exec(svg)?.[1] ?? '')).toBe(caption);
  });

  test('PNG at the chosen scale, in both themes', async () => {
    // The rasteriser refuses XML that is not well formed, so this is that check too.
    const light = await drawFigure(data, { widthMm: 80, heightMm: 50 }, 'png', { fontsDir, scale: 2 });
    const dark = await drawFigure(data, { widthMm: 80, heightMm: 50, theme: 'dark' }, 'png', { fontsDir, scale: 2 });
    const wanted = [80, 50].map((mm) => Math.round((mm / 25.4) * 96 * 2));
    for (const [i, side] of sizeOfPng(light.bytes).entries()) expect(Math.abs(side - wanted[i])).toBeLessThanOrEqual(2); // to whole pixels, twice
    expect(Buffer.from(light.bytes).equals(Buffer.from(dark.bytes))).toBe(false);
    expect(light.mime).toBe('image/png');
  });

  test('the same data give the same bytes', async () => {
    const draw = () => drawFigure(data, {}, 'png', { fontsDir, scale: 1 });
    const [a, b] = [await draw(), await draw()];
    expect(Buffer.from(a.bytes).equals(Buffer.from(b.bytes))).toBe(true);
  });
});

test('words come from the fonts in resources', async () => {
  const data = figures['ntk-alignment'];
  const drawn = await drawFigure(data, {}, 'png', { fontsDir, scale: 1 });
  const without = await drawFigure(data, {}, 'png', { fontsDir: path.join(root, 'test'), scale: 1 });
  expect(drawn.bytes.length).toBeGreaterThan(1.15 * without.bytes.length);
});

test('the palette is that of the tokens', () => {
  const css = readFileSync(path.join(root, 'renderer/styles/tokens.css'), 'utf8');
  const colours = (selector: string) =>
    Object.fromEntries(
      [
        ...css
          .slice(css.indexOf(`${selector} {`))
          .split('\n}')[0]
          .matchAll(/--([\w-]+): (#[\da-f]{6});/g),
      ].map((m) => [m[1], m[2]]),
    );
  for (const [theme, tokens] of [
    ['light', colours(':root')],
    ['dark', colours(":root[data-theme='dark']")],
  ] as const) {
    const palette = paletteOf(theme);
    expect(palette.data).toEqual([1, 2, 3, 4, 5, 6].map((i) => tokens[`d${i}`]));
    expect(palette.epochs).toEqual([1, 2, 3].map((i) => tokens[`e${i}`]));
    expect([palette.ground, palette.text, palette.soft, palette.axis, palette.grid]).toEqual(
      ['bg', 'text', 'text-2', 'control-line', 'grid'].map((name) => tokens[name]),
    );
  }
});
