// The queue: order, hold, how many at a time, what is refused, what is told; devices and a person's own presets.
import { afterEach, expect, test } from 'vitest';
import type { CallResults } from '../../../main/contract/calls.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { Queue } from '../../../main/services/queue.ts';
import { checkpoint, config, newDir } from '../store/support.ts';
import { playedCompute, settle, setUp } from './support.ts';

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
const names = (queue: CallResults['queue.get']) => queue.waiting.map((r) => r.name);

/** So many runs a, b, c, …, of which the first is at work. */
async function started(letters: string) {
  const played = cancels();
  const made = open(played.compute);
  const ids: Record<string, string> = {};
  for (const name of letters) ids[name] = (await made.services['run.start']({ config: config(), name })).id;
  await settle();
  return { ...made, ids, jobs: played.started };
}

test('a person’s order is the order in which they begin; what is not named keeps its own', async () => {
  const { services, ids, jobs } = await started('abcde');
  expect(names(await services['queue.get']({}))).toEqual(['b', 'c', 'd', 'e']);
  await services['queue.order']({ runs: [ids['d'], 'c'] });
  expect(names(await services['queue.get']({}))).toEqual(['d', 'c', 'b', 'e']);
  for (let i = 0; i < 5; i++) {
    jobs[i].done();
    await settle();
  }
  expect(jobs.map((j) => j.input.config.name)).toEqual(['a', 'd', 'c', 'b', 'e']);
});

test.each<[string, string[], string]>([
  ['an unknown run', ['b', 'nobody'], 'run: no run "nobody"'],
  ['one that is at work', ['b', 'a'], 'is running; only waiting ones can be put in order'],
  ['one twice', ['b', 'c', 'b'], 'runs: expected each run once'],
])('%s is refused, and the order stays', async (_, runs, message) => {
  const { services } = await started('abc');
  await expect(services['queue.order']({ runs })).rejects.toThrow(message);
  expect(names(await services['queue.get']({}))).toEqual(['b', 'c']);
});

test('while it is held nothing new begins; what is at work goes on', async () => {
  const { services, jobs, ids } = await started('abc');
  expect(await services['queue.hold']({ held: true })).toMatchObject({ held: true, running: 1, waiting: 2 });
  jobs[0].done();
  await settle();
  expect(jobs).toHaveLength(1);
  expect(await services['queue.get']({})).toMatchObject({
    running: [],
    waiting: [{ id: ids['b'], state: 'queued' }, { id: ids['c'] }],
    held: true,
  });
  expect(await services['queue.hold']({ held: false })).toMatchObject({ held: false, running: 1, waiting: 1 });
  expect(jobs).toHaveLength(2);
});

test('how many at a time; time left by what the process says, or the estimate, of what is still to do', async () => {
  const { services, jobs, ids, library } = await started('abc');
  const whole = (await services['run.estimate']({ config: config() })).seconds;
  library.runs.reached(ids['b'], 1); // of four, in an earlier life
  await jobs[0].report({ kind: 'progress', epoch: 1, epochs: 4, stage: 'training', secondsLeft: 12.5, secondsPerEpoch: 4 });
  const now = await services['queue.get']({});
  expect(now.running).toMatchObject([{ id: ids['a'], name: 'a', state: 'running', epochs: 4, secondsLeft: 12.5, pausing: false }]);
  expect(now.waiting.map((r) => r.secondsLeft)).toEqual([whole * 0.75, whole]);
  expect(await services['queue.set']({ atOnce: 3 })).toMatchObject({ atOnce: 3, running: 3, waiting: 0 });
  expect(jobs).toHaveLength(3);
});

test('of many that wait so many are listed as were asked for, and all are counted', async () => {
  const { services } = await started('abcdefg');
  expect(await services['queue.get']({ limit: 2 })).toMatchObject({ waiting: [{ name: 'b' }, { name: 'c' }], waitingInAll: 6 });
});

test('every change is told, those of one turn at once', async () => {
  const { services, events, jobs } = await started('a');
  const told = () => events.flatMap(([name, payload]) => (name === 'queue.changed' ? [payload] : []));
  expect(told().at(-1)).toEqual({ running: 1, paused: 0, waiting: 0, held: false, atOnce: 1 });
  const before = told().length;
  const base = { ...JSON.parse(JSON.stringify(config())), name: undefined } as object;
  await services['sweep.start']({
    sweep: { name: 's', base: JSON.parse(JSON.stringify(base)) as object, grid: { seed: [1, 2, 3, 4, 5] } },
  });
  await settle();
  expect(told().slice(before)).toEqual([{ running: 1, paused: 0, waiting: 5, held: false, atOnce: 1 }]);
  void services['run.pause']({ run: 'a' });
  await settle();
  await jobs[0].report({ kind: 'checkpoint', checkpoint: checkpoint(1) });
  await jobs[0].report({ kind: 'paused' });
  await settle();
  expect(told().at(-1)).toMatchObject({ running: 1, paused: 1, waiting: 4 });
});

test('the queue by itself: work that rests lends its place, and takes it again also where it is taken', async () => {
  const queue = new Queue(1);
  const ends = new Map<string, () => void>();
  const rests = new Map<string, (resting: boolean) => void>();
  const add = (id: string) =>
    queue.add({
      id,
      begin: (onRest) => {
        rests.set(id, onRest);
        return new Promise((resolve) => ends.set(id, resolve));
      },
    });
  for (const id of 'abc') add(id);
  rests.get('a')?.(true);
  expect([queue.busy, queue.resting, queue.waiting]).toEqual([['b'], ['a'], ['c']]);
  rests.get('a')?.(false);
  expect([queue.busy, queue.resting, queue.waiting]).toEqual([['b', 'a'], [], ['c']]);
  ends.get('b')?.();
  await settle();
  expect([queue.busy, queue.waiting]).toEqual([['a'], ['c']]); // one at a time again
  rests.get('a')?.(true);
  ends.get('a')?.();
  await settle();
  expect([queue.busy, queue.resting]).toEqual([['c'], []]);
});

test('a run asks for the device that was named; one that is not usable here is refused with its reason', async () => {
  const { compute, started: jobs } = playedCompute(undefined, [
    { name: 'cuda', usable: false, reason: 'no NVIDIA driver' },
    { name: 'cpu', usable: true, reason: 'OpenBLAS' },
  ]);
  const { services, library } = open(compute);
  const { id } = await services['run.start']({ config: config(), device: 'cpu' });
  await settle();
  expect([jobs[0].input.device, library.runs.owner(id).device]).toEqual(['cpu', 'cpu']);
  const refused = 'device: expected auto | cpu, got cuda: no NVIDIA driver';
  await expect(services['run.start']({ config: config(), device: 'cuda' })).rejects.toThrow(refused);
  await expect(services['run.estimate']({ config: config(), device: 'cuda' })).rejects.toThrow(refused);
  const sweep = { name: 's', base: { data: { dataset: 'digits' } }, grid: { seed: [0, 1] } };
  await expect(services['sweep.start']({ sweep, device: 'cuda' })).rejects.toThrow(refused);
  await expect(services['sweep.estimate']({ sweep, device: 'cuda' })).rejects.toThrow(refused);
  await services['sweep.start']({ sweep, device: 'cpu' });
  expect(library.runs.list().map((r) => library.runs.owner(r.id).device)).toEqual(['cpu', 'cpu', 'cpu']);
});

test('what is set of the queue outlives the app, and binds no command', async () => {
  const dir = newDir();
  const shut = async ({ services }: ReturnType<typeof open>) => {
    await services.close();
    toClose = [];
  };
  const { compute, started: jobs } = cancels();
  const first = open(compute, { dir, keepsQueue: true });
  expect(first.library.settings.keys('queue')).toEqual([]);
  await first.services['queue.hold']({ held: true });
  const { data, training, analysis } = config();
  await first.services['sweep.start']({ sweep: { name: 's', base: { data, training, analysis }, grid: { seed: [0] } }, jobs: 3 });
  await shut(first);
  const again = open(compute, { dir, keepsQueue: true });
  expect(await again.services['queue.get']({})).toMatchObject({ held: true, atOnce: 3 });
  const { id } = await again.services['run.start']({ config: config() });
  await settle();
  expect([jobs.length, again.library.runs.get(id).state]).toEqual([0, 'queued']);
  await again.services['queue.set']({ atOnce: 2 });
  expect(await again.services['queue.hold']({ held: false })).toMatchObject({ held: false, atOnce: 2, running: 1 });
  await again.services['queue.hold']({ held: true });
  await shut(again);
  const command = open(compute, { dir });
  expect(await command.services['queue.get']({})).toMatchObject({ held: false, atOnce: 1 });
  await command.services['queue.set']({ atOnce: 5 });
  await shut(command);
  // What is no setting of this version is as if nothing were kept.
  const last = open(compute, { dir, keepsQueue: true });
  expect(await last.services['queue.get']({})).toMatchObject({ held: true, atOnce: 2 });
  last.library.settings.put('queue', { held: 'yes', atOnce: 1000 });
  await shut(last);
  expect(await open(compute, { dir, keepsQueue: true }).services['queue.get']({})).toMatchObject({ held: false, atOnce: 1 });
});

test('a person’s own presets stand beside the program’s, start runs, and outlive the program', async () => {
  const { compute, started: jobs } = cancels();
  const dir = newDir();
  const first = open(compute, { dir });
  const saved = await first.services['presets.save']({ name: 'mine', title: 'My net', config: { ...config(), name: '' } });
  expect(saved).toMatchObject({ name: 'mine', title: 'My net', yours: true, sweep: null });
  expect(saved.estimate?.seconds).toBeGreaterThan(0);
  await first.services['presets.save']({
    name: 'grid',
    sweep: { name: 'grid', base: { data: { dataset: 'digits' } }, grid: { seed: [0, 1] }, exclude: [{ seed: 1 }] },
  });
  await first.services.close();
  toClose = [];
  const { services, events } = open(compute, { dir });
  const list = await services['presets.list']({});
  expect(list.filter((p) => p.yours).map((p) => [p.name, p.title, p.sweep?.size])).toEqual([
    ['grid', 'grid', 1],
    ['mine', 'My net', undefined],
  ]);
  expect(list.filter((p) => !p.yours).map((p) => p.name)).toContain('demo');
  await services['run.start']({ preset: 'mine', config: { training: { epochs: 3 } } });
  await settle();
  expect(jobs[0].input.config).toMatchObject({ name: 'mine', training: { epochs: 3 }, data: { train: 100 } });
  await services['presets.save']({ name: 'mine', config: config() }); // in its place
  expect((await services['presets.list']({})).filter((p) => p.name === 'mine')).toMatchObject([{ title: 'mine' }]);
  await services['presets.remove']({ name: 'mine' });
  expect((await services['presets.list']({})).some((p) => p.name === 'mine')).toBe(false);
  expect(events.filter(([name]) => name === 'presets.changed')).toHaveLength(2);
});

test('what cannot be kept as a preset is refused, and nothing is written; one of another version is listed and can go', async () => {
  const { compute } = cancels();
  const { services, library } = open(compute);
  for (const [asked, message] of [
    [{ name: 'demo', config: {} }, 'expected one that no preset of the program has'],
    [{ name: 'x' }, 'expected a config or a sweep, got neither'],
    [{ name: 'x', config: {}, sweep: {} }, 'expected a config or a sweep, got both'],
    [{ name: 'x', config: { model: { hiden: [1] } } }, 'model.hiden: unknown field'],
    [{ name: 'x', sweep: { name: 'x', grid: {} } }, 'grid: expected'],
  ] as const)
    await expect(services['presets.save'](asked)).rejects.toThrow(message);
  expect(library.settings.keys('preset:')).toEqual([]);
  await expect(services['presets.remove']({ name: 'x' })).rejects.toMatchObject({ code: 'not-found' });
  library.settings.put('preset:old', { title: 'Old', config: { training: { warmup: 3 } } });
  library.settings.put('preset:gone', { title: 'Gone', config: { data: { dataset: 'imported-once' } } });
  expect((await services['presets.list']({})).filter((p) => p.yours)).toMatchObject([
    { name: 'gone', estimate: null },
    { name: 'old', estimate: null, description: 'of another version' },
  ]);
  await services['presets.remove']({ name: 'old' });
});
