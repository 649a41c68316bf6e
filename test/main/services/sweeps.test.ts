// A sweep through the services: what a start does with each cell, failures, crashes, many at a time, what is refused.
import { afterEach, expect, test } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import type { SweepDetail } from '../../../main/contract/sweeps.ts';
import type { ResnetConfig } from '../../../main/contract/config.ts';
import { cellsOf, parseSweep } from '../../../main/sweeps/index.ts';
import { BrokenProcess } from '../../../main/compute/index.ts';
import { openLibrary } from '../../../main/store/index.ts';
import { checkpoint, config, newDir, probe, provenance, snapshot, weights } from '../store/support.ts';
import { playedCompute, settle, setUp, type Played } from './support.ts';

const base = {
  data: { dataset: 'digits', train: 100, test: 50 },
  training: { batchSize: 50, epochs: 4 },
  analysis: { probe: { train: 20, test: 20 }, snapshots: [0, 2, 'last'] },
};
const sweep = (seeds: number[], change: object = {}) => ({ name: 'seeds', base: { ...base, ...change }, grid: { seed: seeds } });
const names = (started: readonly Played[]) => started.map((s) => s.input.config.name);
const states = ({ cells }: SweepDetail) => cells.map((c) => c.state);

let toClose: { close(): Promise<void> }[] = [];
const open = (...args: Parameters<typeof setUp>) => {
  const made = setUp(...args);
  toClose.push(made.services);
  return made;
};
afterEach(async () => {
  for (const services of toClose) await services.close();
  toClose = [];
});
const cancels = () => playedCompute((job) => job.fail(new KernelscopeError('cancelled', 'stopped')));

test('cells train in their order, a failure stops no other, and a second start does what is left', async () => {
  const { compute, started } = cancels();
  const { services, library } = open(compute);
  const zero = { size: 4, done: 0, takenOver: 0, underway: 0, resumed: 0, created: 0, failed: 0, left: 0 };
  const first = await services['sweep.start']({ sweep: sweep([0, 1, 2, 3]) });
  expect(first).toEqual({ ...zero, id: first.id, name: 'seeds', created: 4 });
  await settle();
  started[0].done();
  await settle();
  started[1].fail(new KernelscopeError('failed', 'Stopped at epoch 3: loss became NaN.'));
  await settle();
  await started[2].report({ kind: 'checkpoint', checkpoint: checkpoint(2) });
  started[2].fail(new BrokenProcess('the compute process was ended by SIGSEGV'));
  await settle();
  expect(names(started)).toEqual([0, 1, 2, 3].map((seed) => `seed=${seed}`));
  const now = await services['sweep.get']({ sweep: 'seeds' });
  expect(states(now)).toEqual(['done', 'failed', 'interrupted', 'running']);
  expect(now.cells.map((c) => c.reason)).toEqual([
    null,
    'Stopped at epoch 3: loss became NaN.',
    'the compute process was ended by SIGSEGV',
    null,
  ]);
  expect(now).toMatchObject({ id: first.id, size: 4, counts: { done: 1, failed: 1, interrupted: 1, running: 1 } });
  expect(now.secondsLeft).toBeGreaterThan(0);
  expect(library.runs.list().every((r) => r.tags.includes('seeds'))).toBe(true);

  const second = await services['sweep.start']({ sweep: sweep([0, 1, 2, 3]) });
  expect(second).toEqual({ ...zero, id: first.id, name: 'seeds', done: 1, failed: 1, resumed: 1, underway: 1 });
  started[3].done();
  await settle();
  expect(started[4].input).toMatchObject({ config: { seed: 2 }, resume: checkpoint(2) });
  started[4].done();
  await settle();
  expect(states(await services['sweep.get']({ sweep: first.id }))).toEqual(['done', 'failed', 'done', 'done']);
  expect((await services['sweep.get']({ sweep: first.id })).secondsLeft).toBeNull();

  const third = await services['sweep.start']({ sweep: sweep([0, 1, 2, 3]), retry: true });
  expect(third).toEqual({ ...zero, id: first.id, name: 'seeds', done: 3, resumed: 1 });
  await settle();
  started[5].done();
  await settle();
  expect(await services['sweep.list']({})).toMatchObject([{ id: first.id, counts: { done: 4 } }]);
  expect(library.runs.list()).toHaveLength(4);
});

test('the program dies: the next one takes up what was at work and what waited', async () => {
  const dir = newDir();
  const before = cancels();
  const dying = open(before.compute, { dir });
  const { id } = await dying.services['sweep.start']({ sweep: sweep([0, 1, 2]) });
  await settle();
  before.started[0].done();
  await settle();
  await before.started[1].report({ kind: 'checkpoint', checkpoint: checkpoint(1) });
  // Its connection and its lock are gone, and nothing was said: as after kill -9.
  dying.library.close();
  toClose = [];
  const after = cancels();
  const { services } = open(after.compute, { dir });
  expect(states(await services['sweep.get']({ sweep: id }))).toEqual(['done', 'interrupted', 'interrupted']);
  expect(await services['sweep.start']({ sweep: sweep([0, 1, 2]) })).toMatchObject({ id, done: 1, resumed: 2, created: 0 });
  await settle();
  expect(after.started[0].input).toMatchObject({ config: { seed: 1 }, resume: checkpoint(1) });
  after.started[0].done();
  await settle();
  expect(after.started[1].input).toMatchObject({ config: { seed: 2 }, resume: null });
});

test('so many at a time, also when that changes while they train', async () => {
  const { compute, started } = cancels();
  const { services } = open(compute);
  const all = { sweep: sweep([0, 1, 2, 3, 4, 5]) };
  await services['sweep.start']({ ...all, jobs: 2 });
  await settle();
  expect(started).toHaveLength(2);
  expect(await services['sweep.start']({ ...all, jobs: 4 })).toMatchObject({ underway: 6 });
  await settle();
  expect(started).toHaveLength(4);
  await services['sweep.start']({ ...all, jobs: 1 });
  for (const job of started.slice(0, 3)) job.done();
  await settle();
  expect(started).toHaveLength(4); // one is at work still
});

test('a run of the same config that is done is taken over, whoever made it', async () => {
  const { compute, started } = cancels();
  const { services, library } = open(compute);
  const { id } = await services['run.start']({ config: { ...config(), seed: 1, name: 'mine', tags: ['own'] } });
  await settle();
  started[0].done();
  await settle();
  const first = await services['sweep.start']({ sweep: sweep([0, 1]) });
  expect(first).toMatchObject({ takenOver: 1, created: 1 });
  const { cells } = await services['sweep.get']({ sweep: first.id });
  expect(cells[1]).toMatchObject({ run: id, name: 'mine', state: 'done' });
  expect(library.runs.get(id).tags).toEqual(['own', 'seeds']);
  await settle();
  started[1].done();
  await settle();
  // Another sweep that shares a cell with it.
  expect(await services['sweep.start']({ sweep: sweep([0, 7]) })).toMatchObject({ takenOver: 1, created: 1 });
  // A cell whose run was deleted is made again.
  await services['run.delete']({ runs: [id] });
  expect(await services['sweep.start']({ sweep: sweep([0, 1]) })).toMatchObject({ id: first.id, done: 1, created: 1 });
});

test('stopping a sweep stops its runs and no other', async () => {
  const { compute, started } = cancels();
  const { services } = open(compute);
  const { id } = await services['sweep.start']({ sweep: sweep([0, 1, 2]) });
  const other = await services['run.start']({ config: config() });
  await settle();
  expect(await services['sweep.cancel']({ sweep: id })).toMatchObject({ counts: { interrupted: 3 } });
  await settle();
  expect(started).toHaveLength(2);
  expect(await services['run.get']({ run: other.id })).toMatchObject({ state: 'running' });
});

test.each<[string, object, string]>([
  ['neither', {}, 'sweep: expected a preset or a sweep, got neither'],
  ['a cell out of range', { sweep: sweep([0, -1]) }, 'cell 2 (seed=-1): seed: expected 0 … 4294967295, got -1'],
  ['data that are not here', { sweep: sweep([0], { data: { dataset: 'mnist', train: 100, test: 50 } }) }, 'mnist'],
  ['what is too large', { sweep: sweep([0], { model: { hidden: Array<number>(64).fill(16384) } }) }, 'on the cpu device, which holds'],
  [
    'too many at a time',
    { sweep: sweep([...Array(64).keys()], { data: { dataset: 'digits', train: 1e6, test: 1e6 } }), jobs: 64 },
    'jobs: expected at most',
  ],
  ['a preset of one run', { preset: 'demo' }, 'preset: expected a sweep, got demo, which is one run'],
  ['no preset', { preset: 'nine' }, 'preset: expected section-5-small | section-5, got "nine"'],
])('%s is refused before anything is written', async (_, asked, message) => {
  const { compute, started } = cancels();
  const { services, library } = open(compute);
  const refused = { message: expect.stringContaining(message) as string };
  await expect(services['sweep.start'](asked)).rejects.toMatchObject(refused);
  await expect(services.checkSweep(asked)).rejects.toMatchObject(refused);
  expect([started.length, library.runs.list(), library.sweeps.list()]).toEqual([0, [], []]);
});

test('a reader is told who writes', async () => {
  const { compute } = cancels();
  const { services, dir } = open(compute);
  const { id } = await services['sweep.start']({ sweep: sweep([0]) });
  const reading = open(compute, { library: openLibrary(dir, { write: false, owner: 'reader' }) });
  expect(states(await reading.services['sweep.get']({ sweep: id }))).toEqual(['running']);
  for (const call of [reading.services['sweep.start']({ sweep: sweep([0]) }), reading.services['sweep.cancel']({ sweep: id })])
    await expect(call).rejects.toMatchObject({ code: 'locked' });
});

test('the presets that are sweeps have 48 cells each, and the cost of all of them', async () => {
  const { compute } = cancels();
  const { services } = open(compute);
  const all = await services['presets.list']({});
  const sweeps = all.filter((p) => p.sweep);
  expect(sweeps.map((p) => [p.name, p.sweep?.size, p.config])).toEqual([
    ['section-5-small', 48, null],
    ['section-5', 48, null],
  ]);
  const paper = cellsOf(parseSweep(sweeps[1].sweep?.spec)).map((cell) => cell.config);
  for (const { data, model, training, analysis } of paper) {
    expect([data.dataset, data.train, data.test, analysis.snapshots, analysis.ntk]).toEqual([
      'cifar10',
      50_000,
      10_000,
      [0, 25, 'last'],
      false,
    ]);
    expect(model).toMatchObject({ kind: 'resnet11', width: 1, batchNorm: true });
    expect(training).toMatchObject({ loss: 'mse', schedule: 'linear', epochs: 5000 });
  }
  // Every combination once: 2 · 2 · 3 · 4.
  const varied = paper.map(({ data, model, training: t }) =>
    JSON.stringify([(model as ResnetConfig).skip, data.augment, t.batchSize, t.optimizer, t.learningRate]),
  );
  expect(new Set(varied).size).toBe(48);
  const values = (at: number) => [...new Set(varied.map((v) => (JSON.parse(v) as unknown[])[at]))];
  expect([0, 1, 2, 3, 4].map(values)).toEqual([
    [true, false],
    [true, false],
    [512, 2048, 4096],
    ['sgd', 'momentum'],
    [0.1, 0.01],
  ]);
  const { size, estimate } = await services['sweep.estimate']({ preset: 'section-5-small' });
  expect(size).toBe(48);
  expect(sweeps[0].estimate).toEqual(estimate);
  const one = await services['sweep.estimate']({ sweep: sweep([0]) });
  const five = await services['sweep.estimate']({ sweep: sweep([0, 1, 2, 3, 4]) });
  expect(five.estimate.seconds).toBeCloseTo(5 * one.estimate.seconds, 9);
  expect(five.estimate.diskBytes).toBe(5 * one.estimate.diskBytes);
  expect(five.estimate.memoryBytes).toBe(one.estimate.memoryBytes);
  expect(five.estimate.parts.reduce((s, p) => s + p.seconds, 0)).toBeCloseTo(five.estimate.seconds, 9);
  await expect(services['run.start']({ preset: 'section-5' })).rejects.toThrow(
    'preset: expected one run, got section-5, which is a sweep of 48',
  );
});

test('Table I takes the last snapshot of the done cells, or of a tag, and filters by training accuracy', async () => {
  const { compute, started } = cancels();
  const { services } = open(compute);
  await services['sweep.start']({ sweep: sweep([0, 1, 2, 3, 4, 5]), jobs: 6 });
  await settle();
  const loss = [0.9, 0.2, 0.5, 0.7, 0.1];
  const accuracy = [0.3, 0.9, 0.4, 0.6, 0.8];
  for (const [i, job] of started.slice(0, 5).entries()) {
    await job.report({ kind: 'begin', provenance, layers: ['layer1', 'layer2'], probes: { train: probe(), test: probe() } });
    const metrics = { epoch: 4, trainLoss: loss[i], testLoss: 0, trainAccuracy: 0.9 + i / 50, testAccuracy: accuracy[i] };
    await job.report({ kind: 'epoch', metrics });
    // The first snapshots would turn the signs round.
    await job.report({ kind: 'snapshot', snapshot: snapshot(40 - 10 * i), weights: weights(0) });
    await job.report({ kind: 'snapshot', snapshot: snapshot(100 + 10 * i ** 2), weights: weights(0) });
    job.done();
  }
  await settle();
  const table = await services['sweep.table1']({ sweep: 'seeds' });
  expect(table).toMatchObject({ of: { name: 'seeds' }, n: 5, leftOut: 0, missing: 1, minTrainAccuracy: null });
  const r = (row: string, column: string) => table.correlations.find((c) => c.row === row && c.column === column)?.r;
  const deviations = (v: number[]) => v.map((x) => x - v.reduce((s, y) => s + y, 0) / v.length);
  const dot = (a: number[], b: number[]) => a.reduce((s, x, i) => s + x * b[i], 0);
  const [a, l, c] = [accuracy, loss, [0, 1, 4, 9, 16]].map(deviations);
  expect(r('Acc.', 'Loss')).toBeCloseTo(dot(a, l) / Math.sqrt(dot(a, a) * dot(l, l)), 12);
  // Alignments of the snapshots are linear in their epoch, in every layer.
  for (const row of ['CKA (Test)', 'Avg. CKA (Train)'])
    expect(r(row, 'Test Acc.')).toBeCloseTo(dot(a, c) / Math.sqrt(dot(a, a) * dot(c, c)), 12);
  expect(r('Skip', 'Loss')).toBeNull(); // perceptrons have none
  expect(r('Momentum', 'Loss')).toBeNull(); // no run has it
  expect(await services['sweep.table1']({ sweep: 'seeds', minTrainAccuracy: 0.95 })).toMatchObject({ n: 2, leftOut: 3 });
  const { id } = await services['run.start']({ config: config({ tags: ['loose'] }) });
  expect(await services['sweep.table1']({ sweep: 'loose' })).toMatchObject({ of: { tag: 'loose' }, n: 0, missing: 1 });
  // Of some runs the same, whatever they are called together.
  const runs = (await services['sweep.get']({ sweep: 'seeds' })).cells.flatMap((c) => (c.run === null ? [] : [c.run]));
  const some = await services['sweep.table1']({ runs });
  expect(some).toEqual({ ...table, of: { runs: runs.length }, missing: some.missing });
  for (const wrong of [{}, { sweep: 'seeds', runs }])
    await expect(services['sweep.table1'](wrong)).rejects.toThrow(/^sweep\.table1: expected a sweep or runs, got (neither|both)$/);
  await expect(services['sweep.table1']({ sweep: 'nothing' })).rejects.toMatchObject({ code: 'not-found' });
  expect(id).toBeTruthy();
});
