// How a figure of the command line looks: flags of the same names as the fields of a style, and the same refusals.
import { KernelscopeError, badInput } from '../../contract/errors.ts';
import { figureStyle } from '../../contract/calls.ts';
import {
  alignmentMeasures,
  axisScales,
  dpiRange,
  figureFonts,
  figurePalettes,
  legendPlaces,
  limitNames,
  longestTitle,
  pngScaleRange,
  styleRanges,
  themes,
  type FigureStyle,
} from '../../contract/figure-style.ts';
import { shown } from '../../contract/config.ts';
import type { Args, Flags } from '../cli/args.ts';

const range = ([least, most]: readonly [number, number]) => `${least} … ${most}`;
const words = (list: readonly string[]) => list.join('|');

export const styleFlags: Flags = {
  title: { value: 'TEXT', help: 'over the figure; none unless told' },
  'width-mm': { value: 'MM', help: `width, ${range(styleRanges.widthMm)}; 85 is one column, 175 two` },
  'height-mm': { value: 'MM', help: `height, ${range(styleRanges.heightMm)}` },
  'text-pt': { value: 'PT', help: `size of labels, ${range(styleRanges.textPt)}, 8 unless told; ticks are one point less` },
  font: { value: words(figureFonts), help: 'serif goes with LaTeX; helvetica is Arial where there is none' },
  palette: { value: words(figurePalettes), help: 'grey tells series apart by marker and dash' },
  theme: { value: words(themes), help: 'colours for paper or for slides' },
  legend: { value: 'PLACE', help: words(legendPlaces) },
  measure: { value: words(alignmentMeasures), help: 'of alignment figures' },
  'x-scale': { value: words(axisScales), help: 'horizontal axis' },
  'y-scale': { value: words(axisScales), help: 'vertical axis' },
  'x-min': { value: 'X', help: 'where the horizontal axis begins; below 0 as --x-min=-1' },
  'x-max': { value: 'X', help: 'where it ends' },
  'y-min': { value: 'Y', help: 'where the vertical axis begins; of several panels, that of the loss or the alignment' },
  'y-max': { value: 'Y', help: 'where it ends' },
  dpi: { value: 'N', help: `PNG: dots an inch, ${range(dpiRange)}; 384 unless told` },
  scale: { value: 'N', help: `PNG: pixels per point of 1/96 inch, ${range(pngScaleRange)}; the same as --dpi` },
};

const flagOf = (field: string): string => `--${field.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

function titleOf(args: Args): string | undefined {
  const title = args.text('title');
  if (figureStyle.shape.title.safeParse(title).success) return title;
  throw badInput(`--title: expected one line of at most ${longestTitle} characters, got ${shown(title)}`);
}

export function styleOf(args: Args): Partial<FigureStyle> {
  const limits = limitNames.map((name): [string, number | undefined] => [
    name,
    args.number(flagOf(name).slice(2), -Number.MAX_VALUE, Number.MAX_VALUE),
  ]);
  const style: Partial<FigureStyle> = {
    widthMm: args.number('width-mm', ...styleRanges.widthMm),
    heightMm: args.number('height-mm', ...styleRanges.heightMm),
    theme: args.choice('theme', themes),
    xScale: args.choice('x-scale', axisScales),
    yScale: args.choice('y-scale', axisScales),
    measure: args.choice('measure', alignmentMeasures),
    title: titleOf(args),
    textPt: args.number('text-pt', ...styleRanges.textPt),
    font: args.choice('font', figureFonts),
    palette: args.choice('palette', figurePalettes),
    legend: args.choice('legend', legendPlaces),
    ...(Object.fromEntries(limits) as Partial<FigureStyle>),
  };
  return Object.fromEntries(Object.entries(style).filter(([, v]) => v !== undefined));
}

/** Pixels per 1/96 inch of a PNG; undefined where nothing is said. */
export function scaleOf(args: Args, format: string, out: string): number | undefined {
  const [scale, dpi] = [args.number('scale', ...pngScaleRange), args.number('dpi', ...dpiRange)];
  for (const [flag, value] of [
    ['--scale', scale],
    ['--dpi', dpi],
  ] as const)
    if (value !== undefined && format !== 'png') throw badInput(`${flag}: expected with a .png, got ${out}`);
  if (scale !== undefined && dpi !== undefined) throw badInput(`--dpi: expected without --scale, which says the same, got ${dpi}`);
  return dpi === undefined ? scale : dpi / 96;
}

/** What the drawing refuses, with the flag's name in place of the field's. */
export async function namingFlags<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const field = error instanceof KernelscopeError ? /^(\w+): /.exec(error.message)?.[1] : undefined;
    if (field === undefined || !Object.hasOwn(styleFlags, flagOf(field).slice(2))) throw error;
    const { code, message } = error as KernelscopeError;
    throw new KernelscopeError(code, `${flagOf(field)}${message.slice(field.length).replaceAll(/\b[xy]M(in|ax)\b/g, flagOf)}`);
  }
}
