// A run's way through the services: queue, reports to disk and then to the page, every end.
import { expect, test } from 'vitest';
import type { Events } from '../../../main/contract/calls.ts';
import { BrokenProcess } from '../../../main/compute/index.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { openLibrary } from '../../../main/store/index.ts';
import { checkpoint, config, newDir, probe, provenance, snapshot, weights } from '../store/support.ts';
import { playedCompute, settle, setUp } from './support.ts';

const metrics = (epoch: number) => ({ epoch, trainLoss: 1, testLoss: 1, trainAccuracy: 0.5, testAccuracy: 0.4 });

test('one run at a time, in the order of their start', async () => {
  const { compute, started } = playedCompute();
  const { services } = setUp(compute);
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) ids.push((await services['run.start']({ config: config(), name })).id);
  await settle();
  const states = async () => (await services['library.list']({})).runs.map((r) => `${r.name} ${r.state}`).sort();
  expect(await states()).toEqual(['a running', 'b queued', 'c queued']);
  started[0].done();
  await settle();
  expect(await states()).toEqual(['a done', 'b running', 'c queued']);
  // What waits can be stopped before it begins, and then does not begin.
  expect(await services['run.cancel']({ run: ids[2] })).toMatchObject({ state: 'interrupted', reason: 'stopped before it began' });
  started[1].done();
  expect(await services.runToEnd(ids[1])).toMatchObject({ state: 'done' });
  expect(started.map((s) => s.input.config.name)).toEqual(['a', 'b']);
  await services.close();
});

test('two at a time, if so told', async () => {
  const { compute, started } = playedCompute();
  const { services } = setUp(compute, { atOnce: 2 });
  for (const name of ['a', 'b', 'c']) await services['run.start']({ config: config(), name });
  await settle();
  expect(started).toHaveLength(2);
  await services.close();
});

test('what is reported is on disk before the page hears of it', async () => {
  const { compute, started } = playedCompute();
  const dir = newDir();
  const reader = () => openLibrary(dir, { write: false, owner: 'page' });
  const seen: unknown[] = [];
  const { services } = setUp(compute, {
    dir,
    emit(name, payload) {
      const library = reader(); // another connection sees only what was committed
      if (name === 'run.epoch') seen.push(library.metrics.all((payload as Events['run.epoch']).id).map((m) => m.epoch));
      if (name === 'run.snapshot') seen.push(library.snapshots.epochs((payload as Events['run.snapshot']).id));
      library.close();
    },
  });
  const { id } = await services['run.start']({ config: config() });
  await settle();
  const [job] = started;
  await job.report({ kind: 'begin', provenance, layers: ['layer1', 'layer2'], probes: { train: probe(), test: probe() } });
  await job.report({ kind: 'epoch', metrics: metrics(0) });
  await job.report({ kind: 'snapshot', snapshot: snapshot(0), weights: weights(0) });
  await job.report({ kind: 'checkpoint', checkpoint: checkpoint(0) });
  await job.report({ kind: 'epoch', metrics: metrics(4) });
  await job.report({ kind: 'snapshot', snapshot: snapshot(4), weights: weights(4) });
  job.done();
  await services.runToEnd(id);
  expect(seen).toEqual([[0], [0], [0, 4], [0, 4]]);
  const detail = await services['run.get']({ run: id });
  expect(detail).toMatchObject({ state: 'done', epoch: 4, layers: ['layer1', 'layer2'], snapshots: [0, 4], provenance });
  expect(await services['run.snapshot']({ run: id, epoch: 4 })).toEqual(snapshot(4));
  await services.close();
});

test.each([
  ['a crash', new BrokenProcess('the compute process was ended by SIGSEGV'), 'interrupted', 'the compute process was ended by SIGSEGV'],
  [
    'a loss that is no number',
    new KernelscopeError('failed', 'Stopped at epoch 3: loss became NaN.'),
    'failed',
    'Stopped at epoch 3: loss became NaN.',
  ],
  [
    'a GPU that went away',
    new KernelscopeError('device-lost', 'webgpu: the device was lost (unknown)'),
    'interrupted',
    'webgpu: the device was lost (unknown); it can be resumed, also on another device',
  ],
  ['a bug', new TypeError('x is not a function'), 'failed', 'x is not a function'],
])('%s: the run says why, and can be resumed from its checkpoint', async (_, error, state, reason) => {
  const { compute, started } = playedCompute();
  const { services, events } = setUp(compute);
  const { id } = await services['run.start']({ config: config() });
  await settle();
  await started[0].report({ kind: 'checkpoint', checkpoint: checkpoint(2) });
  started[0].fail(error);
  expect(await services.runToEnd(id)).toMatchObject({ state, reason, epoch: 2 });
  expect(events.at(-1)).toMatchObject(['run.changed', { id, state, reason }]);
  expect(await services['run.resume']({ run: id })).toMatchObject({ reason: null });
  await settle();
  expect(started[1].input.resume).toEqual(checkpoint(2));
  started[1].done();
  expect(await services.runToEnd(id)).toMatchObject({ state: 'done', reason: null });
  await expect(services['run.resume']({ run: id })).rejects.toThrow('is done; there is nothing to resume');
  await services.close();
});

test('a run whose device went away goes on from its checkpoint on the one that is named; a paused run stays where it is', async () => {
  const { compute, started } = playedCompute(undefined, [{ name: 'cpu', usable: true, reason: 'there' }]);
  const { services, library } = setUp(compute);
  const { id } = await services['run.start']({ config: config(), device: 'auto' });
  await settle();
  const passedOver = [{ name: 'cuda', usable: false, reason: 'no driver' }] as const;
  await started[0].report({
    kind: 'begin',
    provenance,
    layers: [],
    probes: { train: probe(), test: probe() },
    passedOver: [...passedOver],
  });
  await started[0].report({ kind: 'checkpoint', checkpoint: checkpoint(2) });
  started[0].fail(new KernelscopeError('device-lost', 'webgpu: the device was lost (unknown)'));
  await services.runToEnd(id);
  await services['run.resume']({ run: id, device: 'cpu' });
  await settle();
  expect(started.map((s) => s.input.device)).toEqual(['auto', 'cpu']);
  expect(started[1].input.resume).toEqual(checkpoint(2));
  const lines = (await services['run.log']({ run: id })).map((l) => l.line);
  expect(lines).toContain('not on cuda: no driver');
  expect(lines).toContain('device asked for from now on: cpu');
  await started[1].report({ kind: 'paused' });
  await expect(services['run.resume']({ run: id, device: 'cpu' })).rejects.toThrow('device: expected none for a paused run');
  expect(library.runs.get(id).state).toBe('paused');
  await services.close();
});

test('a run that is stopped keeps its last checkpoint', async () => {
  const { compute, started } = playedCompute((job) => {
    void job
      .report({ kind: 'checkpoint', checkpoint: checkpoint(3) })
      .then(() => job.fail(new KernelscopeError('cancelled', 'stopped in epoch 4')));
  });
  const { services, library } = setUp(compute);
  const { id } = await services['run.start']({ config: config() });
  await settle();
  expect(await services['run.cancel']({ run: id })).toMatchObject({ state: 'interrupted', reason: 'stopped by request', epoch: 3 });
  expect(library.checkpoints.get(id)).toEqual(checkpoint(3));
  expect(started[0].cancelled).toBe(true);
  await expect(services['run.cancel']({ run: id })).rejects.toThrow('is interrupted; only a queued, running or paused one can be stopped');
  await services.close();
});

test('a full disk interrupts the run with a plain reason; the library still opens', async () => {
  const { compute, started } = playedCompute();
  const { services, library, dir } = setUp(compute, { limitBytes: 500_000 });
  const { id } = await services['run.start']({ config: config() });
  await settle();
  await started[0].report({ kind: 'snapshot', snapshot: snapshot(0), weights: weights(0) });
  await started[0].report({ kind: 'checkpoint', checkpoint: checkpoint(2, 300_000) });
  const reason = `${library.file}: the disk is full; free some space and resume the run`;
  expect(await services.runToEnd(id)).toMatchObject({ state: 'interrupted', reason });
  await services.close();
  const again = openLibrary(dir, { write: true, owner: 'test' });
  expect(again.snapshots.get(id, 0)).toEqual(snapshot(0));
  again.close();
});

test('closing stops what runs and what waits', async () => {
  const { compute, started } = playedCompute((job) => job.fail(new KernelscopeError('cancelled', 'stopped')));
  const { services, dir } = setUp(compute);
  for (const name of ['a', 'b']) await services['run.start']({ config: config(), name });
  await settle();
  await services.close();
  expect(started).toHaveLength(1);
  const library = openLibrary(dir, { write: false, owner: 'test' });
  expect(library.runs.list().map((r) => [r.state, r.reason])).toEqual([
    ['interrupted', 'the program was closed'],
    ['interrupted', 'the program was closed'],
  ]);
  library.close();
});

test('beside a writer everything can be read and nothing changed', async () => {
  const { compute } = playedCompute();
  const { services, dir } = setUp(compute);
  const { id } = await services['run.start']({ config: config() });
  const reading = setUp(compute, { library: openLibrary(dir, { write: false, owner: 'reader' }) });
  expect(await reading.services['app.info']({})).toMatchObject({
    readOnly: true,
    readOnlyReason: expect.stringContaining(`process ${process.pid} (test)`) as string,
  });
  expect((await reading.services['run.get']({ run: id })).id).toBe(id);
  const refused = { code: 'locked', message: expect.stringContaining('open for reading only: held by process') as string };
  await expect(reading.services['run.start']({ config: config() })).rejects.toMatchObject(refused);
  await expect(reading.services['run.cancel']({ run: id })).rejects.toMatchObject(refused);
  await expect(reading.services['run.rename']({ run: id, name: 'x' })).rejects.toMatchObject(refused);
  await expect(reading.services['run.delete']({ runs: [id] })).rejects.toMatchObject(refused);
  await expect(reading.services['run.resume']({ run: id })).rejects.toMatchObject(refused);
  await reading.services.close();
  await services.close();
});

test('names, tags and notes; a deleted run is out of the way', async () => {
  const { compute, started } = playedCompute();
  const { services, events } = setUp(compute);
  const { id } = await services['run.start']({ preset: 'demo', config: { tags: ['mine'] } });
  await settle();
  expect(await services['run.rename']({ run: 'demo', name: 'new' })).toMatchObject({ id, name: 'new' });
  expect(await services['run.tag']({ runs: [id, 'new'], add: ['x', 'y'], remove: ['mine'] })).toEqual({ ids: [id] });
  expect((await services['run.get']({ run: id })).tags).toEqual(['x', 'y']);
  await services['run.note']({ run: id, note: 'a note' });
  expect((await services['run.get']({ run: id })).note).toBe('a note');
  started[0].done();
  await services.runToEnd(id);
  expect(await services['run.delete']({ runs: [id] })).toEqual({ ids: [id] });
  expect(events.at(-1)).toEqual(['run.removed', { id }]);
  await expect(services['run.get']({ run: id })).rejects.toMatchObject({ code: 'not-found' });
  await services.close();
});

test.each([
  [{}, 'bad-input', 'config: expected a preset or a config, got neither'],
  [{ preset: 'nine' }, 'not-found', 'preset: expected demo | section-6-small | section-6, got "nine"'],
  [{ config: { training: { epochs: -1 } } }, 'bad-input', 'training.epochs: expected 0 … 1000000, got -1'],
  [{ config: { model: { hiden: [3] } } }, 'bad-input', 'model.hiden: unknown field'],
  [
    { config: { data: { train: 1e6 }, analysis: { probe: { train: 46_340 } }, model: { hidden: Array<number>(64).fill(16384) } } },
    'bad-input',
    'model.hidden: expected fewer units: weights, gradients and moments take 339 GB on the cpu device, which holds 3.8 GB',
  ],
])('what cannot be run is refused at the door: %j', async (asked, code, message) => {
  const { compute, started } = playedCompute();
  const { services, library } = setUp(compute);
  await expect(services['run.start'](asked)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  expect([started.length, library.runs.list().length]).toEqual([0, 0]);
  await services.close();
});
