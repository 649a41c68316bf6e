// Lines and areas cut at the edges of a plot, so that no renderer needs a clip path.
import type { Box } from './scene.ts';

export interface At {
  u: number;
  v: number;
}

/** The part of a segment inside a box, or null where none of it is (Liang and Barsky). */
export function clipped(a: At, b: At, { x, y, width, height }: Box): [At, At] | null {
  let [from, to] = [0, 1];
  const [du, dv] = [b.u - a.u, b.v - a.v];
  for (const [p, q] of [
    [-du, a.u - x],
    [du, x + width - a.u],
    [-dv, a.v - y],
    [dv, y + height - a.v],
  ]) {
    if (p === 0) {
      if (q < 0) return null;
      continue;
    }
    const t = q / p;
    if (p < 0) from = Math.max(from, t);
    else to = Math.min(to, t);
    if (from > to) return null;
  }
  const at = (t: number): At => (t === 0 ? a : t === 1 ? b : { u: a.u + t * du, v: a.v + t * dv });
  return [at(from), at(to)];
}

/** A polygon cut to a box (Sutherland and Hodgman); [] where nothing of it is inside. */
export function clippedArea(corners: readonly At[], { x, y, width, height }: Box): At[] {
  const sides: [keyof At, number, 1 | -1][] = [
    ['u', x, 1],
    ['u', x + width, -1],
    ['v', y, 1],
    ['v', y + height, -1],
  ];
  return sides.reduce<readonly At[]>((left, [axis, edge, sign]) => {
    const inside = (p: At) => sign * (p[axis] - edge) >= 0;
    return left.flatMap((p, i) => {
      const before = left[(i + left.length - 1) % left.length];
      const t = (edge - before[axis]) / (p[axis] - before[axis]);
      const crossing = { u: before.u + t * (p.u - before.u), v: before.v + t * (p.v - before.v) };
      if (inside(p)) return inside(before) ? [p] : [crossing, p];
      return inside(before) ? [crossing] : [];
    });
  }, corners) as At[];
}
