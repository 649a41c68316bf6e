// The fields of a figure's style as a person types them, and back: texts in, a style and what is wrong with it out.
import { dpiRange, limitNames, longestTitle, styleRanges, type FigureStyle, type LimitName } from '../../main/contract/figure-style.ts';
import { figureStyle } from '../../main/contract/calls.ts';

export type Unit = 'mm' | 'in';
export const mmPerInch = 25.4;
const numbers = ['widthMm', 'heightMm', 'textPt', ...limitNames] as const;
type NumberField = (typeof numbers)[number];
export type StyleField = keyof FigureStyle;
export type Problems = Partial<Record<StyleField | 'dpi', string>>;
export type Texts = Readonly<Partial<Record<NumberField, string>> & { dpi: string }>;

const lengths = ['widthMm', 'heightMm'] as const;
const isLength = (name: NumberField): name is (typeof lengths)[number] => (lengths as readonly string[]).includes(name);
/** Without the digits that only come from changing the unit. */
const short = (v: number, digits: number): string => String(Number(v.toFixed(digits)));

/** A number of a style as it stands in its field; '' where it is left open. */
export const textOf = (name: NumberField, value: number | undefined, unit: Unit): string =>
  value === undefined ? '' : isLength(name) && unit === 'in' ? short(value / mmPerInch, 3) : short(value, 6);

export const textsOf = (style: Partial<FigureStyle>, dpi: number, unit: Unit): Texts => ({
  ...Object.fromEntries(numbers.map((name) => [name, textOf(name, style[name], unit)])),
  dpi: String(dpi),
});

function numberOf(text: string, [least, most]: readonly [number, number], unit = ''): { value?: number; problem?: string } {
  const clean = text.trim().replace('−', '-');
  const value = Number(clean);
  if (clean !== '' && Number.isFinite(value) && value >= least && value <= most) return { value };
  const range = Number.isFinite(least) ? `${short(least, 2)} … ${short(most, 2)}${unit}` : 'a number';
  return { problem: `expected ${range}, got ${clean === '' ? 'nothing' : clean}` };
}

/** The numbers of the texts, each field by itself. Empty lengths and limits are left open. */
export function readTexts(texts: Texts, unit: Unit): { style: Partial<Pick<FigureStyle, NumberField>>; dpi: number; problems: Problems } {
  const style: Partial<Record<NumberField, number>> = {};
  const problems: Problems = {};
  for (const name of numbers) {
    const text = texts[name] ?? '';
    if (text.trim() === '' && name !== 'widthMm' && name !== 'textPt') continue;
    const inches = isLength(name) && unit === 'in';
    const [least, most] = (limitNames as readonly string[]).includes(name)
      ? [-Infinity, Infinity]
      : styleRanges[name as Exclude<NumberField, LimitName>];
    const by = inches ? mmPerInch : 1;
    const { value, problem } = numberOf(text, [least / by, most / by], isLength(name) ? ` ${unit}` : '');
    if (problem) problems[name] = problem;
    else if (value !== undefined) style[name] = inches ? Number((value * mmPerInch).toFixed(4)) : value;
  }
  const dpi = numberOf(texts.dpi, dpiRange);
  if (dpi.problem) problems.dpi = dpi.problem;
  return { style, dpi: dpi.value ?? dpiRange[0], problems };
}

export const titleProblem = (title: string): string | undefined =>
  figureStyle.shape.title.safeParse(title).success ? undefined : `expected at most ${longestTitle} characters, got ${title.length}`;

/** A style that stood in an address: what of it can be read, else nothing. */
export function parsedStyle(text: string | undefined): Partial<FigureStyle> {
  if (!text) return {};
  try {
    const parsed = figureStyle.safeParse(JSON.parse(text));
    return parsed.success ? Object.fromEntries(Object.entries(parsed.data).filter(([, v]) => v !== undefined)) : {};
  } catch {
    return {}; // a mangled link opens the editor as it opens for a new figure
  }
}
