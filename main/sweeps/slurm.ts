// A sweep as a Slurm job array: each job trains one cell in a library of its own, since a library has one writer, and leaves it as a bundle;
// the collector takes the bundles into one library and makes the sweep of them.
import { shown } from '../contract/config.ts';
import { badInput } from '../contract/errors.ts';
import type { Cell, Sweep } from './grid.ts';

/** What the scheduler is asked for; what is left out is the cluster's own choice. */
export interface SlurmLimits {
  /** jobs at a time */
  jobs?: number | undefined;
  /** minutes, MM:SS, HH:MM:SS, D-HH, D-HH:MM or D-HH:MM:SS */
  time?: string | undefined;
  cpus?: number | undefined;
  /** of a job; megabytes, or with K M G T behind it */
  memory?: string | undefined;
  partition?: string | undefined;
}
export interface SlurmPlan extends SlurmLimits {
  sweep: Sweep;
  cells: readonly Cell[];
  /** of the sweep in a library that knows no other */
  id: string;
  /** where the files will lie: an absolute path that the cluster's machines see too */
  dir: string;
  /** the program with the words in front of its own: `/usr/bin/node /opt/kernelscope/dist/node/cli.js` */
  command: readonly string[];
  /** folders: of datasets, and the library that the collector fills */
  data: string;
  library: string;
  device: string;
}

const forms = { time: /^(\d+-)?\d+(:\d{2}){0,2}$/, memory: /^[1-9]\d*[KMGT]?$/, partition: /^[\w.-]+(,[\w.-]+)*$/ } as const;
const accepted = {
  time: 'minutes, HH:MM:SS or D-HH:MM:SS',
  memory: 'megabytes, or a number with K, M, G or T behind it',
  partition: 'names of partitions, parted by commas',
} as const;

/** @throws KernelscopeError `bad-input` naming the flag: what goes into a script is nothing but what is meant */
export function checkLimits(limits: SlurmLimits, dir: string): void {
  for (const key of ['time', 'memory', 'partition'] as const) {
    const value = limits[key];
    if (value !== undefined && !forms[key].test(value)) throw badInput(`--${key}: expected ${accepted[key]}, got ${shown(value)}`);
  }
  // Slurm reads its lines by rules of its own, in which a blank parts words and % stands for a number.
  if (!/^[\w./+@-]+$/.test(dir)) throw badInput(`--out: expected a path of letters, digits and . / _ - + @ only, got ${shown(dir)}`);
}

/** A word for bash. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
const oneLine = (text: string) => text.replaceAll(/[\t\r\n]+/g, ' ');

const head = (plan: SlurmPlan, job: string, output: string, more: readonly (string | null)[]) => {
  const name = plan.sweep.name.replaceAll(/[^\w.-]+/g, '-');
  const partition = plan.partition === undefined ? null : `--partition=${plan.partition}`;
  const lines = [`--job-name=${name}${job}`, `--output=${plan.dir}/logs/${output}.txt`, partition, ...more];
  return ['#!/bin/bash', ...lines.filter((line) => line !== null).map((line) => `#SBATCH ${line}`)];
};
/** What both scripts begin with. Another installation or library: by the environment. */
const places = ({ command, dir, data, device }: SlurmPlan) => [
  'set -u',
  `dir=${quoted(dir)}`,
  `data=\${KERNELSCOPE_DATA:-${quoted(data)}}`,
  `kernelscope=(${command.map(quoted).join(' ')})`,
  `common=(--data "$data" --device ${quoted(device)})`,
];

function arrayScript(plan: SlurmPlan): string {
  const { jobs, time, cpus, memory, cells, id } = plan;
  return [
    ...head(plan, '', '%a', [
      `--array=1-${cells.length}${jobs === undefined ? '' : `%${jobs}`}`,
      time === undefined ? null : `--time=${time}`,
      cpus === undefined ? null : `--cpus-per-task=${cpus}`,
      memory === undefined ? null : `--mem=${memory}`,
      '--signal=B:TERM@120',
      '--requeue',
    ]),
    `# ${oneLine(plan.sweep.name)}: one cell a job. cells.tsv says which is which. Two minutes before its time is over a job is told to stop;`,
    '# submitted again it goes on from its last checkpoint, and one that is done is not done again.',
    ...places(plan),
    'cell=${SLURM_ARRAY_TASK_ID:?expected a job of an array: sbatch array.sh}',
    'library="$dir/cells/$cell"',
    '"${kernelscope[@]}" sweep "$dir/sweep.json" --cell "$cell" --library "$library" "${common[@]}" &',
    'task=$!',
    `trap 'kill -TERM "$task" 2>/dev/null' TERM`,
    'wait "$task"',
    'status=$?',
    '# A signal ends the first wait, not the program.',
    'if kill -0 "$task" 2>/dev/null; then wait "$task"; status=$?; fi',
    '[ "$status" -eq 0 ] || exit "$status"',
    `exec "\${kernelscope[@]}" export ${quoted(id)} --bundle "$dir/bundles/$cell.kernelscope" --library "$library"`,
    '',
  ].join('\n');
}

function collectScript(plan: SlurmPlan): string {
  return [
    ...head(plan, '-collect', 'collect', []),
    '# Takes what is done so far into the library and says what is missing. May be run again, and by hand: bash collect.sh',
    ...places(plan),
    `library=\${KERNELSCOPE_LIBRARY:-${quoted(plan.library)}}`,
    'shopt -s nullglob',
    'for bundle in "$dir"/bundles/*.kernelscope; do',
    '  "${kernelscope[@]}" import "$bundle" --library "$library" || exit',
    'done',
    'exec "${kernelscope[@]}" sweep "$dir/sweep.json" --take-over --library "$library" "${common[@]}"',
    '',
  ].join('\n');
}

/** The files of a job array, by their names in `dir`. */
export function slurmFiles(plan: SlurmPlan): Record<'sweep.json' | 'cells.tsv' | 'array.sh' | 'collect.sh', string> {
  checkLimits(plan, plan.dir);
  const rows = plan.cells.map(({ config }, i) => `${i + 1}\t${oneLine(config.name)}`);
  return {
    'sweep.json': `${JSON.stringify(plan.sweep.spec, null, 2)}\n`,
    'cells.tsv': `${['cell\tname', ...rows].join('\n')}\n`,
    'array.sh': arrayScript(plan),
    'collect.sh': collectScript(plan),
  };
}
