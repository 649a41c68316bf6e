// A pause through the services: states, place in the queue, seconds, every way out of it.
import { afterEach, expect, test, vi } from 'vitest';
import { BrokenProcess } from '../../../main/compute/index.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { openLibrary } from '../../../main/store/index.ts';
import { checkpoint, config, newDir } from '../store/support.ts';
import { playedCompute, settle, setUp, type Played } from './support.ts';

let toClose: { close(): Promise<void> }[] = [];
const open = (...args: Parameters<typeof setUp>) => {
  const made = setUp(...args);
  toClose.push(made.services);
  return made;
};
afterEach(async () => {
  vi.useRealTimers();
  for (const services of toClose) await services.close();
  toClose = [];
});
const cancels = () => playedCompute((job) => job.fail(new KernelscopeError('cancelled', 'stopped')));

/** As a training process does that was asked to pause at step boundaries. */
const rests = async (job: Played, epoch = 2) => {
  await job.report({ kind: 'checkpoint', checkpoint: checkpoint(epoch) });
  await job.report({ kind: 'paused' });
};

test('a paused run keeps its process and its checkpoint, lends its place, and goes on at once', async () => {
  const { compute, started } = cancels();
  const { services, library } = open(compute);
  const a = await services['run.start']({ config: config(), name: 'a' });
  const b = await services['run.start']({ config: config(), name: 'b' });
  await settle();
  let answered = false;
  const pausing = services['run.pause']({ run: 'a' }).finally(() => (answered = true));
  await settle();
  expect(started[0].asked).toEqual(['pause']);
  expect((await services['queue.get']({})).running).toMatchObject([{ id: a.id, pausing: true }]);
  expect(answered).toBe(false); // it says so once the run waits
  await rests(started[0]);
  expect(await pausing).toMatchObject({ id: a.id, state: 'paused', epoch: 2, reason: null });
  expect(library.checkpoints.get(a.id)).toEqual(checkpoint(2));
  await settle();
  expect(started.map((s) => s.input.config.name)).toEqual(['a', 'b']);
  expect(await services['queue.get']({})).toMatchObject({ running: [{ id: b.id }], paused: [{ id: a.id }], waiting: [] });
  await expect(services['run.pause']({ run: a.id })).rejects.toThrow(`run ${a.id}: is paused; only a running one can be paused`);

  const resuming = services['run.resume']({ run: a.id });
  await settle();
  await started[0].report({ kind: 'resumed' });
  expect(await resuming).toMatchObject({ state: 'running' });
  expect(started).toHaveLength(2); // the same process
  expect((await services['queue.get']({})).running.map((r) => r.id)).toEqual([b.id, a.id]); // for now one more than at a time
  started[0].done();
  expect(await services.runToEnd(a.id)).toMatchObject({ state: 'done' });
  started[1].done();
  await services.runToEnd(b.id);
});

test('a pause is taken back before it is reached; one that the run’s end overtakes answers with the end', async () => {
  const { compute, started } = cancels();
  const { services } = open(compute);
  const { id } = await services['run.start']({ config: config() });
  await settle();
  const first = services['run.pause']({ run: id });
  await settle();
  expect(await services['run.resume']({ run: id })).toMatchObject({ state: 'running' });
  expect(await first).toMatchObject({ state: 'running' });
  expect(started[0].asked).toEqual(['pause', 'resume']);
  // Its pause was under way to us while the wish was taken back.
  await started[0].report({ kind: 'paused' });
  await started[0].report({ kind: 'resumed' });
  expect(await services['run.get']({ run: id })).toMatchObject({ state: 'running' });
  const second = services['run.pause']({ run: id });
  await settle();
  started[0].done();
  expect(await second).toMatchObject({ state: 'done' });
});

test('cancelled, closed or broken while it is paused, a run is interrupted and resumes from the checkpoint of the pause', async () => {
  const { compute, started } = cancels();
  const { services, dir } = open(compute, { atOnce: 3 });
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) ids.push((await services['run.start']({ config: config(), name })).id);
  await settle();
  for (const [i, id] of ids.entries()) {
    const pausing = services['run.pause']({ run: id });
    await settle();
    await rests(started[i], i + 1);
    await pausing;
  }
  expect(await services['run.cancel']({ run: ids[0] })).toMatchObject({ state: 'interrupted', reason: 'stopped by request', epoch: 1 });
  started[1].fail(new BrokenProcess('the compute process was ended by SIGKILL'));
  await settle();
  expect(await services['run.get']({ run: ids[1] })).toMatchObject({
    state: 'interrupted',
    reason: 'the compute process was ended by SIGKILL',
  });
  await services['run.resume']({ run: ids[1] });
  await settle();
  expect(started[3].input.resume).toEqual(checkpoint(2));
  await services.close();
  toClose = [];
  const library = openLibrary(dir, { write: false, owner: 'test' });
  expect(library.runs.get(ids[2])).toMatchObject({ state: 'interrupted', reason: 'the program was closed', epoch: 3 });
  library.close();
});

test('the program dies while a run is paused: the next one marks it, and it resumes', async () => {
  const dir = newDir();
  const before = cancels();
  const dying = open(before.compute, { dir });
  const { id } = await dying.services['run.start']({ config: config() });
  await settle();
  void dying.services['run.pause']({ run: id });
  await settle();
  await rests(before.started[0]);
  dying.library.close(); // as after kill -9: nothing more is said
  toClose = [];
  const after = cancels();
  const { services } = open(after.compute, { dir });
  expect(await services['run.get']({ run: id })).toMatchObject({
    state: 'interrupted',
    reason: expect.stringMatching(/^its process 4001 ended without a word/) as string,
  });
  await services['run.resume']({ run: id });
  await settle();
  expect(after.started[0].input.resume).toEqual(checkpoint(2));
});

test('seconds of compute do not count the pause', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { compute, started } = cancels();
  const { services } = open(compute);
  const { id } = await services['run.start']({ config: config() });
  await settle();
  vi.advanceTimersByTime(3_000);
  const pausing = services['run.pause']({ run: id });
  await settle();
  await rests(started[0]);
  await pausing;
  vi.advanceTimersByTime(1_000_000);
  const resuming = services['run.resume']({ run: id });
  await settle();
  await started[0].report({ kind: 'resumed' });
  await resuming;
  vi.advanceTimersByTime(4_000);
  started[0].done();
  await services.runToEnd(id);
  expect((await services['run.get']({ run: id })).seconds).toBeCloseTo(7, 6);
});

test('a paused cell of a sweep is under way: a start leaves it alone, stopping the sweep stops it', async () => {
  const { compute, started } = cancels();
  const { services } = open(compute);
  const sweep = { name: 'seeds', base: { ...config(), name: undefined }, grid: { seed: [0, 1] } };
  const spec = JSON.parse(JSON.stringify(sweep)) as object;
  const { id } = await services['sweep.start']({ sweep: spec });
  await settle();
  const { cells } = await services['sweep.get']({ sweep: id });
  void services['run.pause']({ run: cells[0].run as string });
  await settle();
  await rests(started[0]);
  expect(await services['sweep.start']({ sweep: spec })).toMatchObject({ underway: 2, resumed: 0, created: 0 });
  expect(await services['sweep.cancel']({ sweep: id })).toMatchObject({ counts: { interrupted: 2 } });
});
