// `import`: the runs of bundles into this library.
import path from 'node:path';
import { stat } from 'node:fs/promises';
import { badInput } from '../../contract/errors.ts';
import type { BundleImport } from '../../contract/bundles.ts';
import type { Command } from '../cli/command.ts';

const named = (n: number) => (n === 1 ? '1 run' : `${n} runs`);

/** What became of the runs of one bundle, in lines. */
function importText(file: string, { runs, sweeps }: BundleImport): string {
  const fresh = runs.filter((r) => r.outcome === 'imported');
  const here = runs.length - fresh.length;
  const lines = fresh.map((r) => `  ${r.id} (${r.name})${r.id === r.was ? '' : `; its id ${r.was} belongs to another run here`}`);
  return [
    `${file}: ${named(fresh.length)} imported${here > 0 ? `, ${here} ${here === 1 ? 'was' : 'were'} here already` : ''}`,
    ...lines,
    ...sweeps.map(
      (s) => `  of the sweep ${s.name} (${s.id}): ${s.filled} of its ${s.size} cells filled${s.isNew ? '; it is new here' : ''}`,
    ),
  ].join('\n');
}

export const importBundle: Command = {
  name: 'import',
  summary: 'takes the runs of bundles into the library',
  usage: 'BUNDLE…',
  details: [
    'A BUNDLE is a file that export --bundle, or the app, wrote. All of it is checked first; of a bundle that is damaged nothing is taken.',
    'A run that is here already is left as it is; one whose id belongs to another run gets a new id. What was not over arrives interrupted.',
  ],
  flags: {},
  words: { least: 1, most: 1000, are: 'BUNDLE…' },
  async run({ words }, { output, services, signal }) {
    for (const file of words) if (!(await stat(file)).isFile()) throw badInput(`${file}: expected a bundle, got a folder or a device`);
    const target = await services('write');
    const done: ({ file: string } & BundleImport)[] = [];
    for (const file of words) {
      const progress = output.progress(`importing ${path.basename(file)}`);
      try {
        const onProgress = (share: number) => progress.update({ done: share, total: 1 });
        const taken = await target.importBundle({ file, what: file }, { signal, onProgress });
        progress.end();
        done.push({ file, ...taken });
        output.line(importText(file, taken));
      } finally {
        progress.end();
      }
    }
    output.document(done);
  },
};
