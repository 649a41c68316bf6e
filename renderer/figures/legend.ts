// A legend without a box: in a corner of the plot, the one that the curves leave free unless one is chosen, or right of it.
import type { LegendPlace } from '../../main/contract/figure-style.ts';
import type { Curve } from './curves.ts';
import type { Frame } from './frame.ts';
import { tickWidth, type Letters } from './letters.ts';
import { byShape } from './palette.ts';
import { px } from './px.ts';
import { dashes, size, type Box, type Mark, type Words } from './scene.ts';
import { dotMark, type Shape } from './shapes.ts';

export interface Entry {
  words: Words;
  colour: string;
  open: boolean;
  dotted?: boolean;
  shape?: Shape;
}

const sample = 18;
const beside = 5;
const between = 10; // columns
/** From a plot to the legend right of it. */
const lead = 10;

/** In columns of as many rows as have room. */
interface Grid {
  width: number;
  height: number;
  entries: { entry: Entry; x: number; y: number }[];
}
function gridOf(entries: readonly Entry[], room: number, letters: Letters): Grid {
  const { row } = letters;
  const rows = Math.max(1, Math.min(entries.length, Math.floor((room - 2) / row)));
  const columns = Math.ceil(entries.length / rows);
  const even = Math.ceil(entries.length / Math.max(1, columns));
  let x = 3;
  const placed: Grid['entries'] = [];
  for (let c = 0; c < columns; c++) {
    const own = entries.slice(c * even, (c + 1) * even);
    for (const [i, entry] of own.entries()) placed.push({ entry, x, y: 1 + row * (i + 0.5) });
    x += sample + beside + Math.max(0, ...own.map((e) => tickWidth(e.words, letters))) + between;
  }
  return { width: x - between + 3, height: even * row + 2, entries: placed };
}

/** How many pixels of curves run through a box, in steps of some pixels. */
function crossed({ x, y }: Frame, curves: readonly Curve[], { x: left, y: top, width, height }: Box, dot: number): number {
  const step = 3;
  let count = 0;
  for (const { points } of curves) {
    const end = points.at(-1);
    if (end) {
      const [u, v] = [x.at(end.x) - left, y.at(end.y) - top];
      if (u > -4 && u < width + 4 && v > -4 && v < height + 4) count += dot;
    }
    for (let i = 1; i < points.length; i++) {
      const [u, v, p, q] = [x.at(points[i - 1].x), y.at(points[i - 1].y), x.at(points[i].x), y.at(points[i].y)];
      if (!Number.isFinite(u + v + p + q) || Math.max(u, p) < left || Math.min(u, p) > left + width) continue;
      const n = Math.max(1, Math.min(1000, Math.ceil(Math.hypot(p - u, q - v) / step)));
      for (let k = 0; k < n; k++) {
        const [a, b] = [u + ((p - u) * k) / n, v + ((q - v) * k) / n];
        if (a > left && a < left + width && b > top && b < top + height) count += Math.hypot(p - u, q - v) / n;
      }
    }
  }
  return count;
}

const corners = ['top-right', 'bottom-left', 'bottom-right', 'top-left'] as const;

/** What a legend right of a plot takes there. room: pixels of height */
export const legendWidth = (entries: readonly Entry[], room: number, letters: Letters): number =>
  entries.length > 0 ? lead + gridOf(entries, room, letters).width : 0;

/** room: pixels of height right of the plot */
export function legendBeside(frame: Frame, entries: readonly Entry[], room: number): Mark[] {
  const { box, palette } = frame;
  const grid = gridOf(entries, room, palette.letters);
  return entryMarks(frame, grid, box.x + box.width + lead, box.y - palette.letters.row * 0.2);
}

/** free: pixels from and to which no words of the plot stand; place: a corner, or auto for the one that is most free */
export function legendMarks(
  frame: Frame,
  curves: readonly Curve[],
  entries: readonly Entry[],
  [highest, lowest]: readonly [number, number],
  place: Exclude<LegendPlace, 'right' | 'none'>,
): Mark[] {
  const { box, palette } = frame;
  const { row } = palette.letters;
  const grid = gridOf(entries, lowest - highest, palette.letters);
  const { width, height } = grid;
  const [left, right] = [box.x + 5, Math.max(box.x + 5, box.x + box.width - width - 1)];
  // Under or above the words of the rules.
  const [top, bottom] = [highest, Math.max(box.y, lowest - height - 4)];
  const boxes = corners
    .filter((corner) => place === 'auto' || corner === place)
    .map((corner) => ({ x: corner.endsWith('right') ? right : left, y: corner.startsWith('top') ? top : bottom, width, height }));
  const free = boxes.map((at) => crossed(frame, curves, at, row));
  const chosen = boxes[free.indexOf(Math.min(...free))];

  // Where even the best corner is not free, lines stop behind the words.
  const back = `M${px(chosen.x)} ${px(chosen.y)}h${px(width)}v${px(height)}h${px(-width)}Z`;
  const ground: Mark = { type: 'path', d: back, stroke: 'none', width: 0, fill: palette.ground, opacity: 0.85 };
  return [ground, ...entryMarks(frame, grid, chosen.x, chosen.y)];
}

function entryMarks({ palette }: Frame, { entries }: Grid, x: number, y: number): Mark[] {
  const { tick } = palette.letters;
  return entries.flatMap(({ entry: { words, colour, open, dotted, shape = 'disc' }, x: dx, y: dy }): Mark[] => {
    const [from, at] = [x + dx, y + dy];
    const dash = dotted ? dashes.null : open ? dashes.test : undefined;
    const width = dotted ? size.axis * 1.5 : size.line;
    return [
      { type: 'path', d: `M${px(from)} ${px(at)}h${sample}`, stroke: colour, width, ...(dash && { dash }) },
      ...(byShape(palette) && !dotted ? [dotMark(shape, from + sample / 2, at, colour, open, palette.ground)] : []),
      { type: 'text', x: from + sample + beside, y: at + tick * 0.36, words, size: tick, fill: palette.text, anchor: 'start' },
    ];
  });
}
