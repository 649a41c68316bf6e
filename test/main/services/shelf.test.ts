// The list by pages, the trash and what is chosen for the page, on real libraries.
import { afterEach, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import { allRuns } from '../../../main/rpc/all-runs.ts';
import { inSlices } from '../../../main/services/slices.ts';
import type { Client } from '../../../main/contract/calls.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { config } from '../store/support.ts';
import { playedCompute, setUp, settle } from './support.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const services of open.splice(0)) await services.close();
});
function library() {
  const { compute, started } = playedCompute((job) => job.fail(new KernelscopeError('cancelled', 'cancelled')));
  const world = setUp(compute);
  open.push(world.services);
  const call = ((name: keyof typeof world.services, input: never) =>
    (world.services[name] as (i: never) => unknown)(input)) as Client['call'];
  const add = (name: string, tags: string[] = []) => {
    const { id } = world.library.runs.create({ name, config: parseConfig({ tags, seed: 3 }), device: 'cpu' });
    world.library.runs.move(id, 'interrupted', 'for the test');
    return id;
  };
  return { ...world, started, call, add };
}

test('pages of the list together are the list, and a run that comes between two of them is in neither', async () => {
  const { services, library: store, add, call } = library();
  const ids = Array.from({ length: 12 }, (_, i) => add(`r${i}`));
  const first = await services['library.list']({ limit: 5 });
  expect(first.runs.map((r) => r.name)).toEqual(['r11', 'r10', 'r9', 'r8', 'r7']);
  add('late');
  const second = await services['library.list']({ limit: 5, before: first.next as number });
  expect([second.runs.map((r) => r.name), second.total]).toEqual([['r6', 'r5', 'r4', 'r3', 'r2'], 13]);
  expect((await allRuns(call)).map((r) => r.id)).toEqual(store.runs.list().map((r) => r.id));
  expect(first.runs[0].fields).toEqual({ seed: 3 });
  expect((await services['library.list']({ states: ['done'] })).runs).toEqual([]);
  expect(ids).toHaveLength(12);
});

test('a deleted run is nowhere, comes back whole, and is gone for good once the trash is emptied', async () => {
  const { services, library: store, add, events } = library();
  const [a, b] = [add('run a', ['x']), add('b', ['x'])];
  const before = store.runs.detail(a);
  expect(await services['run.delete']({ runs: ['run a', a] })).toEqual({ ids: [a] });
  expect([store.runs.list().map((r) => r.id), store.runs.count(), store.runs.tagged('x')]).toEqual([[b], 1, [b]]);
  for (const ref of ['run a', a, a.slice(0, 5)])
    await expect(services['run.get']({ run: ref })).rejects.toMatchObject({ code: 'not-found' });
  expect(await services['trash.list']({})).toEqual([{ id: a, name: 'run a', deleted: expect.stringMatching(/^20/) as string }]);
  expect(await services['run.restore']({ runs: [a] })).toEqual({ ids: [a] });
  expect(store.runs.detail(a)).toEqual(before);
  expect(events.at(-1)).toMatchObject(['run.changed', { id: a }]);
  await expect(services['run.restore']({ runs: [b] })).rejects.toThrow(`no run "${b}" in the trash`);
  await services['run.delete']({ runs: [a, b] });
  await expect(services['trash.empty']({ runs: ['zzz'] })).rejects.toMatchObject({ code: 'not-found' });
  expect(await services['trash.empty']({})).toEqual({ ids: expect.arrayContaining([a, b]) as string[] });
  expect(await services['trash.list']({})).toEqual([]);
  expect(() => store.runs.get(a)).toThrow('no run');
});

test('one that is not there among many leaves all as they were', async () => {
  const { services, library: store, add } = library();
  const a = add('a');
  await expect(services['run.delete']({ runs: [a, 'nobody'] })).rejects.toMatchObject({ code: 'not-found' });
  await expect(services['run.tag']({ runs: [a, 'nobody'], add: ['t'], remove: [] })).rejects.toMatchObject({ code: 'not-found' });
  expect(store.runs.get(a).tags).toEqual([]);
});

test('a run at work is stopped before it goes to the trash', async () => {
  const { services, started, library: store } = library();
  const { id } = await services['run.start']({ config: config() });
  await settle();
  expect(started).toHaveLength(1);
  await services['run.delete']({ runs: [id] });
  expect((await services['trash.list']({})).map((r) => r.id)).toEqual([id]);
  await services['run.restore']({ runs: [id] });
  expect(store.runs.get(id)).toMatchObject({ state: 'interrupted', reason: 'stopped by request' });
});

test('only what has been in the trash for long is tidied away', async () => {
  const { services, library: store, add } = library();
  const a = add('a');
  await services['run.delete']({ runs: [a] });
  await services.tidy();
  expect(store.trash.has(a)).toBe(true);
  expect(store.trash.deletedBefore(new Date(Date.now() + 1000).toISOString())).toEqual([a]);
});

test('settings keep what is chosen; what is wrong, or of another version, leaves the default', async () => {
  const { services, library: store, events } = library();
  const usual = await services['settings.get']({});
  expect(usual).toMatchObject({ theme: 'system', columns: [], views: [] });
  const after = await services['settings.set']({ theme: 'dark', columns: ['name', 'seed'] });
  expect(after).toEqual({ ...usual, theme: 'dark', columns: ['name', 'seed'] });
  expect(events.at(-1)).toEqual(['settings.changed', after]);
  store.settings.put('page:theme', 'mauve');
  expect(await services['settings.get']({})).toEqual({ ...after, theme: 'system' });
});

test('slices keep the order, and let others in', async () => {
  const seen: number[] = [];
  let others = 0;
  const timer = setInterval(() => others++, 1);
  let slices = 0;
  await inSlices(
    Array.from({ length: 40 }, (_, i) => i),
    (i) => {
      seen.push(i);
      for (const end = performance.now() + 3; performance.now() < end;);
    },
    (slice) => (slices++, slice()),
  );
  clearInterval(timer);
  expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect(slices).toBeGreaterThan(4);
  expect(others).toBeGreaterThan(2);
  await inSlices([], () => expect.unreachable());
});
