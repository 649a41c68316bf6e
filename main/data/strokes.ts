// How the ten digits are written: strokes through points in the unit square (x to the right, y down), some digits in two ways.

export type Point = readonly [number, number];
export interface Stroke {
  points: readonly Point[];
  /** smooth: a Catmull–Rom curve through the points; otherwise straight lines */
  smooth: boolean;
}
export type Writing = readonly Stroke[];

const curve = (...points: Point[]): Stroke => ({ points, smooth: true });
const lines = (...points: Point[]): Stroke => ({ points, smooth: false });

export const writings: readonly (readonly Writing[])[] = [
  [
    [curve([0.52, 0.08], [0.3, 0.2], [0.24, 0.52], [0.34, 0.84], [0.54, 0.92], [0.72, 0.76], [0.76, 0.44], [0.66, 0.16], [0.5, 0.08])],
    [curve([0.6, 0.12], [0.36, 0.14], [0.26, 0.5], [0.42, 0.88], [0.66, 0.8], [0.74, 0.46], [0.58, 0.12], [0.46, 0.16])],
  ],
  [
    [lines([0.52, 0.08], [0.48, 0.92])],
    [lines([0.34, 0.26], [0.54, 0.08], [0.52, 0.92])],
    [lines([0.34, 0.26], [0.52, 0.1], [0.51, 0.9]), lines([0.32, 0.9], [0.7, 0.9])],
  ],
  [
    [
      curve([0.26, 0.3], [0.34, 0.13], [0.56, 0.08], [0.74, 0.24], [0.64, 0.48], [0.42, 0.7], [0.24, 0.9]),
      lines([0.24, 0.9], [0.78, 0.88]),
    ],
    [curve([0.28, 0.26], [0.48, 0.08], [0.72, 0.22], [0.6, 0.52], [0.34, 0.78], [0.24, 0.84], [0.36, 0.72], [0.52, 0.84], [0.8, 0.86])],
  ],
  [
    [
      curve([0.26, 0.18], [0.5, 0.08], [0.72, 0.22], [0.62, 0.42], [0.44, 0.47]),
      curve([0.44, 0.47], [0.68, 0.52], [0.76, 0.72], [0.54, 0.92], [0.24, 0.82]),
    ],
    [lines([0.26, 0.12], [0.72, 0.12], [0.46, 0.44]), curve([0.46, 0.44], [0.72, 0.54], [0.72, 0.8], [0.48, 0.92], [0.24, 0.84])],
  ],
  [
    [lines([0.58, 0.08], [0.2, 0.62], [0.82, 0.62]), lines([0.62, 0.36], [0.6, 0.92])],
    [lines([0.28, 0.12], [0.24, 0.52], [0.76, 0.5]), lines([0.72, 0.1], [0.68, 0.92])],
  ],
  [
    [
      lines([0.74, 0.1], [0.32, 0.12], [0.28, 0.46]),
      curve([0.28, 0.46], [0.52, 0.38], [0.76, 0.56], [0.66, 0.84], [0.4, 0.92], [0.22, 0.8]),
    ],
    [curve([0.74, 0.12], [0.46, 0.12], [0.34, 0.26], [0.42, 0.44], [0.64, 0.54], [0.66, 0.8], [0.4, 0.92], [0.22, 0.82])],
  ],
  [
    [curve([0.66, 0.08], [0.4, 0.3], [0.26, 0.62], [0.38, 0.9], [0.64, 0.86], [0.72, 0.64], [0.54, 0.5], [0.3, 0.62])],
    [curve([0.46, 0.08], [0.32, 0.36], [0.28, 0.7], [0.46, 0.92], [0.7, 0.78], [0.62, 0.56], [0.4, 0.58], [0.29, 0.72])],
  ],
  [
    [lines([0.22, 0.13], [0.78, 0.12], [0.44, 0.92])],
    [lines([0.24, 0.14], [0.76, 0.12], [0.48, 0.92]), lines([0.34, 0.5], [0.72, 0.48])],
    [curve([0.22, 0.2], [0.34, 0.12], [0.54, 0.16], [0.76, 0.12], [0.6, 0.46], [0.5, 0.92])],
  ],
  [
    [
      curve(
        [0.54, 0.08],
        [0.3, 0.2],
        [0.42, 0.42],
        [0.68, 0.6],
        [0.66, 0.86],
        [0.4, 0.9],
        [0.3, 0.7],
        [0.56, 0.46],
        [0.72, 0.24],
        [0.54, 0.08],
      ),
    ],
    [
      curve([0.5, 0.08], [0.32, 0.24], [0.48, 0.46], [0.68, 0.26], [0.5, 0.08]),
      curve([0.5, 0.46], [0.26, 0.7], [0.48, 0.92], [0.74, 0.72], [0.5, 0.46]),
    ],
  ],
  [
    [
      curve([0.7, 0.26], [0.52, 0.09], [0.3, 0.26], [0.42, 0.48], [0.66, 0.42], [0.71, 0.26]),
      curve([0.71, 0.26], [0.7, 0.6], [0.56, 0.92]),
    ],
    [curve([0.68, 0.24], [0.44, 0.1], [0.3, 0.34], [0.5, 0.52], [0.7, 0.3], [0.7, 0.6], [0.58, 0.88], [0.34, 0.9])],
  ],
];

/** The segments of a stroke, [x0, y0, x1, y1] one after another; curves are drawn with `steps` segments between two points. */
export function segments({ points, smooth }: Stroke, steps = 5): number[] {
  const out: number[] = [];
  const at = (i: number) => points[Math.min(Math.max(i, 0), points.length - 1)];
  for (let i = 0; i + 1 < points.length; i++) {
    if (!smooth) {
      out.push(...points[i], ...points[i + 1]);
      continue;
    }
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const spline = (t: number, axis: 0 | 1) =>
      0.5 *
      (2 * p1[axis] +
        (p2[axis] - p0[axis]) * t +
        (2 * p0[axis] - 5 * p1[axis] + 4 * p2[axis] - p3[axis]) * t * t +
        (3 * p1[axis] - p0[axis] - 3 * p2[axis] + p3[axis]) * t * t * t);
    for (let k = 0; k < steps; k++)
      out.push(spline(k / steps, 0), spline(k / steps, 1), spline((k + 1) / steps, 0), spline((k + 1) / steps, 1));
  }
  return out;
}
