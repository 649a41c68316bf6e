// Every figure by its kind: the store's numbers in, a laid-out scene out. The page, the command line and the tests draw from here alone.
import type { FigureData, FigureKind, FigureStyle } from '../../main/contract/figures.ts';
import { marginsOf, plot, type PlotSpec } from './curves.ts';
import { layerDrawing } from './layers.ts';
import { isWide, type Drawing, type Layout } from './layout.ts';
import { ntkAlignmentDrawing, ntkSplitDrawing } from './ntk.ts';
import { paletteOf } from './palette.ts';
import { pixelsPerMm, type Panel, type Scene } from './scene.ts';
import { powerDrawing, spectrumDrawing } from './spectra.ts';
import { trainingDrawing } from './training.ts';

export type { Scene };

/** One column of a paper, 3:2; two panels on top of each other take more. */
export function fullStyle(kind: FigureKind, style: Partial<FigureStyle> = {}): FigureStyle {
  const widthMm = style.widthMm ?? 85;
  const panels = ['training', 'ntk-alignment', 'ntk-split'].includes(kind) ? 2 : 1;
  const side = panels === 2 && isWide(widthMm, widthMm / 2.8);
  const heightMm = Math.round(side ? widthMm / 2.8 : kind === 'training' ? widthMm * 1.1 : widthMm / 1.5);
  return { widthMm, heightMm, theme: 'light', xScale: 'auto', yScale: 'auto', measure: 'cka', ...style };
}

function drawing(data: FigureData, layout: Layout): Drawing {
  switch (data.kind) {
    case 'training':
      return trainingDrawing(data, layout);
    case 'alignment-by-layer':
      return layerDrawing(data, layout);
    case 'spectrum':
      return spectrumDrawing(data, layout);
    case 'cumulative-power':
      return powerDrawing(data, layout);
    case 'ntk-alignment':
      return ntkAlignmentDrawing(data, layout);
    case 'ntk-split':
      return ntkSplitDrawing(data, layout);
  }
}

/** Plots on top of each other begin and end at the same places. */
function panelsOf(plots: readonly PlotSpec[]): Panel[] {
  const margins = plots.map(marginsOf);
  return plots.map((o) => {
    const column = margins.filter((_, i) => plots[i].outer.x === o.outer.x);
    return plot(o, { left: Math.max(...column.map((m) => m.left)), right: Math.max(...column.map((m) => m.right)) });
  });
}

/** Geometry, words and data of a figure. */
export function sceneOf(data: FigureData, wanted: Partial<FigureStyle> = {}): Scene {
  const style = fullStyle(data.kind, wanted);
  const [width, height] = [style.widthMm * pixelsPerMm, style.heightMm * pixelsPerMm];
  const palette = paletteOf(style.theme);
  const { plots, ...words } = drawing(data, { width, height, palette, style, wide: isWide(style.widthMm, style.heightMm) });
  return {
    widthMm: style.widthMm,
    heightMm: style.heightMm,
    width,
    height,
    ground: palette.ground,
    text: palette.text,
    soft: palette.soft,
    line: palette.axis,
    panels: panelsOf(plots),
    ...words,
  };
}
