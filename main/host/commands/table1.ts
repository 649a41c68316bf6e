// `table1`: Table I over the runs of a sweep, beside the paper's.
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import { isItself, table1Columns, table1Csv, table1Rows, type Correlation, type Table1 } from '../../contract/sweeps.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { decimal } from '../cli/words.ts';
import { writeWhole } from '../files.ts';

/** "0.81 [0.67, 0.89] · 0.806 ✓": r, its interval, the paper's r, whether the signs agree */
const cellOf = ({ r, low, high, paper, signAgrees }: Correlation): string =>
  r === null
    ? `– · ${decimal(paper)}`
    : `${decimal(r)} [${decimal(low, 2)}, ${decimal(high, 2)}] · ${decimal(paper)} ${signAgrees ? '✓' : '✗'}`;

const nameOf = (of: Table1['of']): string =>
  'runs' in of ? `${of.runs} runs` : 'tag' in of ? `tag ${of.tag}` : `${of.name} (${of.sweep})`;

function about({ of, n, leftOut, missing, minTrainAccuracy, correlations }: Table1): string[] {
  const compared = correlations.filter((c) => c.signAgrees !== null && !isItself(c));
  const agree = compared.filter((c) => c.signAgrees).length;
  const parts = [
    `${n} runs`,
    ...(leftOut > 0
      ? [`${leftOut} left out${minTrainAccuracy === null ? '' : ` under ${100 * minTrainAccuracy} % training accuracy`}`]
      : []),
    ...(missing > 0 ? [`${missing} not done`] : []),
  ];
  return [
    `${nameOf(of)}: ${parts.join(', ')}`,
    'Pearson r [95 % interval] · the paper’s r and whether the sign is the same (✓ ✗)',
    `signs: ${agree} of ${compared.length} as in the paper, without the four of a column with itself`,
  ];
}

export const table1: Command = {
  name: 'table1',
  summary: 'Pearson correlations of Table I over the runs of a sweep, with 95 % intervals, beside the paper’s',
  usage: 'SWEEP | RUN RUN… [--min-train-accuracy A] [--out FILE.csv]',
  details: [
    'SWEEP: its name, its id or a unique beginning of that; else a tag, and then all runs that have it. Or two runs and more.',
    'CKA: of the last probed layer with the target at the last snapshot; Avg. CKA: its mean over the probed layers.',
  ],
  flags: {
    'min-train-accuracy': { value: 'A', help: 'only runs that reached it, 0 … 1; the paper takes 0.95' },
    out: { value: 'FILE.csv', help: 'writes the table as CSV, a row each correlation' },
  },
  words: { least: 1, most: 10_000, are: 'SWEEP or RUN RUN…' },
  async run(args, { output, services }) {
    const least = args.number('min-train-accuracy', 0, 1);
    const out = args.text('out');
    if (out !== undefined && !/\.csv$/i.test(out)) throw badInput(`--out: expected FILE.csv, got ${shown(out)}`);
    const { call } = await services('read');
    const of = args.words.length > 1 ? { runs: args.words } : { sweep: args.words[0] };
    const found = await call('sweep.table1', { ...of, ...(least !== undefined && { minTrainAccuracy: least }) });
    if (out !== undefined) await writeWhole(out, table1Csv(found));
    output.document(found);
    const [title, key, signs] = about(found);
    output.line(title);
    const at = (row: string) => found.correlations.filter((c) => c.row === row);
    output.line(
      table(
        ['', ...table1Columns],
        table1Rows.map((row) => [row, ...at(row).map(cellOf)]),
      ),
    );
    for (const line of [key, signs]) output.line(line);
  },
};
