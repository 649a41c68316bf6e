// `sweep`: a grid of runs, gone on with where it stopped.
import { badInput, KernelscopeError } from '../../contract/errors.ts';
import { cellsOf, type Sweep } from '../../services/index.ts';
import type { Args } from '../cli/args.ts';
import type { Command, Context } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import type { SweepSpec } from '../../contract/sweeps.ts';
import { followSweep, stateWords } from './follow-sweep.ts';
import { sweepMeant } from './meant.ts';
import { costTable } from './presets.ts';

async function dryRun(sweep: SweepSpec, { output, services }: Context): Promise<void> {
  const { size, estimate } = await (await services('read')).call('sweep.estimate', { sweep });
  output.document({ name: sweep.name, size, ...estimate });
  output.line(`${sweep.name}: ${size} runs`);
  output.line(costTable(estimate));
}

async function list({ output, services }: Context): Promise<void> {
  const all = await (await services('read')).call('sweep.list', {});
  output.document(all);
  if (all.length === 0) return output.line('no sweeps yet');
  const rows = all.map((s) => [s.id, s.name, s.created.slice(0, 16).replace('T', ' '), `${s.size}`, stateWords(s.counts)]);
  output.line(table(['id', 'name', 'created', 'cells', 'states'], rows));
}

/** The cells that are to be trained, by `--cell` and `--take-over`; undefined: all. */
function onlyOf(args: Args, sweep: Sweep): number[] | undefined {
  const cell = args.number('cell', 1, cellsOf(sweep).length, true);
  if (!args.on('take-over')) return cell === undefined ? undefined : [cell];
  const other = ['cell', 'jobs', 'retry', 'dry-run'].find((flag) => args.on(flag));
  if (other !== undefined) throw badInput(`--${other}: expected without --take-over, which trains nothing`);
  return [];
}

export const sweep: Command = {
  name: 'sweep',
  summary: 'the grid of runs of a sweep; started again it goes on where it stopped',
  usage: 'PRESET|SWEEP.json [--jobs N] [--retry] [--cell N | --take-over] [--dry-run] [--set PATH=VALUE]… [--name N] | --list',
  details: [
    'PRESET: one of the program or one of your own, saved on the page; presets lists both.',
    'SWEEP.json: {"name": "rates", "base": {fields that all share}, "grid": {"training.batchSize": [50, 100],',
    '  "training.optimizer, training.learningRate": [["sgd", 0.1], ["adam", 0.001]]}}; paths parted by commas vary together.',
    'A run that is done is not done again, an interrupted one goes on, a failed one stays unless --retry; failures stop no other run.',
  ],
  flags: {
    jobs: { value: 'N', help: 'how many runs train at a time; default 1' },
    retry: { help: 'failed runs too, from their last checkpoints' },
    set: { value: 'PATH=VALUE', many: true, help: 'changes a field that all cells share; makes another sweep' },
    name: { value: 'NAME', help: 'another name for it; makes another sweep' },
    cell: { value: 'N', help: 'only this one of its cells, counted from 1: what a job of an array does (sweep slurm)' },
    'take-over': { help: 'trains nothing: the sweep as far as its runs are in the library, done' },
    'dry-run': { help: 'prints the cost estimate of all cells and does nothing' },
    list: { help: 'the sweeps of the library' },
  },
  words: { least: 0, most: 1, are: 'one PRESET or SWEEP.json' },
  async run(args, context) {
    const jobs = args.number('jobs', 1, 64, true);
    if (args.on('list')) {
      if (args.words.length > 0) throw badInput(`--list: expected nothing else, got ${args.words[0]}`);
      return list(context);
    }
    if (args.words.length === 0) throw badInput('sweep: expected PRESET or SWEEP.json, got nothing; see presets');
    const wanted = await sweepMeant(args, context);
    const { spec } = wanted;
    const only = onlyOf(args, wanted);
    if (args.on('dry-run')) return dryRun(spec, context);
    const asked = { sweep: spec, ...(jobs !== undefined && { jobs }), retry: args.on('retry'), ...(only && { only }) };
    // Before the library is opened for writing: a refusal leaves nothing behind.
    await (await context.services('read')).checkSweep(asked);
    if (context.signal.aborted) throw new KernelscopeError('cancelled', 'interrupted before anything was done');
    return followSweep(asked, context);
  },
};
