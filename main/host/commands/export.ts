import { stat } from 'node:fs/promises';
import path from 'node:path';
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import type { Args } from '../cli/args.ts';
import type { Command } from '../cli/command.ts';
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

export const exportRun: Command = {
  name: 'export',
  summary: 'raw arrays of a run, for NumPy',
  usage: 'RUN --what KIND,… [--epoch E] --out FILE.npz|DIR',
  details: [`KIND: ${exportKinds.join(', ')}; the probe sets always come along`],
  flags: {
    what: { value: 'KIND,…', help: 'default: metrics,alignment,spectra' },
    epoch: { value: 'E', many: true, help: 'snapshots; default: all' },
    out: { value: 'FILE.npz|DIR', help: 'where to' },
    bundle: { value: 'FILE', help: 'not in this version' },
  },
  words: { least: 1, most: 1, are: 'RUN' },
  async run(args, { output, services, signal }) {
    if (args.on('bundle')) throw badInput('--bundle: not in this version');
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
