import { badInput } from '../../contract/errors.ts';
import { parseFilter, runField, unknownField } from '../../contract/filter.ts';
import type { RunSummary } from '../../contract/results.ts';
import { allRuns } from '../../rpc/all-runs.ts';
import { toListJson } from '../../services/index.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { percent } from '../cli/words.ts';

/** Ascending by value; what is not there comes last, whichever way. */
export function inOrder(a: unknown, b: unknown, down: boolean): number {
  const missing = (v: unknown) => v === null || v === undefined;
  if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
  const [x, y] = typeof a === 'number' && typeof b === 'number' ? [a, b] : [JSON.stringify(a), JSON.stringify(b)];
  return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
}

/** The order of `--sort FIELD` or `--sort FIELD:desc`. */
export function parseSort(sort: string | undefined): (a: RunSummary, b: RunSummary) => number {
  const [name, way = 'asc', ...rest] = (sort ?? 'created:desc').split(':');
  const field = runField(name);
  if (!field) throw badInput(`--sort: ${unknownField(name)}`);
  if (rest.length > 0 || (way !== 'asc' && way !== 'desc'))
    throw badInput(`--sort: expected FIELD, FIELD:asc or FIELD:desc, got ${JSON.stringify(sort)}`);
  return (a, b) => inOrder(field.read(a), field.read(b), way === 'desc');
}

export const list: Command = {
  name: 'list',
  summary: 'the runs of the library',
  usage: '[--filter EXPR] [--sort FIELD]',
  details: ['EXPR: model.kind = mlp and testAccuracy > 0.7 and (name contains "x" or not tag = demo); any column or config field.'],
  flags: {
    filter: { value: 'EXPR', help: 'only runs for which EXPR holds' },
    sort: { value: 'FIELD', help: 'a column or a config field, or FIELD:desc; default created:desc' },
  },
  words: { least: 0, most: 0, are: '' },
  async run(args, { output, services }) {
    const filter = parseFilter(args.text('filter') ?? '');
    const compare = parseSort(args.text('sort'));
    const { call } = await services('read');
    const rows = (await allRuns(call)).filter((run) => filter.test(run)).sort(compare);
    output.document(toListJson(rows));
    if (rows.length === 0) return output.line(args.text('filter') ? 'no run is chosen by this filter' : 'no runs yet');
    const head = ['id', 'name', 'state', 'created', 'dataset', 'model', 'epochs', 'train', 'test', 'tags'];
    const cells = (r: RunSummary) => {
      const created = r.created.slice(0, 16).replace('T', ' ');
      const epochs = r.epoch === r.epochs ? `${r.epochs}` : `${r.epoch}/${r.epochs}`;
      return [
        r.id,
        r.name,
        r.state,
        created,
        r.dataset,
        r.model,
        epochs,
        percent(r.trainAccuracy),
        percent(r.testAccuracy),
        r.tags.join(', '),
      ];
    };
    output.line(table(head, rows.map(cells)));
  },
};
