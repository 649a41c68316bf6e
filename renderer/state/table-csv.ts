// The table as CSV: the rows that are listed, with the columns that are shown, every number with all its digits.
import { csvOf } from '../figures/csv.ts';
import { readColumn, type Column } from './columns.ts';
import { toText } from './form.ts';
import { distinct, isGroup, statOf, type Line } from './groups.ts';

type Value = string | number | null;
const valueOf = (value: unknown): Value =>
  value === undefined || value === null ? null : typeof value === 'number' ? value : toText(value);

/** One row a run; or, of groups, one row a group: how many runs, the mean and standard deviation of each measure, the common value of
 *  everything else (values that differ with ` | ` between them). */
export function tableCsv(lines: readonly Line[], columns: readonly Column[]): string {
  // Two columns may show the same field: a number and its dot.
  const shown = columns.filter((c, i) => columns.findIndex((d) => d.sort === c.sort) === i);
  const grouped = lines.some(isGroup);
  const head = grouped ? ['name', 'n'] : ['id', 'name', 'state'];
  const rest = shown.filter((c) => !head.includes(c.sort));
  const names = rest.flatMap((c) => (grouped && c.measured ? [c.sort, `${c.sort} sd`, `${c.sort} n`] : [c.sort]));
  const rows = lines.map((line): Value[] => {
    if (!grouped && !isGroup(line)) return [line.id, line.name, line.state, ...rest.map((c) => valueOf(readColumn(c)(line)))];
    const runs = isGroup(line) ? line.runs : [line];
    const cells = rest.flatMap((c): Value[] => {
      if (!c.measured) return [runs.length === 1 ? valueOf(readColumn(c)(runs[0])) : distinct(runs, c.sort).join(' | ')];
      const stat = statOf(runs.map(readColumn(c)));
      return [stat?.mean ?? null, stat?.sd ?? null, stat?.n ?? 0];
    });
    return [line.name, runs.length, ...cells];
  });
  return csvOf({ columns: [...head, ...names], rows });
}
