import { parseConfig, parseSetting, type RunConfig } from '../../contract/config.ts';
import { badInput, KernelscopeError } from '../../contract/errors.ts';
import type { Args } from '../cli/args.ts';
import type { Command, Context } from '../cli/command.ts';
import { follow } from './follow.ts';
import { meant } from './meant.ts';
import { costTable } from './presets.ts';

const flags: Command['flags'] = {
  set: { value: 'PATH=VALUE', many: true, help: 'changes a field: --set training.epochs=5' },
  name: { value: 'NAME', help: 'name of the run' },
  tag: { value: 'TAG', many: true, help: 'a tag more' },
  resume: { value: 'RUN', help: 'goes on with this run from its last checkpoint; with --device on that device' },
  'print-config': { help: 'prints the complete config and does nothing' },
  'dry-run': { help: 'prints the cost estimate and does nothing' },
};

/** The complete config of the command's words and flags. */
async function configOf(args: Args, context: Context): Promise<RunConfig> {
  const found = await meant(args.words[0], 'run', context);
  const [layer, name] = 'preset' in found ? [found.preset.config, found.preset.name] : [found.json, ''];
  const settings = args.texts('set').map(parseSetting);
  const config = parseConfig(layer, ...settings);
  const tags = [...new Set([...config.tags, ...args.texts('tag')])];
  return parseConfig(config, { tags, name: args.text('name') ?? (config.name || name) });
}

async function dryRun(config: RunConfig, { output, services }: Context): Promise<void> {
  const e = await (await services('read')).call('run.estimate', { config });
  output.document(e);
  output.line(costTable(e));
}

function checkResume(args: Args): void {
  const others = ['set', 'name', 'tag', 'print-config', 'dry-run'].filter((f) => args.on(f));
  if (others.length > 0) throw badInput(`--${others[0]}: expected without --resume, which goes on with the config that the run has`);
  if (args.words.length > 0) throw badInput(`--resume: expected nothing else, got ${args.words[0]}`);
}

export const run: Command = {
  name: 'run',
  summary: 'trains, analyses at the snapshots, stores; prints the id',
  usage: 'PRESET|CONFIG.json [--set PATH=VALUE]… [--name N] [--tag T]… | --resume RUN',
  flags,
  details: ['PRESET: one of the program or one of your own, saved on the page; presets lists both.'],
  words: { least: 0, most: 1, are: 'one PRESET or CONFIG.json' },
  async run(args, context) {
    const { output, services } = context;
    const resume = args.text('resume');
    if (resume !== undefined) {
      checkResume(args);
      const { id, state } = await (await services('read')).call('run.get', { run: resume });
      if (state === 'done') throw badInput(`--resume: expected a run that is not finished, got ${id}, which is done`);
      return follow(id, 'resume', context, args.on('device') ? context.settings.device : undefined);
    }
    if (args.words.length === 0) throw badInput('run: expected PRESET, CONFIG.json or --resume RUN, got nothing; see presets');
    const config = await configOf(args, context);
    if (args.on('print-config')) {
      output.document(config);
      output.line(JSON.stringify(config, null, 2));
      return;
    }
    if (args.on('dry-run')) return dryRun(config, context);
    // Before the library is opened for writing: a refusal leaves nothing behind.
    await (await services('read')).check(config);
    if (context.signal.aborted) throw new KernelscopeError('cancelled', 'interrupted before anything was done');
    return follow(config, 'start', context);
  },
};
