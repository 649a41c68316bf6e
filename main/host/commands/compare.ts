import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import { similarityMeasures, splits, type LayerComparison } from '../../contract/results.ts';
import { numberIn, type Args } from '../cli/args.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { decimal } from '../cli/words.ts';
import { writeWhole } from '../files.ts';

/** `--epoch E` for all runs, or `--epochs E,E,…`. */
function epochsOf(args: Args): number[] | undefined {
  const [one, many] = [args.text('epoch'), args.text('epochs')];
  if (one !== undefined && many !== undefined) throw badInput('--epoch: expected either this or --epochs, got both');
  if (one !== undefined) return [numberIn('--epoch', one, 0, 1e6, true)];
  return many?.split(',').map((e) => numberIn('--epochs', e.trim(), 0, 1e6, true));
}

const named = ({ name, run, epoch, convFeatures }: LayerComparison['snapshots'][number]) =>
  `${name || run} (${run}) at epoch ${epoch}${convFeatures === 'mean' ? ', maps averaged over space' : ''}`;

/** One table a pair: rows are the layers of the first, columns those of the second. */
function text({ measure, options, split, samples, snapshots, pairs }: LayerComparison): string {
  const with_ = Object.entries(options).map(([k, v]) => `, ${k} ${v}`);
  const tables = pairs.map(({ a, b, values }) => {
    const [first, second] = [snapshots[a], snapshots[b]];
    const rows = values.map((row, i) => [first.layers[i], ...row.map((v) => decimal(v))]);
    const head = a === b ? named(first) : `${named(first)} ↓  ${named(second)} →`;
    return `${head}\n${table(['', ...second.layers], rows)}`;
  });
  return [`${measure}${with_.join('')} on ${samples} ${split} samples`, ...tables].join('\n\n');
}

const quoted = (v: string) => (/[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v);

/** Tidy: a row for each two layers. */
export function comparisonCsv({ measure, split, samples, snapshots, pairs }: LayerComparison): string {
  const rows = pairs.flatMap(({ a, b, values }) => {
    const [first, second] = [snapshots[a], snapshots[b]];
    const cells = ({ run, epoch, layers }: typeof first, i: number) => [run, `${epoch}`, quoted(layers[i])];
    return values.flatMap((row, i) => row.map((v, j) => [measure, split, `${samples}`, ...cells(first, i), ...cells(second, j), `${v}`]));
  });
  return `${[['measure', 'split', 'samples', 'run_a', 'epoch_a', 'layer_a', 'run_b', 'epoch_b', 'layer_b', 'similarity'], ...rows]
    .map((row) => row.join(','))
    .join('\n')}\n`;
}

export const compare: Command = {
  name: 'compare',
  summary: 'layer × layer similarity of runs, or of one run at several epochs',
  usage: 'RUN… [--measure M] [--epoch E | --epochs E,E,…] [--out FILE.csv]',
  details: [
    `M: ${similarityMeasures.join(', ')}; docs/measures.md says what each sees. PWCCA takes its weights from the first run.`,
    'Runs are comparable where they were probed on the same samples: same data, seed and probe.',
  ],
  flags: {
    measure: { value: 'M', help: 'default: cka' },
    epoch: { value: 'E', help: 'the snapshot of all; default: the last of each' },
    epochs: { value: 'E,E,…', help: 'of one run: the snapshots to compare; of several: one each' },
    split: { value: 'train|test', help: 'which probe set; default: test' },
    out: { value: 'FILE.csv', help: 'the numbers, a row for each two layers' },
  },
  words: { least: 1, most: 50, are: 'RUN…' },
  async run(args, { output, services, signal }) {
    const [epochs, split, measure] = [epochsOf(args), args.choice('split', splits), args.choice('measure', similarityMeasures)];
    const out = args.text('out');
    if (out !== undefined && !/\.csv$/i.test(out)) throw badInput(`--out: expected FILE.csv, got ${shown(out)}`);
    const source = await services('read');
    const progress = output.progress('comparing');
    try {
      const found = await source.compareLayers(
        { runs: args.words, ...(epochs && { epochs }), ...(split && { split }), ...(measure && { measure }) },
        { signal, onProgress: (share) => progress.update({ done: share, total: 1 }) },
      );
      progress.end();
      if (out !== undefined) await writeWhole(out, comparisonCsv(found));
      output.document(found);
      output.line(out === undefined ? text(found) : `${out}: ${found.pairs.length === 1 ? 'one pair' : `${found.pairs.length} pairs`}`);
    } finally {
      progress.end();
    }
  },
};
