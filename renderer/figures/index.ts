// Every figure by its kind: the store's numbers in, a laid-out scene out. The page, the command line and the tests draw from here alone.
import type { FigureData, FigureKind, FigureStyle } from '../../main/contract/figures.ts';
import { marginsOf, plot, type PlotSpec } from './curves.ts';
import { layerEpochsDrawing } from './layer-epochs.ts';
import { layerDrawing } from './layers.ts';
import { isWide, type Drawing, type Layout } from './layout.ts';
import { meanCkaDrawing } from './mean-cka.ts';
import { modelsDrawing } from './models.ts';
import { ntkAlignmentDrawing, ntkSplitDrawing } from './ntk.ts';
import { paletteOf } from './palette.ts';
import { pixelsPerMm, type Panel, type Scene } from './scene.ts';
import { driftDrawing, similarityDrawing } from './similarity.ts';
import { powerDrawing, spectrumDrawing } from './spectra.ts';
import { trainingDrawing } from './training.ts';

export type { Scene };

const heat: readonly FigureKind[] = ['layer-similarity', 'kernel-drift'];
const double: readonly FigureKind[] = ['training', 'alignment-over-epochs', 'ntk-alignment', 'ntk-split', 'accuracy-and-mean-cka'];

/** What of the data the height depends on. */
interface Shape {
  /** whether alignment-by-layer has runs to average, in two panels */
  several: boolean;
  /** rows by columns of a heat map */
  tall: number;
}
const usual: Shape = { several: false, tall: 1 };
function shapeOf(data: FigureData): Shape {
  if (data.kind === 'alignment-by-layer') return { ...usual, several: data.sources.length > 1 };
  if (data.kind !== 'layer-similarity') return usual;
  const [rows, columns] = data.layers.map((names) => Math.max(1, names.length));
  return { ...usual, tall: Math.min(1.6, Math.max(0.3, rows / columns)) };
}

/** Height by width where none is asked for: 3:2, heat maps nearly square, panels on top of each other taller. */
function heightOf(kind: FigureKind, widthMm: number, shape: Shape): number {
  if (heat.includes(kind)) return widthMm * 0.75 * shape.tall + 14;
  if (kind === 'alignment-by-model') return widthMm * (widthMm >= 130 ? 0.95 : 1.75);
  const two = double.includes(kind) || (shape.several && kind === 'alignment-by-layer');
  if (two && isWide(widthMm, widthMm / 2.8)) return widthMm / 2.8;
  return ['training', 'accuracy-and-mean-cka', 'alignment-by-layer', 'alignment-over-epochs'].includes(kind) && two
    ? widthMm * 1.1
    : widthMm / 1.5;
}

/** A style with what was left open filled in. */
export function fullStyle(kind: FigureKind, style: Partial<FigureStyle> = {}, shape = usual): FigureStyle {
  const widthMm = style.widthMm ?? 85;
  const heightMm = Math.round(heightOf(kind, widthMm, shape));
  return { widthMm, heightMm, theme: 'light', xScale: 'auto', yScale: 'auto', measure: 'cka', ...style };
}

function drawing(data: FigureData, layout: Layout): Drawing {
  switch (data.kind) {
    case 'training':
      return trainingDrawing(data, layout);
    case 'alignment-by-layer':
      return layerDrawing(data, layout);
    case 'alignment-over-epochs':
      return layerEpochsDrawing(data, layout);
    case 'spectrum':
      return spectrumDrawing(data, layout);
    case 'cumulative-power':
      return powerDrawing(data, layout);
    case 'ntk-alignment':
      return ntkAlignmentDrawing(data, layout);
    case 'ntk-split':
      return ntkSplitDrawing(data, layout);
    case 'alignment-by-model':
      return modelsDrawing(data, layout);
    case 'accuracy-and-mean-cka':
      return meanCkaDrawing(data, layout);
    case 'layer-similarity':
      return similarityDrawing(data, layout);
    case 'kernel-drift':
      return driftDrawing(data, layout);
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
  const style = fullStyle(data.kind, wanted, shapeOf(data));
  const [width, height] = [style.widthMm * pixelsPerMm, style.heightMm * pixelsPerMm];
  const palette = paletteOf(style.theme);
  const { plots, finish, ...words } = drawing(data, { width, height, palette, style, wide: isWide(style.widthMm, style.heightMm) });
  const panels = panelsOf(plots);
  return {
    widthMm: style.widthMm,
    heightMm: style.heightMm,
    width,
    height,
    ground: palette.ground,
    text: palette.text,
    soft: palette.soft,
    line: palette.axis,
    panels: finish ? finish(panels) : panels,
    ...words,
  };
}
