// `sweep slurm`: a sweep as a job array for a cluster.
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { badInput } from '../../contract/errors.ts';
import { cellsOf, checkLimits, configHash, slurmFiles, sweepHash } from '../../services/index.ts';
import type { Command } from '../cli/command.ts';
import { writeWhole } from '../files.ts';
import { sweepMeant } from './meant.ts';

/** A folder that is not there, is empty, or holds the same sweep already. */
async function checkFolder(dir: string, sweep: string): Promise<void> {
  let there: string[];
  try {
    there = await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (there.length === 0) return;
  const same = there.includes('sweep.json') && (await readFile(path.join(dir, 'sweep.json'), 'utf8')) === sweep;
  if (!same) throw badInput(`--out: expected a new or an empty folder, or that of the same sweep, got ${dir}`);
}

export const sweepSlurm: Command = {
  name: 'sweep slurm',
  summary: 'a sweep as a Slurm job array, one cell a job, and the collector for it',
  usage: 'PRESET|SWEEP.json --out DIR [--jobs N] [--time T] [--cpus N] [--memory M] [--partition P] [--set PATH=VALUE]… [--name N]',
  details: [
    'Writes array.sh (sbatch array.sh), collect.sh, sweep.json and cells.tsv, which says what cell each job of the array trains.',
    'Each job has a library of its own in DIR/cells and leaves its run in DIR/bundles; collect.sh takes these into the library of --library.',
    'All machines must see DIR, this program and --data under the same paths.',
  ],
  flags: {
    out: { value: 'DIR', help: 'where to; a new or an empty folder, or that of the same sweep' },
    jobs: { value: 'N', help: 'how many jobs at a time; default: as many as the cluster lets' },
    time: { value: 'T', help: 'time limit of a job: minutes, HH:MM:SS or D-HH:MM:SS' },
    cpus: { value: 'N', help: 'processors of a job' },
    memory: { value: 'M', help: 'memory of a job: megabytes, or 8G' },
    partition: { value: 'P', help: 'the partition' },
    set: { value: 'PATH=VALUE', many: true, help: 'changes a field that all cells share; makes another sweep' },
    name: { value: 'NAME', help: 'another name for it; makes another sweep' },
  },
  words: { least: 1, most: 1, are: 'one PRESET or SWEEP.json' },
  async run(args, context) {
    const { output, settings } = context;
    const out = args.text('out');
    if (out === undefined) throw badInput('--out: expected a folder for the scripts, got nothing');
    const dir = path.resolve(out);
    const [jobs, cpus] = [args.number('jobs', 1, 10_000, true), args.number('cpus', 1, 1024, true)];
    const limits = { jobs, cpus, time: args.text('time'), memory: args.text('memory'), partition: args.text('partition') };
    checkLimits(limits, dir);
    const sweep = await sweepMeant(args, context);
    const cells = cellsOf(sweep);
    const hash = sweepHash(
      sweep.name,
      cells.map((cell) => configHash(cell.config)),
    );
    const { data, library, device } = settings;
    const command = [process.execPath, path.resolve(process.argv[1])];
    const files = slurmFiles({ ...limits, sweep, cells, id: hash.slice(0, 8), dir, command, data, library, device });
    await checkFolder(dir, files['sweep.json']);
    for (const folder of ['logs', 'cells', 'bundles']) await mkdir(path.join(dir, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await writeWhole(path.join(dir, name), text);
      if (name.endsWith('.sh')) await chmod(path.join(dir, name), 0o755);
    }
    output.document({ dir, name: sweep.name, cells: cells.length, files: Object.keys(files) });
    output.line(`${sweep.name}: ${cells.length} cells`);
    output.line(`sbatch ${path.join(dir, 'array.sh')}, and when its jobs are done: bash ${path.join(dir, 'collect.sh')}`);
  },
};
