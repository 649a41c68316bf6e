// How a figure looks in print, what each choice may be, and what makes no sense together.
import { badInput } from './errors.ts';
import type { FigureKind } from './figures.ts';

export const themes = ['light', 'dark'] as const;
export const axisScales = ['auto', 'linear', 'log'] as const;
export const alignmentMeasures = ['cka', 'kta', 'debiased'] as const;
/** inter: sans serif, as on the page; serif: STIX Two, beside LaTeX; helvetica: Helvetica, or Arial where there is none */
export const figureFonts = ['inter', 'serif', 'helvetica'] as const;
/** okabe-ito and tol can be told apart by the colour-blind; grey is told apart by marker and dash */
export const figurePalettes = ['okabe-ito', 'tol', 'grey'] as const;
export const legendPlaces = ['auto', 'right', 'top-left', 'top-right', 'bottom-left', 'bottom-right', 'none'] as const;

export type FigureFont = (typeof figureFonts)[number];
export type FigurePalette = (typeof figurePalettes)[number];
export type LegendPlace = (typeof legendPlaces)[number];

/** LOOK of a figure in print (85 mm single column, 175 mm double). */
export interface FigureStyle {
  widthMm: number;
  heightMm: number;
  theme: (typeof themes)[number];
  xScale: (typeof axisScales)[number];
  yScale: (typeof axisScales)[number];
  /** alignment measure drawn by alignment figures */
  measure: (typeof alignmentMeasures)[number];
  /** over the figure; '' for none, as a paper's caption says it better */
  title: string;
  /** of labels, in points of 1/72 inch; ticks are one point less */
  textPt: number;
  font: FigureFont;
  palette: FigurePalette;
  /** auto: names at the ends of curves, or the corner that they leave free */
  legend: LegendPlace;
  /** ends of the axes where they are not those of the data. Of several panels, y is that of the loss or the alignment, not of accuracy or wrong answers beside it */
  xMin?: number;
  xMax?: number;
  yMin?: number;
  yMax?: number;
}

/** Least and most of each number. */
export const styleRanges = { widthMm: [30, 600], heightMm: [20, 600], textPt: [5, 14] } as const;
export const longestTitle = 200;
/** Dots an inch of a PNG. */
export const dpiRange = [96, 1200] as const;
/** Pixels of a PNG for each 1/96 inch: those dots, and down to half. */
export const pngScaleRange = [0.5, dpiRange[1] / 96] as const;
export const limitNames = ['xMin', 'xMax', 'yMin', 'yMax'] as const;
export type LimitName = (typeof limitNames)[number];

/** What an axis of a kind lets be chosen: scaled: limits and a logarithm; linear: limits; else what stands along it, and it has neither. */
type AxisChoice = 'scaled' | 'linear' | { names: string };
export interface KindChoices {
  x: AxisChoice;
  y: AxisChoice;
  /** what its colours stand for: entries of a legend, a bar of values, or nothing, and then a place for a legend is of no effect */
  legend: 'entries' | 'bar' | 'none';
}
const curves = (x: AxisChoice, y: AxisChoice): KindChoices => ({ x, y, legend: 'entries' });
const layers = { names: 'layers' };
const models = { names: 'models' };
export const kindChoices: Record<FigureKind, KindChoices> = {
  training: curves('scaled', 'scaled'),
  'alignment-by-layer': curves(layers, 'linear'),
  'alignment-over-epochs': curves('scaled', 'linear'),
  spectrum: curves('scaled', 'scaled'),
  'cumulative-power': curves('scaled', 'scaled'),
  'learning-curve': curves('scaled', 'scaled'),
  'ntk-alignment': curves('scaled', 'linear'),
  'ntk-split': curves('scaled', 'linear'),
  'alignment-by-model': curves(models, 'linear'),
  'accuracy-and-mean-cka': curves(models, 'linear'),
  'layer-similarity': { x: layers, y: layers, legend: 'bar' },
  'kernel-drift': { x: { names: 'epochs' }, y: { names: 'epochs' }, legend: 'bar' },
  'model-similarity': { x: models, y: models, legend: 'bar' },
  scatter: { x: 'scaled', y: 'scaled', legend: 'none' },
};

/** Which legend places a kind has. */
export const legendPlacesOf = (kind: FigureKind): readonly LegendPlace[] =>
  kindChoices[kind].legend === 'bar' ? ['auto', 'right', 'none'] : legendPlaces;

/** Refuses what makes no sense for a kind, whatever its data.
 *  @throws KernelscopeError `bad-input`, one line that begins with the field */
export function checkStyle(kind: FigureKind, style: Partial<FigureStyle>): void {
  const choices = kindChoices[kind];
  for (const axis of ['x', 'y'] as const) {
    const along = choices[axis];
    const direction = axis === 'x' ? 'horizontal' : 'vertical';
    const [low, high] = [`${axis}Min`, `${axis}Max`] as const;
    if (style[`${axis}Scale`] === 'log' && along !== 'scaled')
      throw badInput(`${axis}Scale: expected auto | linear for ${kind}, whose ${direction} axis has no logarithm, got log`);
    for (const name of [low, high]) {
      if (style[name] === undefined) continue;
      if (typeof along === 'object')
        throw badInput(`${name}: expected none for ${kind}, whose ${direction} axis names ${along.names}, got ${style[name]}`);
      if (!Number.isFinite(style[name])) throw badInput(`${name}: expected a number, got ${style[name]}`);
    }
    const [from, to] = [style[low], style[high]];
    if (from !== undefined && to !== undefined && from >= to) throw badInput(`${low}: expected less than ${high} (${to}), got ${from}`);
  }
  const places = legendPlacesOf(kind);
  if (style.legend !== undefined && !places.includes(style.legend))
    throw badInput(`legend: expected ${places.join(' | ')} for ${kind}, whose legend is a bar of colours, got ${style.legend}`);
}
