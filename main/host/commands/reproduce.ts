// `reproduce`: the paper's statements beside what the library holds.
import { KernelscopeError } from '../../contract/errors.ts';
import type { CheckedClaim, ReproducedStudy, Reproduction, Verdict } from '../../contract/reproduce.ts';
import { table1Columns, table1Rows, type Table1Column, type Table1Row } from '../../contract/sweeps.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { decimal } from '../cli/words.ts';

const marks: Record<Verdict, string> = { passed: '✓', failed: '✗', undecided: '?', 'not-run': '–' };
const words: Record<Verdict, string> = { passed: 'passed', failed: 'failed', undecided: 'undecided', 'not-run': 'not yet run' };

function studyLines({ name, what, used, underway, stopped, presets }: ReproducedStudy): string[] {
  const small = presets[0];
  const start = small && `kernelscope ${small.sweep ? 'sweep' : 'run'} ${small.preset}`;
  const runs =
    used &&
    (used.name === null ? `${used.runs.length} ${used.runs.length === 1 ? 'model' : 'models'}` : `run ${used.name} (${used.runs[0]})`);
  const left = used && used.leftOut > 0 ? `, ${used.leftOut} more did not fit their training samples` : '';
  return [
    `${name}: ${what}`,
    used ? `  checked on ${runs}${left}` : `  no run of it is done${start ? `; start one with: ${start}` : ''}`,
    ...(used?.differs ?? []).map((d) => `  not the paper’s ${d.path}: ${d.here} (paper: ${d.paper})`),
    ...(underway.length > 0 ? [`  ${underway.length} at work or waiting`] : []),
    ...(stopped.length > 0 ? [`  ${stopped.length} stopped or failed`] : []),
  ];
}

const claimLines = ({ verdict, statement, place, measured }: CheckedClaim): string[] =>
  verdict === 'not-run'
    ? [`  ${marks[verdict]} ${statement} (${place})`]
    : [`  ${marks[verdict]} ${statement} (${place})`, `      ${measured}`];

/** The entries of Table I as a table: the verdict on the paper's sign, and r. */
function entriesTable(claims: readonly CheckedClaim[]): string[] {
  const cells = claims.flatMap(({ verdict, cell }) => (cell ? [{ verdict, ...cell }] : []));
  if (cells.length === 0) return [];
  const at = (row: Table1Row, column: Table1Column) => {
    const cell = cells.find((c) => c.row === row && c.column === column);
    return cell ? `${marks[cell.verdict]} ${cell.r === null ? '' : decimal(cell.r)} (${decimal(cell.paper)})` : '';
  };
  const rows = table1Rows.map((row) => [row, ...table1Columns.map((column) => at(row, column))]);
  return [
    '  signs of r, in brackets the paper’s',
    ...table(['', ...table1Columns], rows)
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

export function reproduceText({ studies, figures }: Reproduction): string {
  const claims = figures.flatMap((f) => f.claims);
  const sums = (Object.keys(words) as Verdict[]).map((v) => `${claims.filter((c) => c.verdict === v).length} ${words[v]}`);
  return [
    ...studies.flatMap(studyLines),
    ...figures.flatMap((f) => [
      '',
      `${f.name}  ${f.shows}`,
      ...f.claims.filter((c) => !c.cell).flatMap(claimLines),
      ...entriesTable(f.claims),
    ]),
    '',
    `${claims.length} statements: ${sums.join(', ')}`,
  ].join('\n');
}

export const reproduce: Command = {
  name: 'reproduce',
  summary: 'the paper’s statements on Figures 1–8 and Table I, each passed, failed, undecided or not yet run on this library’s runs',
  usage: '',
  details: ['Exit status 1 where a statement failed; what is undecided or not yet run is no failure.'],
  flags: {},
  words: { least: 0, most: 0, are: '' },
  async run(_, { output, services }) {
    const found = await (await services('read')).call('reproduce.get', {});
    output.document(found);
    output.line(reproduceText(found));
    const failed = found.figures.flatMap((f) => f.claims.filter((c) => c.verdict === 'failed').map((c) => c.id));
    if (failed.length > 0)
      throw new KernelscopeError(
        'failed',
        `reproduce: ${failed.length === 1 ? 'this statement' : 'these statements'} failed: ${failed.join(', ')}`,
      );
  },
};
