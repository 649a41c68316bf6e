// A plot: curves in a frame, with names at their right ends or a legend, bands, rules and a floor of noise.
import type { LegendPlace } from '../../main/contract/figure-style.ts';
import { frameOf, leftMargin, px, rightMargin, type Frame, type FrameSpec, type Margins } from './frame.ts';
import { legendBeside, legendMarks, legendWidth, type Entry } from './legend.ts';
import { tickWidth } from './letters.ts';
import { bandOf, lineOf, within } from './lines.ts';
import { endNames, namesWidth } from './names.ts';
import { dashes, plain, size, type Mark, type Panel, type Spot, type Words } from './scene.ts';
import type { Shape } from './shapes.ts';

export { spaced } from './names.ts';

export interface Curve {
  /** in order of x; y NaN leaves a gap */
  points: readonly { x: number; y: number }[];
  colour: string;
  /** test: dashed line, open dots */
  open: boolean;
  /** for the pointer, and for a legend */
  series: string;
  /** at its right end; null: none */
  name: Words | null;
  /** in a legend, in place of its series; open: as a test set's */
  entry?: { words: Words; open: boolean };
  /** of its dots; a disc unless told */
  shape?: Shape;
  /** a reference line: thin, dotted, without dots */
  reference?: boolean;
  /** ± around y, 15 % opacity */
  spread?: readonly number[];
  /** no dots of its own, as on spectra; still some where shapes tell curves apart */
  bare?: boolean;
  /** a line alone: the dots beside it are another curve's */
  undotted?: boolean;
  /** a dot at every point, however many */
  dots?: boolean;
  /** dots without a line */
  loose?: boolean;
}

export interface Rule {
  x: number;
  words: Words;
  /** where its words stand: where no curve is */
  at: 'top' | 'bottom';
}

export interface PlotSpec extends Omit<FrameSpec, 'margins'> {
  curves: readonly Curve[];
  /** dashed verticals */
  rules?: readonly Rule[];
  /** grey up to this value, with its name */
  floor?: { value: number; words: Words };
  /** what the colours mean, beside the names of curves */
  legend?: readonly Entry[];
  /** where the legend stands; auto, the corner that the curves leave free, unless told */
  place?: LegendPlace;
  /** pixels of height that a legend right of the plot may take; the panel's unless told */
  roomBeside?: number;
  /** margins that something beside the plot needs */
  least?: Partial<Margins>;
  /** its upright axis is beside the figure's subject, so limits of y are not for it */
  aside?: boolean;
  /** the horizontal value in words */
  say(x: number): string;
  /** what a point stands for, where it can be picked */
  key?(x: number): string;
}

/** A plot with its legend where the style wants it: names at the ends of curves only with auto, as entries of a legend elsewhere. */
export function placed(o: PlotSpec, place: LegendPlace): PlotSpec {
  if (place === 'auto') return o;
  const curves = o.curves.map((c) => ({ ...c, name: null }));
  if (place === 'none') return { ...o, curves, legend: [], place };
  const named = o.curves.filter((c) => c.name !== null);
  const entries = named.map(({ series, entry, colour, open, reference, shape }): Entry => {
    const how = { colour, open: entry?.open ?? open, ...(shape && { shape }), ...(reference && { dotted: true }) };
    return { words: entry?.words ?? plain(series), ...how };
  });
  return { ...o, curves, legend: [...entries, ...(o.legend ?? [])], place };
}

/** What stands left and right of a plot needs this much. */
export function marginsOf(o: PlotSpec): Margins {
  const { letters } = o.palette;
  const beside = o.place === 'right' ? legendWidth(o.legend ?? [], roomBeside(o), letters) : namesWidth(o.curves, letters);
  return { left: Math.max(leftMargin(o), o.least?.left ?? 0), right: Math.max(beside || rightMargin(o), o.least?.right ?? 0) };
}
/** A legend right of a plot may reach down to the panel's end. */
const roomBeside = ({ outer, roomBeside: room }: PlotSpec): number => (room ?? outer.height) - 4;

export function plot(o: PlotSpec, margins: Margins = marginsOf(o)): Panel {
  const { curves, palette, legend = [], place = 'auto' } = o;
  const { tick, row } = palette.letters;
  const frame = frameOf({ ...o, margins });
  const { box } = frame;
  const floor = o.floor ? floorMarks(frame, o.floor) : [];
  const rules = ruleMarks(frame, o.rules ?? []);
  const bottom = box.y + box.height - (rules.lines.bottom > 0 ? tick + 6 + (rules.lines.bottom - 1) * row : 0);
  const lowest = o.floor && floor.length > 0 ? frame.y.at(o.floor.value) - tick - 3 : bottom;
  const highest = box.y + tick + 5 + Math.max(0, rules.lines.top - 1) * row;
  const marks: Mark[] = [
    ...frame.marks,
    ...floor,
    ...rules.marks,
    ...curves.flatMap((curve) => (curve.spread ? bandOf(frame, curve) : [])),
    ...curves.flatMap((curve, i) => lineOf(frame, curve, i)),
    ...endNames(frame, curves),
  ];
  if (legend.length > 0 && place === 'right') marks.push(...legendBeside(frame, legend, roomBeside(o)));
  else if (legend.length > 0 && place !== 'none') marks.push(...legendMarks(frame, curves, legend, [highest, lowest], place as 'auto'));
  return { frame: box, marks, spots: spotsOf(frame, o) };
}

const spotsOf = (frame: Frame, { curves, say, key }: PlotSpec): Spot[] =>
  curves
    .filter((c) => !c.reference)
    .flatMap((c) =>
      c.points.flatMap((p) => {
        const at = { u: frame.x.at(p.x), v: frame.y.at(p.y) };
        if (!within(frame.box, at)) return [];
        const spot = { x: at.u, y: at.v, at: say(p.x), series: c.series, value: p.y, colour: c.colour };
        return [key ? { ...spot, key: key(p.x) } : spot];
      }),
    );

/** Dashed verticals, each with its words beside it; words that would run into those of one before stand a line apart. lines: of words */
function ruleMarks({ box, x, palette }: Frame, rules: readonly Rule[]): { marks: Mark[]; lines: Record<Rule['at'], number> } {
  const { letters } = palette;
  const taken: { from: number; to: number; line: number }[] = [];
  const lines = { top: 0, bottom: 0 };
  const marks = rules.flatMap(({ x: value, words, at: place }): Mark[] => {
    const at = x.at(value);
    if (!(at >= box.x - 0.01 && at <= box.x + box.width + 0.5)) return [];
    const wide = tickWidth(words, letters) + 4;
    const left = (place === 'bottom' || at + wide > box.x + box.width) && at - wide > box.x;
    const [from, to] = left ? [at - wide, at] : [at, at + wide];
    let line = 0;
    while (taken.some((t) => t.line === line && t.from < to && from < t.to)) line++;
    taken.push({ from, to, line });
    lines[place] = Math.max(lines[place], line + 1);
    const shift = line * letters.row;
    const y = place === 'bottom' ? box.y + box.height - 5 - shift : box.y + letters.tick * 0.72 + shift;
    return [
      { type: 'path', d: `M${px(at)} ${px(box.y)}V${px(box.y + box.height)}`, stroke: palette.soft, width: size.axis, dash: dashes.rule },
      { type: 'text', x: left ? at - 3 : at + 3, y, words, size: letters.tick, fill: palette.soft, anchor: left ? 'end' : 'start' },
    ];
  });
  return { marks, lines };
}

function floorMarks({ box, y, palette }: Frame, { value, words }: { value: number; words: Words }): Mark[] {
  const { tick } = palette.letters;
  const top = Math.max(box.y, y.at(value));
  const bottom = box.y + box.height;
  if (!(top < bottom - 1)) return [];
  const d = `M${px(box.x)} ${px(top)}H${px(box.x + box.width)}V${px(bottom)}H${px(box.x)}Z`;
  const area: Mark = { type: 'path', d, stroke: 'none', width: 0, fill: palette.axis, opacity: 0.18 };
  if (top - 3 - tick < box.y) return [area];
  return [area, { type: 'text', x: box.x + 5, y: top - 3, words, size: tick, fill: palette.soft, anchor: 'start' }];
}
