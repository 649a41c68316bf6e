import { badInput, KernelscopeError } from '../../contract/errors.ts';
import { runBench } from '../bench/index.ts';
import type { Command } from '../cli/command.ts';

export const bench: Command = {
  name: 'bench',
  summary: 'the benchmarks, each with its limit and its peer',
  usage: '[--only NAME[:SIZE]] [--no-native]',
  flags: {
    only: { value: 'NAME', help: 'one workload, or one size of it (NAME:SIZE)' },
    'no-native': { help: 'without the machine’s BLAS and LAPACK' },
  },
  words: { least: 0, most: 0, are: '' },
  async run(args, { output, program, settings, signal }) {
    if (program.kind !== 'node')
      throw badInput('bench: expected to be run by Node from a checkout, where it times processes of its own; got the app’s executable');
    const stopped = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new KernelscopeError('cancelled', 'bench: interrupted; nothing is kept of it'))),
    );
    const only = args.text('only');
    const write = (text: string) => (settings.json ? output.document(JSON.parse(text)) : output.line(text));
    const { device, json } = settings;
    const { bench: entry, resources: resourcesDir } = program.paths;
    await Promise.race([
      runBench({ ...(only && { only }), json, native: !args.on('no-native'), device, entry, resourcesDir, out: write, log: output.log }),
      stopped,
    ]);
  },
};
