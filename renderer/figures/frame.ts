// The frame of a panel: margins from what stands in them, axes, ticks, labels and a light grid.
import { axisOf, type Axis, type AxisSpec } from './axis.ts';
import type { Palette } from './palette.ts';
import { bold, size, type Box, type Mark } from './scene.ts';
import { widthOf } from './text.ts';

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
export const ends = ({ letter, shared }: Pick<FrameSpec, 'letter' | 'shared'>) => ({
  top: (letter ? size.text + 6 : 0) + size.tick / 2 + 1,
  bottom: shared ? size.major + 2 : size.major + gap + size.tick + 4 + size.text + 2,
});

/** What the ticks and the label of the upright axis take. */
export function leftMargin(spec: Pick<FrameSpec, 'outer' | 'y' | 'letter' | 'shared'>): number {
  const { outer, y } = spec;
  const { top, bottom } = ends(spec);
  const height = outer.height - top - bottom;
  const widest = Math.max(0, ...axisOf(y, height, -height).ticks.map((t) => (t.words ? widthOf(t.words, size.tick) : 0)));
  return size.text + 5 + widest + gap + size.major;
}

/** What the last number of the axis takes beyond the plot. */
export function rightMargin({ outer, x }: Pick<FrameSpec, 'outer' | 'x'>): number {
  const last = axisOf(x, 0, outer.width).ticks.findLast((t) => t.words);
  if (!last?.words) return overhang;
  const { at } = axisOf(x, 0, outer.width);
  return Math.max(overhang, widthOf(last.words, size.tick) / 2 + 1 - (outer.width - at(last.value)));
}

export function frameOf(spec: FrameSpec): Frame {
  const { outer, x, y, palette, margins, letter, shared = false } = spec;
  const { left, right } = margins;
  const { top, bottom } = ends(spec);
  const height = outer.height - top - bottom;
  const box: Box = { x: outer.x + left, y: outer.y + top, width: outer.width - left - right, height };
  const across = axisOf(x, box.x, box.width);
  const up = axisOf(y, box.y + box.height, -box.height);
  const marks: Mark[] = [...grid(box, up, palette), ...axes(box, shared ? bareTicks(across) : across, up, palette)];
  const middle = box.y + box.height / 2;
  marks.push({
    type: 'text',
    x: outer.x + size.text,
    y: middle,
    words: y.label,
    size: size.text,
    fill: palette.text,
    anchor: 'middle',
    turned: true,
  });
  if (!shared)
    marks.push({
      type: 'text',
      x: box.x + box.width / 2,
      y: box.y + box.height + bottom - 3,
      words: x.label,
      size: size.text,
      fill: palette.text,
      anchor: 'middle',
    });
  if (letter)
    marks.push({
      type: 'text',
      x: outer.x + 1,
      y: outer.y + size.text,
      words: bold(letter),
      size: size.text,
      fill: palette.text,
      anchor: 'start',
    });
  return { box, x: across, y: up, palette, marks };
}

const bareTicks = (axis: Axis): Axis => ({ ...axis, ticks: axis.ticks.map((t) => ({ ...t, words: null })) });
const segment = (d: string, stroke: string, width: number = size.axis): Mark => ({ type: 'path', d, stroke, width });

function grid(box: Box, y: Axis, palette: Palette): Mark[] {
  const lines = y.ticks.filter((t) => t.words).map((t) => `M${box.x} ${px(y.at(t.value))}h${px(box.width)}`);
  return lines.length > 0 ? [segment(lines.join(''), palette.grid)] : [];
}

function axes(box: Box, x: Axis, y: Axis, palette: Palette): Mark[] {
  const floor = box.y + box.height;
  const lines = [`M${px(box.x)} ${px(box.y)}V${px(floor)}H${px(box.x + box.width)}`];
  const marks: Mark[] = [];
  for (const { value, words } of x.ticks) {
    const at = x.at(value);
    lines.push(`M${px(at)} ${px(floor)}v${px(words ? size.major : size.minor)}`);
    if (words)
      marks.push({
        type: 'text',
        x: at,
        y: floor + size.major + gap + size.tick * 0.75,
        words,
        size: size.tick,
        fill: palette.soft,
        anchor: 'middle',
      });
  }
  for (const { value, words } of y.ticks) {
    const at = y.at(value);
    lines.push(`M${px(box.x)} ${px(at)}h${px(-(words ? size.major : size.minor))}`);
    if (words)
      marks.push({
        type: 'text',
        x: box.x - size.major - gap,
        y: at + size.tick * 0.36,
        words,
        size: size.tick,
        fill: palette.soft,
        anchor: 'end',
      });
  }
  return [segment(lines.join(''), palette.axis), ...marks];
}

/** A coordinate to a hundredth of a pixel. */
export const px = (v: number): string => String(Math.round(v * 100) / 100);
