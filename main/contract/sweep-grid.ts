// The places of a sweep's grid: one for every combination of its axes' steps, the last axis fastest, and those that rules leave out.

/** Fields that vary together: one tuple of values a step. */
export interface GridAxis {
  paths: readonly string[];
  tuples: readonly (readonly unknown[])[];
}
/** Leaves out every place at which these fields have these values. */
export type LeaveOut = Readonly<Record<string, unknown>>;

export const mostCells = 10_000;

export const gridSize = (axes: readonly GridAxis[]): number => axes.reduce((n, a) => n * a.tuples.length, 1);

/** The step on each axis at a place. */
export function stepsAt(axes: readonly GridAxis[], place: number): number[] {
  const steps = Array<number>(axes.length);
  let rest = place;
  for (let i = axes.length - 1; i >= 0; i--) {
    const n = axes[i].tuples.length;
    steps[i] = rest % n;
    rest = (rest - steps[i]) / n;
  }
  return steps;
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** The steps of each axis at which a rule holds. */
const matching = (axes: readonly GridAxis[], rule: LeaveOut): number[][] =>
  axes.map(({ paths, tuples }) =>
    tuples.flatMap((tuple, step) => (paths.every((path, i) => !(path in rule) || same(rule[path], tuple[i])) ? [step] : [])),
  );

/** The places at which a rule holds. */
export const placesOf = (axes: readonly GridAxis[], rule: LeaveOut): number[] =>
  matching(axes, rule).reduce<number[]>((places, steps, i) => places.flatMap((p) => steps.map((s) => p * axes[i].tuples.length + s)), [0]);

/** Whether each place of the grid is left out. */
export function leftOut(axes: readonly GridAxis[], rules: readonly LeaveOut[]): boolean[] {
  const out = Array<boolean>(gridSize(axes)).fill(false);
  for (const rule of rules) for (const place of placesOf(axes, rule)) out[place] = true;
  return out;
}
