// A legend without a box, in the corner of the plot that the curves leave free.
import type { Curve } from './curves.ts';
import { px, type Frame } from './frame.ts';
import { dashes, size, type Box, type Mark, type Words } from './scene.ts';
import { widthOf } from './text.ts';

export interface Entry {
  words: Words;
  colour: string;
  open: boolean;
  dotted?: boolean;
}

const row = 13;
const sample = 18;
const beside = 5;

/** How many pixels of curves run through a box, in steps of some pixels. */
function crossed({ x, y }: Frame, curves: readonly Curve[], { x: left, y: top, width, height }: Box): number {
  const step = 3;
  let count = 0;
  for (const { points } of curves) {
    const end = points.at(-1);
    if (end) {
      const [u, v] = [x.at(end.x) - left, y.at(end.y) - top];
      if (u > -4 && u < width + 4 && v > -4 && v < height + 4) count += row; // its dot
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

/** lowest: pixel under which words of the plot stand already */
export function legendMarks(frame: Frame, curves: readonly Curve[], entries: readonly Entry[], lowest: number): Mark[] {
  const { box, palette } = frame;
  const widest = Math.max(0, ...entries.map((e) => widthOf(e.words, size.tick)));
  const [width, height] = [sample + beside + widest + 6, entries.length * row + 2];
  const [left, right] = [box.x + 5, box.x + box.width - width - 1];
  // Under or above the words of the rules.
  const [top, bottom] = [box.y + size.tick + 5, Math.max(box.y, lowest - height - 4)];
  const places = [
    { x: right, y: top },
    { x: left, y: bottom },
    { x: right, y: bottom },
    { x: left, y: top },
  ].map((at) => ({ ...at, width, height }));
  const free = places.map((place) => crossed(frame, curves, place));
  const place = places[free.indexOf(Math.min(...free))];

  // Where even the best corner is not free, lines stop behind the words.
  const back = `M${px(place.x)} ${px(place.y)}h${px(width)}v${px(height)}h${px(-width)}Z`;
  const marks: Mark[] = [{ type: 'path', d: back, stroke: 'none', width: 0, fill: palette.ground, opacity: 0.85 }];
  for (const [i, { words, colour, open, dotted }] of entries.entries()) {
    const [from, at] = [place.x + 3, place.y + 1 + row * (i + 0.5)];
    const dash = dotted ? dashes.null : open ? dashes.test : undefined;
    marks.push(
      {
        type: 'path',
        d: `M${px(from)} ${px(at)}h${sample}`,
        stroke: colour,
        width: dotted ? size.axis * 1.5 : size.line,
        ...(dash && { dash }),
      },
      { type: 'text', x: from + sample + beside, y: at + size.tick * 0.36, words, size: size.tick, fill: palette.text, anchor: 'start' },
    );
  }
  return marks;
}
