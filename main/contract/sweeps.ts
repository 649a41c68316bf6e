// Sweeps: grids of runs, and the correlations over them. What the calls about them answer.
import type { RunState } from './results.ts';

/** A sweep as it is written in a file. A key of `grid` is a field's path, whose values are listed, or several paths parted by commas, whose
 *  values vary together: a list of tuples. */
export interface SweepSpec {
  name: string;
  /** fields that all cells share, where they differ from the defaults */
  base: Record<string, unknown>;
  grid: Record<string, unknown[]>;
  /** leaves out the cells at which all fields of one of these entries have these values */
  exclude?: Record<string, unknown>[];
}

/** `none`: the cell has no run yet, or its run was deleted. */
export type CellState = RunState | 'none';

export interface SweepSummary {
  id: string;
  name: string;
  /** ISO 8601 */
  created: string;
  /** cells in all */
  size: number;
  /** cells by state; a state in which there is none is left out */
  counts: Partial<Record<CellState, number>>;
}

export interface SweepCell {
  name: string;
  /** null: it has none */
  run: string | null;
  state: CellState;
  /** epochs done, of so many; null without a run */
  epoch: number | null;
  epochs: number | null;
  testAccuracy: number | null;
  /** why it failed or was interrupted */
  reason: string | null;
}

export interface SweepDetail extends SweepSummary {
  spec: SweepSpec;
  cells: SweepCell[];
  /** until every cell that is queued or running is done; null where none is */
  secondsLeft: number | null;
}

/** What a start did with the cells; the numbers add up to `size`. */
export interface SweepStart {
  id: string;
  name: string;
  size: number;
  /** done before */
  done: number;
  /** done before under another sweep or alone, with the same config */
  takenOver: number;
  /** queued or running already */
  underway: number;
  resumed: number;
  created: number;
  /** failed before, and left so */
  failed: number;
  /** not done, and not to be trained now */
  left: number;
}

export const table1Rows = [
  'Skip',
  'Aug.',
  'Batch Size',
  'LR',
  'Momentum',
  'Loss',
  'Acc.',
  'CKA (Test)',
  'CKA (Train)',
  'Avg. CKA (Test)',
  'Avg. CKA (Train)',
] as const;
export type Table1Row = (typeof table1Rows)[number];
export const table1Columns = ['Loss', 'Test Acc.', 'CKA (Test)', 'CKA (Train)'] as const;
export type Table1Column = (typeof table1Columns)[number];

/** One Pearson correlation over runs. */
export interface Correlation {
  row: Table1Row;
  column: Table1Column;
  /** runs that have both numbers */
  n: number;
  /** null, as are the bounds: fewer than four runs, or one of the two does not vary */
  r: number | null;
  /** bounds of the 95 % interval */
  low: number | null;
  high: number | null;
  /** r in the paper's Table I */
  paper: number;
  /** r and the paper's have the same sign; null without r */
  signAgrees: boolean | null;
}

export interface Table1 {
  /** what was asked for: the sweep, the tag, or so many runs */
  of: { sweep: string; name: string } | { tag: string } | { runs: number };
  /** runs that are done and pass the filter */
  n: number;
  /** runs that are done and do not pass it */
  leftOut: number;
  /** cells or runs that are not done */
  missing: number;
  minTrainAccuracy: number | null;
  correlations: Correlation[];
}

/** A column's correlation with itself says nothing. */
export const isItself = ({ row, column }: Pick<Correlation, 'row' | 'column'>): boolean =>
  row === column || (row === 'Acc.' && column === 'Test Acc.');

/** As CSV: a row each correlation, numbers with all their digits. */
export function table1Csv({ correlations }: Table1): string {
  const head = ['row', 'column', 'n', 'r', 'low', 'high', 'paper', 'signAgrees'] as const;
  const lines = correlations.map((c) => head.map((key) => c[key] ?? '').join(','));
  return `${[head.join(','), ...lines].join('\n')}\n`;
}
