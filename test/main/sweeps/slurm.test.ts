// The scripts of a job array: bash reads them, Slurm finds its lines in them, and nothing that stands in a name becomes a command.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cellsOf, parseSweep, slurmFiles, type SlurmPlan } from '../../../main/sweeps/index.ts';

const base = { data: { dataset: 'digits', train: 100, test: 50 }, analysis: { probe: { train: 20, test: 20 } } };
function plan(more: Partial<SlurmPlan> = {}, name = 'rates'): SlurmPlan {
  const sweep = parseSweep({ name, base, grid: { 'training.batchSize': [50, 100], seed: [0, 1, 2] }, exclude: [{ seed: 1 }] });
  return {
    sweep,
    cells: cellsOf(sweep),
    id: '0a1b2c3d',
    dir: '/home/me/rates',
    command: ['/usr/bin/node', '/opt/kernelscope/cli.js'],
    data: '/data/sets',
    library: '/home/me/library',
    device: 'cpu',
    ...more,
  };
}
const directives = (script: string) => script.split('\n').flatMap((l) => (l.startsWith('#SBATCH ') ? [l.slice(8)] : []));
const bash = (args: string[], input: string) => spawnSync('bash', args, { input, encoding: 'utf8' });

test('one job for each cell, numbered as the list has them; limits where they are given', () => {
  const files = slurmFiles(plan({ jobs: 8, time: '02:30:00', cpus: 4, memory: '8G', partition: 'cpu,long' }));
  expect(directives(files['array.sh'])).toEqual([
    '--job-name=rates',
    '--output=/home/me/rates/logs/%a.txt',
    '--partition=cpu,long',
    '--array=1-4%8',
    '--time=02:30:00',
    '--cpus-per-task=4',
    '--mem=8G',
    '--signal=B:TERM@120',
    '--requeue',
  ]);
  expect(directives(slurmFiles(plan())['array.sh'])).toEqual([
    '--job-name=rates',
    '--output=/home/me/rates/logs/%a.txt',
    '--array=1-4',
    '--signal=B:TERM@120',
    '--requeue',
  ]);
  expect(files['cells.tsv']).toBe(
    ['cell\tname', '1\tbatchSize=50 seed=0', '2\tbatchSize=50 seed=2', '3\tbatchSize=100 seed=0', '4\tbatchSize=100 seed=2', ''].join('\n'),
  );
  expect(parseSweep(JSON.parse(files['sweep.json'])).spec).toEqual(plan().sweep.spec);
  expect(directives(files['collect.sh'])).toEqual([
    '--job-name=rates-collect',
    '--output=/home/me/rates/logs/collect.txt',
    '--partition=cpu,long',
  ]);
});

test.each([
  ['plain', {}, 'rates'],
  [
    'hostile',
    { command: ['/opt/it’s $(touch x)/node', "a'b\\"], data: '/data/`id`', library: '/l/"$HOME"', device: 'cpu' },
    'a; $(id)\n`x` \'"',
  ],
])('bash reads both scripts, and every word arrives as it is: %s', (_, more, name) => {
  const made = plan(more, name);
  const files = slurmFiles(made);
  for (const script of [files['array.sh'], files['collect.sh']]) {
    expect(bash(['-n'], script)).toMatchObject({ status: 0, stderr: '' });
    // As far as the places, which are then said instead of used.
    const [before] = script.split(/\n(?=cell=|library=)/);
    const say = `${before}\nprintf '%s\\0' "$dir" "$data" "\${kernelscope[@]}" "\${common[@]}"`;
    const said = spawnSync('bash', ['--norc', '-c', say], { encoding: 'utf8', env: {} });
    expect(said.stdout.split('\0').slice(0, -1)).toEqual([made.dir, made.data, ...made.command, '--data', made.data, '--device', 'cpu']);
    expect(said.stderr).toBe('');
  }
  expect(directives(files['array.sh'])[0]).toMatch(/^--job-name=[\w.-]+$/);
});

test('outside an array it says so and does nothing', () => {
  const { status, stderr } = spawnSync('bash', ['--norc', '-c', slurmFiles(plan())['array.sh']], { encoding: 'utf8', env: {} });
  expect(status).not.toBe(0);
  expect(stderr).toContain('expected a job of an array: sbatch array.sh');
});

test.each<[Partial<SlurmPlan>, string]>([
  [{ time: 'soon' }, '--time: expected minutes, HH:MM:SS or D-HH:MM:SS, got "soon"'],
  [{ time: '1:2:3' }, '--time: expected minutes, HH:MM:SS or D-HH:MM:SS, got "1:2:3"'],
  [{ memory: '8 GB' }, '--memory: expected megabytes, or a number with K, M, G or T behind it, got "8 GB"'],
  [{ partition: 'cpu\n#SBATCH --x' }, '--partition: expected names of partitions, parted by commas, got "cpu\\n#SBATCH --x"'],
  [{ dir: '/home/me/my sweeps' }, '--out: expected a path of letters, digits and . / _ - + @ only, got "/home/me/my sweeps"'],
  [{ dir: '/a%j' }, '--out: expected a path of letters, digits and . / _ - + @ only, got "/a%j"'],
])('%j is refused', (more, message) => expect(() => slurmFiles(plan(more))).toThrow(message));
