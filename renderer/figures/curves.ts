// Curves in a frame: paths at the screen's resolution, dots, names at their right ends, bands, rules.
import { frameOf, leftMargin, px, rightMargin, type Frame, type FrameSpec, type Margins } from './frame.ts';
import { dashes, size, type Mark, type Panel, type Spot, type Words } from './scene.ts';
import { legendMarks, type Entry } from './legend.ts';
import { widthOf } from './text.ts';

export interface Curve {
  /** in order of x; y NaN leaves a gap */
  points: readonly { x: number; y: number }[];
  colour: string;
  /** test: dashed line, open dots */
  open: boolean;
  /** for the pointer */
  series: string;
  /** at its right end; null: none */
  name: Words | null;
  /** a reference line: thin, dotted, without dots */
  reference?: boolean;
  /** ± around y, 15 % opacity */
  spread?: readonly number[];
  /** never a dot, as on spectra */
  bare?: boolean;
  /** a dot at every point, however many */
  dots?: boolean;
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
  /** in the corner that the curves leave free */
  legend?: readonly Entry[];
  /** margins that something beside the plot needs */
  least?: Partial<Margins>;
  /** the horizontal value in words */
  say(x: number): string;
}
const between = 13; // pixels between names
const lead = 8; // from a curve's end to its name
const fewPoints = 15;

/** What stands left and right of a plot needs this much. */
export function marginsOf(o: PlotSpec): Margins {
  const names = o.curves.flatMap((c) => (c.name ? [widthOf(c.name, size.tick)] : []));
  const right = names.length > 0 ? lead + Math.max(...names) + 1 : rightMargin(o);
  return { left: Math.max(leftMargin(o), o.least?.left ?? 0), right: Math.max(right, o.least?.right ?? 0) };
}

export function plot(o: PlotSpec, margins: Margins = marginsOf(o)): Panel {
  const { curves } = o;
  const frame = frameOf({ ...o, margins });
  const { box } = frame;
  const marks: Mark[] = [...frame.marks];
  const floor = o.floor ? floorMarks(frame, o.floor) : [];
  marks.push(...floor);
  const bottom = box.y + box.height - (o.rules?.some((r) => r.at === 'bottom') ? size.tick + 6 : 0);
  const lowest = o.floor && floor.length > 0 ? frame.y.at(o.floor.value) - size.tick - 3 : bottom;
  for (const rule of o.rules ?? []) marks.push(...ruleMarks(frame, rule));
  for (const curve of curves) if (curve.spread && curve.points.some((p) => Number.isFinite(p.y))) marks.push(bandOf(frame, curve));
  for (const curve of curves) marks.push(...lineOf(frame, curve));
  marks.push(...endNames(frame, curves));
  if (o.legend) marks.push(...legendMarks(frame, curves, o.legend, lowest));
  const spots: Spot[] = curves
    .filter((c) => !c.reference)
    .flatMap((c) =>
      c.points
        .filter((p) => inside(frame, p))
        .map((p) => ({ x: frame.x.at(p.x), y: frame.y.at(p.y), at: o.say(p.x), series: c.series, value: p.y, colour: c.colour })),
    );
  return { frame: box, marks, spots };
}

const inside = ({ box, x, y }: Frame, p: { x: number; y: number }): boolean => {
  const [u, v] = [x.at(p.x), y.at(p.y)];
  return Number.isFinite(u) && Number.isFinite(v) && v <= box.y + box.height + 0.5 && v >= box.y - 0.5;
};

/** A curve's path, cut at the plot's lower edge; of points closer than a quarter pixel one is enough. */
function lineOf(frame: Frame, { points, colour, open, reference, bare, dots }: Curve): Mark[] {
  const { box, x, y, palette } = frame;
  const floor = box.y + box.height;
  let d = '';
  let last: { u: number; v: number } | null = null;
  let shown = -Infinity;
  const seen: { u: number; v: number }[] = [];
  for (const [i, p] of points.entries()) {
    const u = x.at(p.x);
    let v = y.at(p.y);
    if (!Number.isFinite(v)) v = p.y === 0 ? Infinity : NaN;
    if (!Number.isFinite(u) || Number.isNaN(v)) {
      last = null;
      continue;
    }
    const below = v > floor + 0.5;
    if (below && last && last.v <= floor && Number.isFinite(v))
      d += `L${px(last.u + ((u - last.u) * (floor - last.v)) / (v - last.v))} ${px(floor)}`;
    if (!below) {
      if (last && last.v > floor + 0.5 && Number.isFinite(last.v))
        d += `M${px(last.u + ((u - last.u) * (floor - last.v)) / (v - last.v))} ${px(floor)}L${px(u)} ${px(v)}`;
      else if (!last || last.v > floor + 0.5) d += `M${px(u)} ${px(v)}`;
      else if (u - shown >= 0.25 || i === points.length - 1) d += `L${px(u)} ${px(v)}`;
      else continue;
      shown = u;
      seen.push({ u, v });
    }
    last = { u, v };
  }
  const marks: Mark[] = [];
  if (d)
    marks.push({
      type: 'path',
      d,
      stroke: colour,
      width: reference ? size.axis * 1.5 : size.line,
      ...(reference ? { dash: dashes.null } : open ? { dash: dashes.test } : {}),
    });
  if (!reference && !bare && seen.length > 0)
    for (const { u, v } of dots || points.length <= fewPoints ? seen : seen.slice(-1))
      marks.push({ type: 'dot', x: u, y: v, r: size.dot, stroke: colour, fill: open ? palette.ground : colour });
  return marks;
}

function bandOf({ x, y }: Frame, { points, spread = [], colour }: Curve): Mark {
  const there = points.flatMap((p, i) => (Number.isFinite(p.y) ? [{ ...p, by: spread[i] }] : []));
  const edge = (sign: number) => there.map((p) => `${px(x.at(p.x))} ${px(y.at(p.y + sign * p.by))}`);
  return {
    type: 'path',
    d: `M${edge(1).join('L')}L${edge(-1).reverse().join('L')}Z`,
    stroke: 'none',
    width: 0,
    fill: colour,
    opacity: 0.15,
  };
}

/** Names at the right ends, at least 13 px apart, each with a hairline to its curve where it had to move. */
function endNames({ box, x, y, palette }: Frame, curves: readonly Curve[]): Mark[] {
  const named = curves.flatMap((c) => {
    const end = c.points.findLast((p) => Number.isFinite(p.y));
    return c.name && end ? [{ c, words: c.name, u: x.at(end.x), v: Math.min(box.y + box.height, Math.max(box.y, y.at(end.y))) }] : [];
  });
  const places = spaced(
    named.map((n) => n.v),
    between,
    box.y,
    box.y + box.height,
  );
  const edge = box.x + box.width;
  return named.flatMap(({ c, words, u, v }, i): Mark[] => {
    const at = places[i];
    const text: Mark = { type: 'text', x: edge + lead, y: at + size.tick * 0.36, words, size: size.tick, fill: c.colour, anchor: 'start' };
    if (Math.abs(at - v) < 4) return [text];
    return [{ type: 'path', d: `M${px(u + 3.5)} ${px(v)}L${px(edge + lead - 1.5)} ${px(at)}`, stroke: palette.axis, width: 0.5 }, text];
  });
}

/** Places as close to the wanted ones as a distance between neighbours allows, inside low … high. */
export function spaced(wanted: readonly number[], distance: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  const room = order.length > 1 ? Math.min(distance, (high - low) / (order.length - 1)) : distance;
  // Groups that touch move together around the mean of what they want.
  let groups = order.map((i) => ({ members: [i], at: wanted[i] }));
  for (let merged = true; merged;) {
    merged = false;
    const next: typeof groups = [];
    for (const group of groups) {
      const before = next[next.length - 1];
      if (
        before &&
        group.at - ((group.members.length - 1) * room) / 2 < before.at + ((before.members.length - 1) * room) / 2 + room - 1e-9
      ) {
        const n = before.members.length + group.members.length;
        before.at = (before.at * before.members.length + group.at * group.members.length) / n;
        before.members.push(...group.members);
        merged = true;
      } else next.push({ members: [...group.members], at: group.at });
      const last = next[next.length - 1];
      const half = ((last.members.length - 1) * room) / 2;
      last.at = Math.min(high - half, Math.max(low + half, last.at));
    }
    groups = next;
  }
  for (const { members, at } of groups) for (const [k, i] of members.entries()) places[i] = at + (k - (members.length - 1) / 2) * room;
  return places;
}

function ruleMarks({ box, x, palette }: Frame, { x: value, words, at: place }: Rule): Mark[] {
  const at = x.at(value);
  if (!(at >= box.x && at <= box.x + box.width + 0.5)) return [];
  const left = place === 'bottom' || at + widthOf(words, size.tick) + 4 > box.x + box.width;
  const y = place === 'bottom' ? box.y + box.height - 5 : box.y + size.tick * 0.72;
  return [
    { type: 'path', d: `M${px(at)} ${px(box.y)}V${px(box.y + box.height)}`, stroke: palette.soft, width: size.axis, dash: dashes.rule },
    { type: 'text', x: left ? at - 3 : at + 3, y, words, size: size.tick, fill: palette.soft, anchor: left ? 'end' : 'start' },
  ];
}

function floorMarks({ box, y, palette }: Frame, { value, words }: { value: number; words: Words }): Mark[] {
  const top = y.at(value);
  const bottom = box.y + box.height;
  if (!(top < bottom - 1)) return [];
  const d = `M${px(box.x)} ${px(top)}H${px(box.x + box.width)}V${px(bottom)}H${px(box.x)}Z`;
  return [
    { type: 'path', d, stroke: 'none', width: 0, fill: palette.axis, opacity: 0.18 },
    { type: 'text', x: box.x + 5, y: top - 3, words, size: size.tick, fill: palette.soft, anchor: 'start' },
  ];
}
