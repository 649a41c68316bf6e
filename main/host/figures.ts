// A figure as a file, without a browser: the page's own components rendered to SVG, that SVG to PNG, its data to CSV.
import path from 'node:path';
import { render } from 'svelte/server';
import { KernelscopeError } from '../contract/errors.ts';
import type { FigureData, FigureStyle } from '../contract/figures.ts';
import { csvOf } from '../../renderer/figures/csv.ts';
import Figure from '../../renderer/figures/Figure.svelte';
import { sceneOf } from '../../renderer/figures/index.ts';

export interface FigureFile {
  bytes: Uint8Array;
  mime: string;
}

const faces = ['Inter_400Regular.ttf', 'Inter_400Regular_Italic.ttf', 'Inter_600SemiBold.ttf', 'Inter_600SemiBold_Italic.ttf'];

/** SVG 1.1 with its data inside. The renderer's own markers, comments all, are taken out. */
export const svgOf = (data: FigureData, style: Partial<FigureStyle>): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${render(Figure, { props: { data, style } })
    .body.replace(/<!--.*?-->/gs, '')
    .trim()}\n`;

async function pngOf(svg: string, fontsDir: string, scale: number): Promise<Uint8Array> {
  let Resvg: (typeof import('@resvg/resvg-js'))['Resvg'];
  try {
    ({ Resvg } = await import('@resvg/resvg-js'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KernelscopeError('failed', `PNG: the rasteriser cannot be loaded on this machine (${why}); SVG and CSV can be had`);
  }
  const fontFiles = faces.map((face) => path.join(fontsDir, face));
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: scale } }).render().asPng();
}

/** scale: pixels per 1/96 inch, PNG only; 4 makes 384 dots an inch */
export async function drawFigure(
  data: FigureData,
  style: Partial<FigureStyle>,
  format: 'svg' | 'png' | 'csv',
  o: { fontsDir: string; scale?: number },
): Promise<FigureFile> {
  const text = (body: string, mime: string): FigureFile => ({ bytes: new TextEncoder().encode(body), mime });
  if (format === 'csv') return text(csvOf(sceneOf(data, style).table), 'text/csv; charset=utf-8');
  const svg = svgOf(data, style);
  if (format === 'svg') return text(svg, 'image/svg+xml');
  return { bytes: await pngOf(svg, o.fontsDir, o.scale ?? 4), mime: 'image/png' };
}
