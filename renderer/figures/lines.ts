// Curves as marks: the part of each that lies in the plot, at the screen's resolution, its dots, the band around it.
import { clipped, clippedArea, type At } from './clip.ts';
import type { Curve } from './curves.ts';
import type { Frame } from './frame.ts';
import { byShape } from './palette.ts';
import { px } from './px.ts';
import { dashes, size, type Box, type Mark } from './scene.ts';
import { dotMark } from './shapes.ts';

const fewPoints = 15;
/** Dots along a curve of many points, where shapes tell curves apart. */
const sparse = 6;

/** What rounding may put outside of a plot still lies in it. */
export const within = ({ x, y, width, height }: Box, { u, v }: At, by = 0.5): boolean =>
  u >= x - by && u <= x + width + by && v >= y - by && v <= y + height + by;

const placeOf = ({ x, y }: Frame, p: { x: number; y: number }): At | null => {
  const [u, v] = [x.at(p.x), y.at(p.y)];
  return Number.isFinite(u) && Number.isFinite(v) ? { u, v } : null;
};

/** The strokes of a curve inside the plot; of points closer than a quarter pixel one is enough. NaN, and 0 on a logarithm, leave gaps. */
export function traceOf(frame: Frame, { points }: Pick<Curve, 'points'>): At[][] {
  const strokes: At[][] = [];
  const { x, y, width, height } = frame.box;
  const box = { x: x - 0.01, y: y - 0.01, width: width + 0.02, height: height + 0.02 };
  let last: At | null = null;
  for (const [i, p] of points.entries()) {
    const here = placeOf(frame, p);
    if (here && last) {
      const part = clipped(last, here, box);
      const pen = strokes.at(-1);
      if (part && pen && pen[pen.length - 1] === part[0]) {
        // The pen stands inside: a step too small to see waits for the next one.
        if (part[1] === here && Math.abs(here.u - last.u) < 0.25 && i < points.length - 1) continue;
        pen.push(part[1]);
      } else if (part) strokes.push(part);
    } else if (here && within(frame.box, here, 0.01)) strokes.push([here]);
    last = here;
  }
  return strokes;
}

/** Points of a curve inside the plot. */
const seenOf = (frame: Frame, { points }: Curve): At[] =>
  points.flatMap((p) => {
    const here = placeOf(frame, p);
    return here && within(frame.box, here) ? [here] : [];
  });

/** Some of many, evenly along the plot; each series begins elsewhere, so that those of near curves do not hide each other. */
function strewn(seen: readonly At[], { x, width }: Box, series: number): At[] {
  const places = Array.from({ length: sparse }, (_, k) => x + (width * (k + ((series % sparse) + 0.5) / sparse)) / sparse);
  const nearest = places.map((u) => seen.reduce((a, b) => (Math.abs(b.u - u) < Math.abs(a.u - u) ? b : a)));
  return [...new Set(nearest)];
}

/** number: of the series among the plot's */
export function lineOf(frame: Frame, curve: Curve, number: number): Mark[] {
  const { colour, open, reference, bare, undotted, dots, loose, points } = curve;
  const { palette, box } = frame;
  const d = traceOf(frame, curve)
    .filter((stroke) => stroke.length > 1)
    .map((stroke) => `M${stroke.map(({ u, v }) => `${px(u)} ${px(v)}`).join('L')}`)
    .join('');
  const width = reference ? size.axis * 1.5 : size.line;
  const dash = reference ? dashes.null : open ? dashes.test : undefined;
  const line: Mark[] = d && !loose ? [{ type: 'path', d, stroke: colour, width, ...(dash && { dash }) }] : [];
  const seen = seenOf(frame, curve);
  if (reference || undotted || seen.length === 0) return line;
  const few = dots || points.length <= fewPoints;
  const chosen = bare || !few ? (byShape(palette) ? strewn(seen, box, number) : bare ? [] : seen.slice(-1)) : seen;
  return [...line, ...chosen.map(({ u, v }) => dotMark(curve.shape ?? 'disc', u, v, colour, open, palette.ground))];
}

/** mean ± spread as an area, cut at the plot's edges */
export function bandOf(frame: Frame, { points, spread = [], colour }: Curve): Mark[] {
  const there = points.flatMap((p, i) => (Number.isFinite(p.y) ? [{ ...p, by: spread[i] }] : []));
  const edge = (sign: number) => there.flatMap((p) => placeOf(frame, { x: p.x, y: p.y + sign * p.by }) ?? []);
  const area = clippedArea([...edge(1), ...edge(-1).reverse()], frame.box);
  if (area.length < 3) return [];
  const d = `M${area.map(({ u, v }) => `${px(u)} ${px(v)}`).join('L')}Z`;
  return [{ type: 'path', d, stroke: 'none', width: 0, fill: colour, opacity: 0.15 }];
}
