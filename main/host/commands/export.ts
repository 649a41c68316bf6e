import { stat } from 'node:fs/promises';
import path from 'node:path';
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import type { Args } from '../cli/args.ts';
import type { Command, Context } from '../cli/command.ts';
import { exportKinds, type ExportKind } from '../boot.ts';
import { writeArrays } from '../export-file.ts';
import { bytes } from '../cli/words.ts';
import { epochsOf } from './figure.ts';

function kindsOf(args: Args): ExportKind[] {
  const words = (args.text('what') ?? 'metrics,alignment,spectra').split(',').map((w) => w.trim());
  return [
    ...new Set(
      words.map((w) => {
        const kind = exportKinds.find((k) => k === w);
        if (!kind) throw badInput(`--what: expected ${exportKinds.join(',')}, got ${shown(w)}`);
        return kind;
      }),
    ),
  ];
}

/** A zip where the name says so, else a folder; one that is there must be of that sort. */
async function placeOf(args: Args): Promise<{ out: string; zip: boolean }> {
  const out = args.text('out');
  if (out === undefined) throw badInput('--out: expected FILE.npz or DIR, got nothing');
  const zip = path.extname(out).toLowerCase() === '.npz';
  const there = await stat(out).catch(() => null);
  if (there && there.isDirectory() === zip)
    throw badInput(`--out: expected ${zip ? 'a file, got the folder' : 'FILE.npz or a folder, got the file'} ${out}`);
  return { out, zip };
}

/** Whole runs in one file, for another library. */
async function exportBundle(args: Args, { output, services, signal }: Context): Promise<void> {
  const other = (['what', 'epoch', 'out'] as const).find((flag) => args.on(flag));
  if (other) throw badInput(`--${other}: has no place beside --bundle, which takes whole runs`);
  const file = args.text('bundle') as string;
  if ((await stat(file).catch(() => null))?.isDirectory()) throw badInput(`--bundle: expected a file, got the folder ${file}`);
  const source = await services('read');
  const progress = output.progress(`exporting ${args.words.length === 1 ? args.words[0] : `${args.words.length} runs`}`);
  try {
    const report = await source.exportBundle(
      { runs: args.words, file },
      { signal, onProgress: (share) => progress.update({ done: share, total: 1 }) },
    );
    progress.end();
    output.document({ file, ...report });
    output.line(
      `${file}: ${report.runs.length === 1 ? '1 run' : `${report.runs.length} runs`}, ${report.arrays} arrays, ${bytes(report.bytes)}`,
    );
  } finally {
    progress.end();
  }
}

export const exportRun: Command = {
  name: 'export',
  summary: 'raw arrays of a run, for NumPy; or whole runs, for another library',
  usage: 'RUN --what KIND,… [--epoch E] --out FILE.npz|DIR, or RUN… --bundle FILE',
  details: [
    `KIND: ${exportKinds.join(', ')}; the probe sets always come along`,
    'A bundle holds everything of its runs; import takes it into another library. RUN may be a sweep, which stands for its runs that are done.',
  ],
  flags: {
    what: { value: 'KIND,…', help: 'default: metrics,alignment,spectra' },
    epoch: { value: 'E', many: true, help: 'snapshots; default: all' },
    out: { value: 'FILE.npz|DIR', help: 'where to' },
    bundle: { value: 'FILE', help: 'whole runs into this file, by custom FILE.kernelscope' },
  },
  words: { least: 1, most: 10_000, are: 'RUN…' },
  async run(args, context) {
    if (args.on('bundle')) return exportBundle(args, context);
    const { output, services, signal } = context;
    if (args.words.length > 1) throw badInput(`export: expected one RUN without --bundle, got ${args.words.length}`);
    const what = kindsOf(args);
    const { out, zip } = await placeOf(args);
    const epochs = epochsOf(args);
    const source = await services('read');
    const { id } = await source.call('run.get', { run: args.words[0] });
    const progress = output.progress(`exporting ${id}`);
    const arrays = source.exportArrays(
      { run: id, what, ...(epochs && { epochs }) },
      { signal, onProgress: (share) => progress.update({ done: share, total: 1 }) },
    );
    try {
      const written = await writeArrays(arrays, out, zip);
      progress.end();
      output.document({ run: id, out, arrays: written.map(({ name, shape, dtype }) => ({ name, shape, dtype })) });
      output.line(`${out}: ${written.length} arrays, ${bytes(written.reduce((n, w) => n + w.bytes, 0))}`);
    } finally {
      progress.end();
    }
  },
};
