// A job array without a cluster: its script run by bash as a job would, stopped, taken up again, and collected.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { SweepSummary } from '../../main/contract/sweeps.ts';
import { ensureBuilt } from '../support/built.ts';
import { cli, cliJson } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const at = (...names: string[]) => path.join(folder, ...names);
const o = { library: at('library'), data: at('data') };
const out = at('array');
const sweepFile = at('sweep.json');
beforeAll(() => {
  ensureBuilt();
  const base = {
    data: { dataset: 'digits', train: 200, test: 100 },
    model: { hidden: [16] },
    training: { batchSize: 50, epochs: 3 },
    analysis: { snapshots: [0, 'last'], probe: { train: 40, test: 30 }, spectrum: false, ntk: false },
  };
  // The second cell takes longer than a test, unless it is stopped.
  writeFileSync(sweepFile, JSON.stringify({ name: 'pair', base, grid: { 'training.epochs': [3, 100_000], seed: [7] } }));
});

/** A job of the array; `stop` sends what Slurm sends before the time is over, once the job says that it has begun. */
function job(cell: number, stop = false): Promise<{ status: number | null; err: string }> {
  const child = spawn('bash', [path.join(out, 'array.sh')], {
    env: { PATH: process.env['PATH'], HOME: folder, SLURM_ARRAY_TASK_ID: `${cell}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  let told = false;
  child.stderr.on('data', (d: Buffer) => {
    err += d.toString();
    if (stop && !told && /^pair .*epochs|epoch \d+\/100000/m.test(err)) told = child.kill('SIGTERM');
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, err })));
}
const collect = async () => {
  const child = spawn('bash', [path.join(out, 'collect.sh')], {
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d: Buffer) => (said += d.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, said };
};

test('scripts and list are written; wrong values and folders are not touched', async () => {
  for (const [args, message] of [
    [[sweepFile], /^--out: expected a folder for the scripts, got nothing$/],
    [[sweepFile, '--out', out, '--time', 'soon'], /^--time: expected minutes, HH:MM:SS or D-HH:MM:SS, got "soon"$/],
    [[sweepFile, '--out', out, '--jobs', '0'], /^--jobs: expected a whole number 1 … 10000, got "0"$/],
    [[sweepFile, '--out', at('a b')], /^--out: expected a path of letters/],
    [['demo', '--out', out], /^demo: expected a sweep, got one run/],
    [[sweepFile, '--out', folder], /^--out: expected a new or an empty folder, or that of the same sweep, got /],
  ] as const) {
    const { status, lines } = await cli(['sweep', 'slurm', ...args], o);
    expect([status, lines.length]).toEqual([2, 1]);
    expect(lines[0]).toMatch(message);
  }
  expect(readdirSync(folder)).toEqual(['sweep.json']);
  const made = await cliJson<object>(['sweep', 'slurm', sweepFile, '--out', out, '--time', '30', '--jobs', '2'], o);
  expect(made).toEqual({ dir: out, name: 'pair', cells: 2, files: ['sweep.json', 'cells.tsv', 'array.sh', 'collect.sh'] });
  expect(readFileSync(path.join(out, 'cells.tsv'), 'utf8')).toBe('cell\tname\n1\tepochs=3 seed=7\n2\tepochs=100000 seed=7\n');
  // Again, with another limit.
  expect((await cli(['sweep', 'slurm', sweepFile, '--out', out], o)).status).toBe(0);
  expect((await cli(['sweep', 'slurm', sweepFile, '--out', out, '--name', 'other'], o)).status).toBe(2);
});

test('a job trains its cell and leaves it as a bundle; one that is stopped leaves none, and keeps what it has', async () => {
  expect(await job(1)).toMatchObject({ status: 0 });
  expect(readdirSync(path.join(out, 'bundles'))).toEqual(['1.kernelscope']);
  const again = await job(1);
  expect([again.status, again.err]).toEqual([0, expect.stringContaining('2 cells: 1 done already, 1 left alone')]);
  expect(await job(2, true)).toMatchObject({ status: 130 });
  expect(existsSync(path.join(out, 'bundles', '2.kernelscope'))).toBe(false);
  const [second] = await cliJson<SweepSummary[]>(['sweep', '--list'], { ...o, library: path.join(out, 'cells', '2') });
  expect(second).toMatchObject({ name: 'pair', size: 2, counts: { none: 1, interrupted: 1 } });
  expect((await job(3)).err).toMatch(/^--cell: expected a whole number 1 … 2, got "3"$/m);
}, 120_000);

test('the collector takes what is done and says what is missing; it may be run again', async () => {
  for (let i = 0; i < 2; i++) {
    const { status, said } = await collect();
    expect(said).toContain(i === 0 ? '1 run imported' : '0 runs imported, 1 was here already');
    expect(said).toMatch(
      i === 0 ? /of the sweep pair \([0-9a-f]{8}\): 1 of its 2 cells filled; it is new here/ : /: 0 of its 2 cells filled$/m,
    );
    expect(said).toContain('epochs=100000 seed=7 (no run): none');
    expect(status).toBe(1);
  }
  const [found] = await cliJson<SweepSummary[]>(['sweep', '--list'], o);
  // The bundle says where its run belongs.
  const { out: shown } = await cli(['show', 'epochs=3 seed=7'], o);
  expect(shown).toContain(`a cell of the sweep pair (${found.id})`);
  expect(await cliJson<object>(['show', 'epochs=3 seed=7'], o)).toMatchObject({ sweeps: [{ id: found.id, name: 'pair' }] });
  expect(found).toMatchObject({ name: 'pair', size: 2, counts: { done: 1, none: 1 } });
  const refused = await cli(['sweep', sweepFile, '--take-over', '--cell', '1'], o);
  expect([refused.status, refused.lines]).toEqual([2, ['--cell: expected without --take-over, which trains nothing']]);
}, 120_000);
