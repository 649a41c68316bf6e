// A figure as a file, without a browser: the page's own components rendered to SVG, that SVG to PNG, its data to CSV.
import { render } from 'svelte/server';
import type { FigureData, FigureRequest, FigureStyle } from '../../contract/figures.ts';
import { csvOf } from '../../../renderer/figures/csv.ts';
import Figure from '../../../renderer/figures/Figure.svelte';
import { sceneOf } from '../../../renderer/figures/index.ts';
import { pngOf } from './png.ts';

export interface FigureFile {
  bytes: Uint8Array;
  mime: string;
}

/** SVG 1.1 with its data inside, to be opened again where `request` is given. The renderer's own markers, comments all, are taken out. */
export const svgOf = (data: FigureData, style: Partial<FigureStyle>, request?: FigureRequest): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${render(Figure, { props: { data, style, ...(request && { request }) } })
    .body.replace(/<!--.*?-->/gs, '')
    .trim()}\n`;

/** scale: pixels per 1/96 inch, PNG only; 4 makes 384 dots an inch
 *  @throws KernelscopeError `bad-input` where the style makes no sense for the figure */
export async function drawFigure(
  data: FigureData,
  style: Partial<FigureStyle>,
  format: 'svg' | 'png' | 'csv',
  o: { fontsDir: string; scale?: number; request?: FigureRequest },
): Promise<FigureFile> {
  const text = (body: string, mime: string): FigureFile => ({ bytes: new TextEncoder().encode(body), mime });
  const scene = sceneOf(data, style);
  if (format === 'csv') return text(csvOf(scene.table), 'text/csv; charset=utf-8');
  const svg = svgOf(data, style, o.request);
  if (format === 'svg') return text(svg, 'image/svg+xml');
  return { bytes: await pngOf(svg, scene, o.fontsDir, o.scale ?? 4), mime: 'image/png' };
}
