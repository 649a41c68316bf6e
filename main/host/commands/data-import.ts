// `data import`: a dataset of one's own.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { badInput } from '../../contract/errors.ts';
import type { Services } from '../boot.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';

type Report = Awaited<ReturnType<Services['importDataset']>>;
const shownRefusals = 20;

function importText(r: Report): string {
  const { counts, split, shape, refused } = r;
  const rows = r.classes.map((c) => [c.name, `${c.train}`, `${c.test}`]);
  const how = split.kind === 'own' ? '' : `; the test samples were drawn, a fifth of all, by seed ${split.seed}`;
  const left = refused.slice(0, shownRefusals).map(({ file, reason }) => `  ${file}: ${reason}`);
  if (refused.length > shownRefusals) left.push(`  … and ${refused.length - shownRefusals} more (all with --json)`);
  return [
    `${r.name}: ${counts.train} training and ${counts.test} test samples of ${shape.join(' × ')}${how}`,
    table(['class', 'training', 'test'], rows),
    ...(left.length > 0 ? [`left out: ${refused.length}`, ...left] : []),
    `in ${r.folder}; a run takes it with --set data.dataset=${r.name}`,
  ].join('\n');
}

export const dataImport: Command = {
  name: 'data import',
  summary: 'takes a dataset of your own: IDX, CIFAR binary, NPZ, or folders of PNG and JPEG',
  usage: 'PATH --name N [--seed S]',
  details: [
    'PATH is a folder of IDX files (…images-idx3-ubyte with …labels-idx1-ubyte), of CIFAR-10’s .bin files, or of one folder for each class with',
    'PNG or JPEG images, with train/ and test/ above them or not; or an NPZ with x (n, …) and y (n). Whole numbers 0 … 255 are pixels.',
    'Images are at most 256 × 256, of one size. Without test samples of its own, a fifth is drawn.',
  ],
  flags: {
    name: { value: 'N', help: 'what it will be called, as data.dataset' },
    seed: { value: 'S', help: 'of the draw of test samples; 0 unless given' },
  },
  words: { least: 1, most: 1, are: 'PATH' },
  async run(args, { output, services, signal }) {
    const name = args.text('name');
    if (name === undefined) throw badInput('--name: expected a name for the dataset, got none');
    const from = path.resolve(args.words[0]);
    await stat(from); // what is not there is said before a process is started for it
    const seed = args.number('seed', 0, 2 ** 32 - 1, true) ?? 0;
    const progress = output.progress(`importing ${name}`);
    try {
      const { importDataset } = await services('read');
      const onProgress = (share: number) => progress.update({ done: share, total: 1 });
      const report = await importDataset({ name, from, seed, signal, onProgress });
      progress.end();
      output.document(report);
      output.line(importText(report));
    } finally {
      progress.end();
    }
  },
};
