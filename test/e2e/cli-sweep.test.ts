// Sweeps as a script meets them: failures, Ctrl-C, kill -9, going on, and Table I over what came of them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RunDetail, Snapshot } from '../../main/contract/results.ts';
import type { SweepSummary, Table1 } from '../../main/contract/sweeps.ts';
import { cli, cliJson, start, type CliOptions } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const options = (library: string): CliOptions => ({ library: at(library), data: at('data') });

interface Report {
  id: string;
  name: string;
  cells: { run: string | null; name: string; state: string; testAccuracy: number | null; reason: string | null }[];
}
const base = (epochs: number) => ({
  data: { dataset: 'digits', train: 200, test: 100 },
  model: { hidden: [16, 12] },
  training: { batchSize: 50, epochs, schedule: 'constant' },
  analysis: { snapshots: [0, 'last'], probe: { train: 40, test: 30 }, spectrum: false, ntk: false },
});
const write = (name: string, spec: object): string => {
  writeFileSync(at(`${name}.json`), JSON.stringify({ name, ...spec }));
  return at(`${name}.json`);
};
const rates = (...tuples: [string, number][]) => ({ 'training.optimizer, training.learningRate': tuples });
const good: [string, number][] = [
  ['sgd', 0.005],
  ['momentum', 0.005],
];
const states = (report: Report) => report.cells.map((c) => c.state);

test('what is wrong is refused in one line, and nothing is written', async () => {
  const o = options('none');
  const wrong = write('wrong', { base: base(3), grid: { 'training.batchSize': [50, 500] } });
  for (const [args, message] of [
    [[wrong], /^cell 2 \(batchSize=500\): training.batchSize: expected 1 … 200/],
    [['demo'], /^demo: expected a sweep, got one run; start it with: kernelscope run demo$/],
    [['section-5', '--set', 'model.skip=true'], /^--set model.skip: expected a field that the grid does not vary/],
    [['section-5-smal'], /did you mean section-5-small\?$/],
    [['section-5-small'], /cifar/],
    [['demo.json', '--jobs', '0'], /^--jobs: expected a whole number 1 … 64, got "0"$/],
  ] as const) {
    const { status, lines, out } = await cli(['sweep', ...args], o);
    expect([status, out, lines.length]).toEqual([2, '', 1]);
    expect(lines[0]).toMatch(message);
  }
  const run = await cli(['run', 'section-5'], o);
  expect([run.status, run.lines]).toEqual([
    2,
    ['section-5: expected one run, got a sweep of 48; start it with: kernelscope sweep section-5'],
  ]);
  const cost = await cliJson<{ size: number; seconds: number }>(['sweep', 'section-5-small', '--dry-run'], o);
  expect(cost.size).toBe(48);
  expect(cost.seconds).toBeGreaterThan(0);
  expect(await cliJson<SweepSummary[]>(['sweep', '--list'], o)).toEqual([]);
  expect(existsSync(at('none'))).toBe(false);
});

test('failures are told and stop nothing; what is done is not done again; Table I over it', async () => {
  const o = options('failing');
  const file = write('rates', { base: base(6), grid: { ...rates(['sgd', 1e6], ...good), seed: [0, 1, 2] } });
  const first = await cli(['sweep', file, '--jobs', '2', '--json'], o);
  const report = JSON.parse(first.out) as Report;
  expect(first.status).toBe(1);
  expect(states(report)).toEqual([...Array<string>(3).fill('failed'), ...Array<string>(6).fill('done')]);
  for (const { run, name, reason } of report.cells.slice(0, 3)) expect(first.lines).toContain(`${name} (${run}): ${reason}`);
  expect(report.cells[0]).toMatchObject({
    name: 'optimizer=sgd learningRate=1000000 seed=0',
    reason: expect.stringMatching(/loss/) as string,
  });
  expect(first.err).toMatch(/^rates {2}\d+ % {2}\d\/9 runs/m);

  const second = await cli(['sweep', file, '--json'], o);
  expect([second.status, JSON.parse(second.out)]).toEqual([1, report]);
  expect(second.err).toContain('9 cells: 6 done already, 3 failed before (--retry tries again)');
  const shown = await cli(['sweep', file], o);
  expect(shown.out).toMatch(/^run +name +state +test +reason\n.*failed/);
  expect(await cliJson<SweepSummary[]>(['sweep', '--list'], o)).toMatchObject([
    { id: report.id, name: 'rates', size: 9, counts: { done: 6, failed: 3 } },
  ]);

  // Momentum against accuracy and last-layer CKA, from what `show` says of each run.
  const done = report.cells.slice(3);
  const runs = await Promise.all(done.map((c) => cliJson<RunDetail>(['show', c.run!], o)));
  const x = runs.map((r) => Number(r.config.training.optimizer === 'momentum'));
  const y = runs.map((r) => r.final!.testAccuracy);
  expect(y).toEqual(done.map((c) => c.testAccuracy));
  const mean = (v: number[]) => v.reduce((s, a) => s + a, 0) / v.length;
  const cov = (a: number[], b: number[]) => mean(a.map((v, i) => v * b[i])) - mean(a) * mean(b);
  const table = await cliJson<Table1>(['table1', 'rates', '--out', at('t.csv')], o);
  expect(table).toMatchObject({ of: { sweep: report.id, name: 'rates' }, n: 6, missing: 3, leftOut: 0 });
  const found = table.correlations.find((c) => c.row === 'Momentum' && c.column === 'Test Acc.')!;
  expect(found).toMatchObject({ n: 6, paper: 0.448 });
  expect(found.r).toBeCloseTo(cov(x, y) / Math.sqrt(cov(x, x) * cov(y, y)), 10); // the naive covariance cancels some digits
  const csv = readFileSync(at('t.csv'), 'utf8').trimEnd().split('\n');
  expect(csv).toHaveLength(1 + 44);
  expect(csv[0]).toBe('row,column,n,r,low,high,paper,signAgrees');
  expect(csv).toContain(`Momentum,Test Acc.,6,${found.r},${found.low},${found.high},0.448,${found.signAgrees}`);
  for (const ref of [report.id, report.id.slice(0, 4)]) expect(await cliJson(['table1', ref], o)).toEqual(table);
  expect(await cliJson<Table1>(['table1', 'rates', '--min-train-accuracy', '1'], o)).toMatchObject({ n: 0, leftOut: 6 });
  const people = await cli(['table1', 'rates'], o);
  expect(people.out).toMatch(/^Momentum .*\[.*\] · 0\.448 [✓✗]/m);
});

/** Long enough to be stopped in the middle: two cells of a second or more. */
const long = { base: base(1500), grid: rates(...good) };
const ends = async (o: CliOptions, report: Report) =>
  Promise.all(
    report.cells.map(async ({ run }) => {
      const { final, snapshots } = await cliJson<RunDetail & { snapshots: Snapshot['epoch'][] }>(['show', run!], o);
      return { final, snapshots };
    }),
  );

test('Ctrl-C and kill -9: the same sweep goes on and comes to the same numbers', async () => {
  const whole = options('whole');
  const file = write('long', long);
  const report = await cliJson<Report>(['sweep', file], whole);
  expect(states(report)).toEqual(['done', 'done']);
  const expected = await ends(whole, report);

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const o = options(signal);
    const running = start(['sweep', file, '--json'], o);
    // The second cell is at work when the first is done.
    await running.until(/1\/2 runs/);
    running.child.kill(signal);
    const ended = await running.ended;
    if (signal === 'SIGINT') {
      expect(ended.status).toBe(130);
      expect(states(JSON.parse(ended.out) as Report)).toEqual(['done', 'interrupted']);
      expect(ended.lines.at(-1)).toBe('long: interrupted: 1 done, 1 interrupted; what was done is kept. The same command goes on');
    }
    const again = await cli(['sweep', file, '--json'], o);
    expect(again.status).toBe(0);
    expect(again.err).toMatch(/2 cells: 1 done already, 1 resumed/);
    const after = JSON.parse(again.out) as Report;
    expect(after.id).toBe(report.id);
    expect(await ends(o, after)).toEqual(expected);
  }
});
