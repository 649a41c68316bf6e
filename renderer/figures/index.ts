// Every figure by its kind: the store's numbers in, a laid-out scene out. The page, the command line and the tests draw from here alone.
import { checkStyle, limitNames, type FigureStyle } from '../../main/contract/figure-style.ts';
import type { FigureData, FigureKind } from '../../main/contract/figures.ts';
import type { AxisSpec } from './axis.ts';
import { marginsOf, placed, plot, type PlotSpec } from './curves.ts';
import { layerEpochsDrawing } from './layer-epochs.ts';
import { layerDrawing } from './layers.ts';
import { learningDrawing } from './learning.ts';
import { isWide, type Drawing, type Layout } from './layout.ts';
import { lettersOf, stacks } from './letters.ts';
import { limitedPlot } from './limits.ts';
import { meanCkaDrawing } from './mean-cka.ts';
import { modelMapDrawing } from './model-map.ts';
import { modelsDrawing } from './models.ts';
import { ntkAlignmentDrawing, ntkSplitDrawing } from './ntk.ts';
import { overlayDrawing } from './overlay.ts';
import { paletteOf } from './palette.ts';
import { scatterDrawing } from './scatter.ts';
import { pixelsPerMm, type Panel, type Scene } from './scene.ts';
import { driftDrawing, similarityDrawing } from './similarity.ts';
import { powerDrawing, spectrumDrawing } from './spectra.ts';
import { titleOf } from './title.ts';
import { trainingDrawing } from './training.ts';

export type { Scene };

const heat: readonly FigureKind[] = ['layer-similarity', 'kernel-drift', 'model-similarity'];
const double: readonly FigureKind[] = [
  'training',
  'alignment-over-epochs',
  'learning-curve',
  'ntk-alignment',
  'ntk-split',
  'accuracy-and-mean-cka',
];

/** What of the data the height depends on. */
interface Shape {
  /** whether alignment-by-layer has runs to average, in two panels */
  several: boolean;
  /** rows by columns of a heat map */
  tall: number;
}
const usual: Shape = { several: false, tall: 1 };
function shapeOf(data: FigureData): Shape {
  if (data.kind === 'alignment-by-layer') return { ...usual, several: data.sources.length > 1 || data.overlay !== undefined };
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
  return ['training', 'accuracy-and-mean-cka', 'alignment-by-layer', 'alignment-over-epochs', 'learning-curve'].includes(kind) && two
    ? widthMm * 1.1
    : widthMm / 1.5;
}

/** A style with what was left open filled in, its fields always in the same order. */
export function fullStyle(kind: FigureKind, style: Partial<FigureStyle> = {}, shape = usual): FigureStyle {
  const widthMm = style.widthMm ?? 85;
  const theme = style.theme ?? 'light';
  const [title, textPt, font] = [style.title ?? '', style.textPt ?? 8, style.font ?? 'inter'];
  const { height } = titleOf(title, widthMm * pixelsPerMm, paletteOf(theme, 'okabe-ito', lettersOf(font, textPt)));
  const heightMm = Math.round(heightOf(kind, widthMm, shape) + height / pixelsPerMm);
  const limits = limitNames.flatMap((name) => (style[name] === undefined ? [] : [[name, style[name]]]));
  return {
    widthMm,
    heightMm: style.heightMm ?? heightMm,
    theme,
    xScale: style.xScale ?? 'auto',
    yScale: style.yScale ?? 'auto',
    measure: style.measure ?? 'cka',
    title,
    textPt,
    font,
    palette: style.palette ?? 'okabe-ito',
    legend: style.legend ?? 'auto',
    ...(Object.fromEntries(limits) as Partial<FigureStyle>),
  };
}

function drawing(data: FigureData, layout: Layout): Drawing {
  switch (data.kind) {
    case 'training':
      return trainingDrawing(data, layout);
    case 'alignment-by-layer':
      return data.overlay ? overlayDrawing(data, layout) : layerDrawing(data, layout);
    case 'alignment-over-epochs':
      return layerEpochsDrawing(data, layout);
    case 'spectrum':
      return spectrumDrawing(data, layout);
    case 'cumulative-power':
      return powerDrawing(data, layout);
    case 'learning-curve':
      return learningDrawing(data, layout);
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
    case 'model-similarity':
      return modelMapDrawing(data, layout);
    case 'scatter':
      return scatterDrawing(data, layout);
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

/** Each legend once: panels that say the same share the first one's. */
function legendsOnce(plots: readonly PlotSpec[]): PlotSpec[] {
  const said = new Set<string>();
  return plots.map((o) => {
    if (o.place === undefined || o.place === 'auto' || !o.legend?.length) return o;
    const key = JSON.stringify(o.legend);
    if (said.has(key)) return { ...o, legend: [] };
    said.add(key);
    return o;
  });
}

const scaleOf = (spec: AxisSpec | undefined) =>
  spec === undefined || spec.type === 'names' ? null : spec.type === 'linear' ? 'linear' : 'log';

/** Geometry, words and data of a figure.
 *  @throws KernelscopeError `bad-input` where the style makes no sense for it: one line that begins with the field */
export function sceneOf(data: FigureData, wanted: Partial<FigureStyle> = {}): Scene {
  checkStyle(data.kind, wanted);
  const style = fullStyle(data.kind, wanted, shapeOf(data));
  const [width, height] = [style.widthMm * pixelsPerMm, style.heightMm * pixelsPerMm];
  const palette = paletteOf(style.theme, style.palette, lettersOf(style.font, style.textPt));
  const title = titleOf(style.title, width, palette);
  const layout = { top: title.height, width, height: Math.max(1, height - title.height), palette, style };
  const { plots, finish, ...words } = drawing(data, { ...layout, wide: isWide(style.widthMm, style.heightMm) });
  const styled = legendsOnce(plots.map((o) => placed(limitedPlot(o, style), style.legend)));
  const panels = panelsOf(styled);
  const last = styled.at(-1);
  return {
    style,
    widthMm: style.widthMm,
    heightMm: style.heightMm,
    width,
    height,
    ground: palette.ground,
    text: palette.text,
    soft: palette.soft,
    line: palette.axis,
    fonts: stacks[style.font],
    panels: finish ? finish(panels) : panels,
    above: title.marks,
    scales: { x: scaleOf(last?.x), y: scaleOf(last?.y) },
    ...words,
    title: style.title || words.title,
  };
}
