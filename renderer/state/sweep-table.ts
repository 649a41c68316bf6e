// The grid of a sweep as a table: two axes as rows and columns, the others within its cells.
import { gridSize, stepsAt, type GridAxis, type LeaveOut } from '../../main/contract/sweep-grid.ts';
import { shortValue } from './ranges.ts';

export interface TableCell {
  row: number;
  column: number;
  /** of the whole grid */
  places: readonly number[];
  /** places that are not left out */
  left: number;
  /** of one run, the mean over those that are left; null while it is not known */
  seconds: number | null;
}
export interface SweepTable {
  rows: readonly string[];
  columns: readonly string[];
  cells: readonly (readonly TableCell[])[];
}

const lastPart = (path: string): string =>
  path
    .split('.')
    .slice(path.startsWith('analysis.probe') ? 1 : -1)
    .join('.');
export const axisName = (axis: GridAxis): string => axis.paths.map(lastPart).join(', ');
export const stepName = (axis: GridAxis, step: number): string => axis.tuples[step].map(shortValue).join(', ');

/** The axes that are rows and columns unless a person chooses: the first two, seeds last. Of one axis alone, it is the columns. */
export function usualLayout(axes: readonly GridAxis[]): { rows: number | null; columns: number } {
  const order = axes.map((_, i) => i).sort((a, b) => Number(axes[a].paths.includes('seed')) - Number(axes[b].paths.includes('seed')));
  return axes.length < 2 ? { rows: null, columns: 0 } : { rows: order[0], columns: order[1] };
}

/** rows, columns: which axes; null: a single row. out: whether each place is left out. seconds: of each place */
export function tableOf(
  axes: readonly GridAxis[],
  { rows, columns }: { rows: number | null; columns: number },
  out: readonly boolean[],
  seconds: readonly (number | null)[] | null,
): SweepTable {
  const steps = (axis: number | null) => (axis === null ? [''] : axes[axis].tuples.map((_, step) => stepName(axes[axis], step)));
  const [rowNames, columnNames] = [steps(rows), steps(columns)];
  const places = rowNames.map(() => columnNames.map((): number[] => []));
  for (let place = 0; place < gridSize(axes); place++) {
    const at = stepsAt(axes, place);
    places[rows === null ? 0 : at[rows]][at[columns]].push(place);
  }
  const cells = places.map((line, row) =>
    line.map((inside, column): TableCell => {
      const left = inside.filter((p) => !out[p]);
      const known = seconds ? left.flatMap((p) => seconds[p] ?? []) : [];
      const mean = known.length > 0 && known.length === left.length ? known.reduce((s, x) => s + x, 0) / known.length : null;
      return { row, column, places: inside, left: left.length, seconds: mean };
    }),
  );
  return { rows: rowNames, columns: columnNames, cells };
}

const tupleRule = (axis: GridAxis, step: number): [string, unknown][] => axis.paths.map((path, i) => [path, axis.tuples[step][i]]);

/** Rules that leave out just these places: whole cells of the table by one rule, other places one by one. */
export function rulesFor(
  axes: readonly GridAxis[],
  table: SweepTable,
  layout: { rows: number | null; columns: number },
  out: readonly boolean[],
): LeaveOut[] {
  return table.cells.flat().flatMap(({ row, column, places }): LeaveOut[] => {
    const gone = places.filter((p) => out[p]);
    if (gone.length === 0) return [];
    if (gone.length === places.length)
      return [
        Object.fromEntries([
          ...(layout.rows === null ? [] : tupleRule(axes[layout.rows], row)),
          ...tupleRule(axes[layout.columns], column),
        ]),
      ];
    return gone.map((place) => Object.fromEntries(stepsAt(axes, place).flatMap((step, i) => tupleRule(axes[i], step))));
  });
}

/** Rules all of whose values still stand in the grid, at one place at least; those that became idle change nothing and go. */
export const rulesThatHold = (axes: readonly GridAxis[], rules: readonly LeaveOut[]): LeaveOut[] =>
  rules.filter((rule) => {
    const paths = Object.keys(rule);
    return (
      paths.length > 0 &&
      paths.every((path) => axes.some((a) => a.paths.includes(path))) &&
      axes.every((axis) =>
        axis.tuples.some((tuple) =>
          axis.paths.every((path, i) => !(path in rule) || JSON.stringify(rule[path]) === JSON.stringify(tuple[i])),
        ),
      )
    );
  });
