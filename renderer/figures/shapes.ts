// Dots of curves: a disc, or another shape where colour does not tell series apart.
import { px } from './px.ts';
import { size, type Mark } from './scene.ts';

export type Shape = 'disc' | 'square' | 'triangle' | 'diamond' | 'wedge' | 'cross';

/** Corners around the middle, in radii; of about the disc's area. */
const corners: Record<Exclude<Shape, 'disc' | 'cross'>, readonly (readonly [number, number])[]> = {
  square: [-0.95, 0.95].flatMap((x) => [[x, x] as const, [x, -x] as const]),
  triangle: [
    [0, -1.35],
    [1.25, 0.85],
    [-1.25, 0.85],
  ],
  diamond: [
    [0, -1.4],
    [1.4, 0],
    [0, 1.4],
    [-1.4, 0],
  ],
  wedge: [
    [0, 1.35],
    [1.25, -0.85],
    [-1.25, -0.85],
  ],
};

/** open: of the test set, with the ground inside */
export function dotMark(shape: Shape, x: number, y: number, colour: string, open: boolean, ground: string): Mark {
  const r = size.dot;
  const fill = open ? ground : colour;
  if (shape === 'disc') return { type: 'dot', x, y, r, stroke: colour, fill };
  const at = (u: number, v: number) => `${px(x + 1.15 * r * u)} ${px(y + 1.15 * r * v)}`;
  const width = size.line * 0.75;
  if (shape === 'cross')
    return { type: 'path', d: `M${at(-1, -1)}L${at(1, 1)}M${at(-1, 1)}L${at(1, -1)}`, stroke: colour, width: size.line };
  return { type: 'path', d: `M${corners[shape].map(([u, v]) => at(u, v)).join('L')}Z`, stroke: colour, width, fill };
}
