// `auto` where the devices are of processes of two kinds: which one is taken, what is said of the others, and what happens where it fails.
import { expect, test } from 'vitest';
import { createCompute, withChoice, type Down, type TrainReport, type Up } from '../../../main/compute/index.ts';
import { parseConfig } from '../../../main/contract/config.ts';
import type { DeviceReport } from '../../../main/contract/results.ts';
import { played, type Played } from './played.ts';

type Act = Parameters<typeof played>[0];
type Place = DeviceReport['name'] | 'list';

const chip: DeviceReport = { name: 'webgpu', usable: true, reason: 'a chip, on the browser' };
const software: DeviceReport = { name: 'webgpu', usable: true, onlyByName: true, reason: 'SwiftShader; computed by the processor' };
const noCuda: DeviceReport = { name: 'cuda', usable: false, reason: 'no driver' };
const cuda: DeviceReport = { name: 'cuda', usable: true, reason: 'a card' };
const cpu: DeviceReport = { name: 'cpu', usable: true, reason: 'always there' };
const over = ({ name, reason }: DeviceReport) => ({ name, usable: false, reason });

const lists =
  (...reports: DeviceReport[]): Act =>
  (message, say) => {
    if (message.kind === 'start') say({ kind: 'done', result: [cpu, ...reports] });
  };
/** Opens its device and trains. */
const trains: Act = (message, say) => {
  if (message.kind !== 'start') return;
  say({ kind: 'opened' });
  say({ kind: 'report', asks: 1, report: { kind: 'begin' } });
  say({ kind: 'done', result: { epoch: 9 } });
};
const fails =
  (failed: Partial<Extract<Up, { kind: 'failed' }>>): Act =>
  (message, say) => {
    if (message.kind === 'start') say({ kind: 'failed', code: 'bad-input', message: 'device: webgpu cannot be used', ...failed });
  };

/** Every kind of process as it is played here; `order`: which ones were started. */
function world(acts: Partial<Record<Place, Act>>) {
  const order: Place[] = [];
  const all: Partial<Record<Place, Played>> = {};
  const of = (place: Place) => (all[place] ??= played(acts[place] ?? trains));
  const living = () => Object.values(all).reduce((sum, p) => sum + p.living(), 0);
  const compute = createCompute({
    grace: 200,
    launch: withChoice((wanted) => {
      if (wanted.device === 'auto') throw new Error('a process is started for auto');
      const place = wanted.device ?? 'list';
      order.push(place);
      return of(place).launch(wanted);
    }),
  });
  const start = (device: 'auto' | 'cpu' | 'webgpu' = 'auto') => {
    const reports: TrainReport[] = [];
    const config = parseConfig({ data: { dataset: 'digits' } });
    const input = { config, device, dataDir: '/data', version: '0', resume: null };
    const handle = compute.start('train', input, (report) => void reports.push(report));
    handle.result.catch(() => undefined); // looked at later
    return { handle, reports };
  };
  const train = async (device?: 'auto' | 'cpu' | 'webgpu') => {
    const { handle, reports } = start(device);
    expect(await handle.result).toEqual({ epoch: 9 });
    return reports.at(-1) as Extract<TrainReport, { kind: 'begin' }>;
  };
  const told = (place: Place): Down[] => of(place).told;
  return { order, compute, start, train, told, living, close: () => compute.close() };
}

test('a real GPU of a page is taken where there is no cuda, named to its process; what there is is asked once', async () => {
  const w = world({ list: lists(chip, noCuda) });
  expect((await w.train()).passedOver).toEqual([over(noCuda)]);
  expect(w.told('webgpu')[0]).toMatchObject({ kind: 'start', job: 'train', input: { device: 'webgpu', dataDir: '/data' } });
  await w.train();
  await Promise.all([w.train(), w.train()]);
  expect(w.order).toEqual(['list', 'webgpu', 'webgpu', 'webgpu', 'webgpu']);
  await w.close();
  expect(w.living()).toBe(0);
});

test('cuda goes before it; a GPU made of software, or a card that is none, is passed over', async () => {
  const first = world({ list: lists(chip, cuda) });
  expect((await first.train()).passedOver).toEqual([]);
  expect(first.order).toEqual(['list', 'cuda']);
  const slow: DeviceReport = { ...cuda, onlyByName: true, reason: 'TensorFlow on the processor' };
  const second = world({ list: lists(software, slow) });
  expect((await second.train()).passedOver).toEqual([over(slow), over(software)]);
  expect(second.order).toEqual(['list', 'cpu']);
  expect(second.told('cpu')[0]).toMatchObject({ input: { device: 'cpu' } });
});

test('what fails its self-test gives way to the next, once it is gone, and is not tried again', async () => {
  const w = world({ list: lists(chip, cuda), cuda: fails({ unusable: 'it fails its self-test: relu' }), webgpu: fails({ unusable: 'x' }) });
  const reasons = [over({ ...cuda, reason: 'it fails its self-test: relu' }), over({ ...chip, reason: 'x' })];
  expect((await w.train()).passedOver).toEqual(reasons);
  expect(w.order).toEqual(['list', 'cuda', 'webgpu', 'cpu']);
  expect(w.told('webgpu').at(-1)).toEqual({ kind: 'leave' });
  expect((await w.train()).passedOver).toEqual(reasons);
  expect(w.order.slice(4)).toEqual(['cpu']);
});

test('so does a process that breaks down, or meets something unforeseen, before its device is open', async () => {
  const breaks: Act = (message, _, end) => message.kind === 'start' && end(5, 'loading\nthe page of the GPU window is gone (crashed)');
  const w = world({ list: lists(chip, cuda), cuda: fails({ code: null, message: 'TypeError: no kernel\n    at x' }), webgpu: breaks });
  expect((await w.train()).passedOver).toEqual([
    over({ ...cuda, reason: 'TypeError: no kernel' }),
    over({ ...chip, reason: 'the page of the GPU window is gone (crashed)' }),
  ]);
});

test('what fails later is the job’s own: it is told, and nothing else is tried', async () => {
  const opens =
    (then: (say: (message: Up) => void, end: (code: number, words?: string) => void) => void): Act =>
    (message, say, end) => {
      if (message.kind !== 'start') return;
      say({ kind: 'opened' });
      setTimeout(() => then(say, end));
    };
  const loses = opens((say) => say({ kind: 'failed', code: 'device-lost', message: 'the device was lost' }));
  const lost = world({ list: lists(chip, noCuda), webgpu: loses });
  await expect(lost.start().handle.result).rejects.toMatchObject({ code: 'device-lost' });
  const broken = world({ list: lists(chip, noCuda), webgpu: opens((_, end) => end(5, 'driver gone')) });
  await expect(broken.start().handle.result).rejects.toThrow('the compute process ended with exit code 5: driver gone');
  for (const w of [lost, broken]) expect(w.order).toEqual(['list', 'webgpu']);
  // The cpu has nobody after it.
  const last = world({ list: lists(software, noCuda), cpu: fails({ message: 'device: cpu cannot be used', unusable: 'wrong' }) });
  await expect(last.start().handle.result).rejects.toThrow('device: cpu cannot be used');
});

test('where nobody can say what there is the cpu is taken, and the next one asks again', async () => {
  let there = false;
  const w = world({
    list: (message, say, end) => (there ? lists(chip, noCuda)(message, say, end) : message.kind === 'start' && end(3, 'a driver fell')),
  });
  const reason = 'the devices could not be listed: the compute process ended with exit code 3: a driver fell';
  expect((await w.train()).passedOver).toEqual([over({ ...cuda, reason }), over({ ...chip, reason })]);
  there = true;
  await w.train();
  expect(w.order).toEqual(['list', 'cpu', 'list', 'webgpu']);
});

test('a stop while it is asked what there is ends the question, unless someone else waits for it', async () => {
  const silent: Act = () => undefined;
  const alone = world({ list: silent });
  const { handle } = alone.start();
  handle.cancel();
  await expect(handle.result).rejects.toMatchObject({ code: 'cancelled' });
  await alone.close();
  expect([alone.living(), alone.order]).toEqual([0, ['list']]);

  let answer: () => void = () => undefined;
  const two = world({
    list: (message, say) => void (message.kind === 'start' && (answer = () => lists(chip, noCuda)(message, say, () => 0))),
  });
  const [stopped, stays] = [two.start(), two.start()];
  stopped.handle.cancel();
  await expect(stopped.handle.result).rejects.toMatchObject({ code: 'cancelled' });
  answer();
  expect(await stays.handle.result).toEqual({ epoch: 9 });
  expect(two.order).toEqual(['list', 'webgpu']);
});

test('a stop while a device is opened is the end; a wish to pause reaches whoever does the job', async () => {
  const stopped = world({
    list: lists(chip, noCuda),
    webgpu: (message, say) => message.kind === 'cancel' && say({ kind: 'failed', code: 'cancelled', message: 'stopped in time' }),
  });
  const { handle } = stopped.start();
  await expect.poll(() => stopped.told('webgpu').length).toBe(1);
  handle.cancel();
  await expect(handle.result).rejects.toMatchObject({ code: 'cancelled', message: 'stopped in time' });
  expect(stopped.order).toEqual(['list', 'webgpu']);

  const paused = world({ list: lists(chip, noCuda), webgpu: fails({ unusable: 'x' }) });
  const job = paused.start();
  job.handle.pause();
  await job.handle.result;
  for (const place of ['webgpu', 'cpu'] as const) expect(paused.told(place).map((m) => m.kind)).toContain('pause');
});

test('a device that is named is taken as it is', async () => {
  const w = world({ list: lists(chip, noCuda), webgpu: fails({ unusable: 'x' }) });
  expect(await w.train('cpu')).toEqual({ kind: 'begin' });
  await expect(w.start('webgpu').handle.result).rejects.toThrow('device: webgpu cannot be used');
  expect(w.order).toEqual(['cpu', 'webgpu']);
});
