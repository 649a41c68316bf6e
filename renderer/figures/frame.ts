// The frame of a panel: margins from what stands in them, axes, ticks, labels and a light grid.
import { axisOf, type Axis, type AxisSpec } from './axis.ts';
import { cut, textWidth, tickWidth, type Letters } from './letters.ts';
import type { Palette } from './palette.ts';
import { px } from './px.ts';
import { bold, plain, size, spell, type Box, type Mark, type Words } from './scene.ts';

export { px };

export interface FrameSpec {
  /** all that the panel may take */
  outer: Box;
  x: AxisSpec;
  y: AxisSpec;
  palette: Palette;
  margins: Margins;
  /** panel letter */
  letter?: string;
  /** the horizontal axis is that of the panel below: ticks without words, no label */
  shared?: boolean;
}

export interface Margins {
  left: number;
  right: number;
}

export interface Frame {
  /** the plot itself */
  box: Box;
  x: Axis;
  y: Axis;
  palette: Palette;
  marks: Mark[];
}

const gap = 3;
/** What stands centred on a tick may reach over the plot's edge. */
const overhang = 6;

/** Heights above and below a plot. */
export const ends = ({ letter, shared }: Pick<FrameSpec, 'letter' | 'shared'>, letters: Letters) => ({
  top: (letter ? letters.text + 6 : 0) + letters.tick / 2 + 1,
  bottom: shared ? size.major + 2 : size.major + gap + letters.tick + 4 + letters.text + 2,
});

/** What the ticks and the label of the upright axis take. */
export function leftMargin(spec: Pick<FrameSpec, 'outer' | 'y' | 'letter' | 'shared' | 'palette'>): number {
  const { outer, y, palette } = spec;
  const { letters } = palette;
  const { top, bottom } = ends(spec, letters);
  const height = outer.height - top - bottom;
  const widest = Math.max(0, ...axisOf(y, height, -height, letters).ticks.map((t) => (t.words ? tickWidth(t.words, letters) : 0)));
  return letters.text + 5 + widest + gap + size.major;
}

/** What the last number of the axis takes beyond the plot. */
export function rightMargin({ outer, x, palette }: Pick<FrameSpec, 'outer' | 'x' | 'palette'>): number {
  const { letters } = palette;
  const { at, ticks } = axisOf(x, 0, outer.width, letters);
  const last = ticks.findLast((t) => t.words);
  if (!last?.words) return overhang;
  return Math.max(overhang, tickWidth(last.words, letters) / 2 + 1 - (outer.width - at(last.value)));
}

/** The first of some words that has room; the last of them cut where none has. */
export function fitting(choices: readonly Words[], room: number, letters: Letters): Words {
  const fits = choices.find((words) => textWidth(words, letters) <= room);
  return fits ?? plain(cut(spell(choices[choices.length - 1]), room, (text) => textWidth(plain(text), letters)));
}

export function frameOf(spec: FrameSpec): Frame {
  const { outer, x, y, palette, margins, letter, shared = false } = spec;
  const { letters } = palette;
  const { left, right } = margins;
  const { top, bottom } = ends(spec, letters);
  const height = Math.max(1, outer.height - top - bottom);
  const box: Box = { x: outer.x + left, y: outer.y + top, width: Math.max(1, outer.width - left - right), height };
  const across = axisOf(x, box.x, box.width, letters);
  const up = axisOf(y, box.y + box.height, -box.height, letters);
  const marks: Mark[] = [...grid(box, up, palette), ...axes(box, shared ? bareTicks(across) : across, up, palette)];
  const label = { size: letters.text, fill: palette.text, anchor: 'middle' } as const;
  /** what a label centred on the plot may take before it leaves the panel, or meets its letter */
  const room = (middle: number, from: number, to: number) => 2 * Math.min(middle - from, to - middle);
  const middle = box.y + box.height / 2;
  const below = box.x + box.width / 2;
  const upright = room(middle, outer.y + (letter ? letters.text + 3 : 0), outer.y + outer.height);
  const words = fitting([y.label, ...(y.shorter ?? [])], upright, letters);
  marks.push({ type: 'text', x: outer.x + letters.text, y: middle, words, ...label, turned: true });
  if (!shared) {
    const level = fitting([x.label, ...(x.shorter ?? [])], room(below, outer.x, outer.x + outer.width), letters);
    marks.push({ type: 'text', x: below, y: box.y + box.height + bottom - 3, words: level, ...label });
  }
  if (letter) marks.push({ type: 'text', x: outer.x + 1, y: outer.y + letters.text, words: bold(letter), ...label, anchor: 'start' });
  return { box, x: across, y: up, palette, marks };
}

const bareTicks = (axis: Axis): Axis => ({ ...axis, ticks: axis.ticks.map((t) => ({ ...t, words: null })) });
const segment = (d: string, stroke: string, width: number = size.axis): Mark => ({ type: 'path', d, stroke, width });

function grid(box: Box, y: Axis, palette: Palette): Mark[] {
  const lines = y.ticks.filter((t) => t.words).map((t) => `M${px(box.x)} ${px(y.at(t.value))}h${px(box.width)}`);
  return lines.length > 0 ? [segment(lines.join(''), palette.grid)] : [];
}

function axes(box: Box, x: Axis, y: Axis, palette: Palette): Mark[] {
  const { tick } = palette.letters;
  const floor = box.y + box.height;
  const lines = [`M${px(box.x)} ${px(box.y)}V${px(floor)}H${px(box.x + box.width)}`];
  const marks: Mark[] = [];
  const soft = { size: tick, fill: palette.soft } as const;
  for (const { value, words } of x.ticks) {
    const at = x.at(value);
    lines.push(`M${px(at)} ${px(floor)}v${px(words ? size.major : size.minor)}`);
    if (words) marks.push({ type: 'text', x: at, y: floor + size.major + gap + tick * 0.75, words, ...soft, anchor: 'middle' });
  }
  for (const { value, words } of y.ticks) {
    const at = y.at(value);
    lines.push(`M${px(box.x)} ${px(at)}h${px(-(words ? size.major : size.minor))}`);
    if (words) marks.push({ type: 'text', x: box.x - size.major - gap, y: at + tick * 0.36, words, ...soft, anchor: 'end' });
  }
  return [segment(lines.join(''), palette.axis), ...marks];
}
