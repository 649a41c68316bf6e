// What a compute process asks for aside: done by one of the other kind, with an input that it cannot choose, and gone when it is gone.
import { afterEach, expect, test, vi } from 'vitest';
import { createCompute, withAsides, type Launch } from '../../../main/compute/index.ts';
import { parseConfig } from '../../../main/contract/config.ts';
import { played } from './played.ts';

afterEach(() => void vi.useRealTimers());

const config = parseConfig({ data: { dataset: 'digits' } });
const training = { config, device: 'webgpu', dataDir: '/data', version: '0', resume: null } as const;

test('the input of a loading is that of the training, its reports and result go to who asked, and to nobody else', async () => {
  const page = played((message, say) => {
    if (message.kind === 'start') say({ kind: 'aside', asks: 7, job: 'load' });
    if (message.kind === 'answer') say({ kind: 'done', result: { epoch: 1 } });
  });
  const head = { name: 'digits', shape: [1], inputs: 1, classes: 2, hash: 'h' };
  const node = played((message, say) => {
    if (message.kind !== 'start') return;
    say({ kind: 'report', asks: null, report: { kind: 'share', done: 0.5 } });
    say({ kind: 'done', result: head });
  });
  const heard: unknown[] = [];
  const compute = createCompute({ launch: withAsides(page.launch, node.launch) });
  expect(await compute.start('train', training, (r) => void heard.push(r)).result).toEqual({ epoch: 1 });
  expect(node.told[0]).toEqual({ kind: 'start', job: 'load', input: { config, dataDir: '/data' } });
  expect(page.told.slice(1, 3)).toEqual([
    { kind: 'aside', to: 7, report: { kind: 'share', done: 0.5 } },
    { kind: 'answer', to: 7, value: head },
  ]);
  expect(heard).toEqual([]);
  await compute.close();
  expect([page.living(), node.living()]).toEqual([0, 0]);
});

test('data are for a training alone; what fails aside is told with its code; without anybody to ask it is said so', async () => {
  const askerFor = (job: 'load' | 'devices') =>
    played((message, say) => {
      if (message.kind === 'start') say({ kind: 'aside', asks: 1, job });
      if (message.kind === 'refused') say({ kind: 'failed', code: message.code ?? 'failed', message: message.message });
    });
  const node = played((message, say) => {
    if (message.kind === 'start') say({ kind: 'failed', code: 'bad-input', message: 'device: none here' });
  });
  const ends = (launch: Launch) => createCompute({ launch }).start('devices', null).result;
  await expect(ends(withAsides(askerFor('load').launch, node.launch))).rejects.toThrow('load: is asked for by a training alone');
  expect(node.told).toEqual([]);
  await expect(ends(withAsides(askerFor('devices').launch, node.launch))).rejects.toMatchObject({
    code: 'bad-input',
    message: 'device: none here',
  });
  await expect(ends(askerFor('devices').launch)).rejects.toThrow('nobody does devices aside here');
});

test('who asked is gone only when its helper is', async () => {
  const page = played((message, say) => {
    if (message.kind === 'start') say({ kind: 'aside', asks: 1, job: 'load' });
  });
  let begun: () => void = () => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const node = played((message) => message.kind === 'start' && begun());
  const compute = createCompute({ launch: withAsides(page.launch, node.launch) });
  const { result } = compute.start('train', training);
  const failed = expect(result).rejects.toThrow('the compute process ended');
  await started;
  expect([page.living(), node.living()]).toEqual([1, 1]);
  await compute.close();
  expect([page.living(), node.living()]).toEqual([0, 0]);
  await failed;
});

/** What a process is told that asks for the devices: the names of those it was answered, or the reason of a refusal. */
const asker = () =>
  played((message, say) => {
    if (message.kind === 'start') say({ kind: 'aside', asks: 1, job: 'devices' });
    if (message.kind === 'answer') say({ kind: 'done', result: message.value });
    if (message.kind === 'refused') say({ kind: 'failed', code: message.code ?? 'failed', message: message.message });
  });

test('what devices there are is asked once: by all who ask meanwhile, and by who asks within a minute', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  let say: () => void = () => undefined;
  const page = played((message, speak) => {
    if (message.kind === 'start') say = () => speak({ kind: 'done', result: [{ name: 'webgpu', usable: true, reason: 'here' }] });
  });
  const compute = createCompute({ launch: withAsides(asker().launch, page.launch) });
  const ask = () => compute.start('devices', null).result;
  const [first, second] = [ask(), ask()];
  await vi.waitFor(() => expect(page.told).toHaveLength(1));
  vi.advanceTimersByTime(100_000); // a window that takes its time is not opened a second time
  const third = ask();
  await new Promise(setImmediate);
  expect(page.count()).toBe(1);
  say();
  for (const answer of [first, second, third]) expect(await answer).toMatchObject([{ name: 'webgpu', reason: 'here' }]);
  vi.advanceTimersByTime(59_000);
  await ask();
  expect(page.count()).toBe(1);
  vi.advanceTimersByTime(2_000);
  const later = ask();
  await vi.waitFor(() => expect(page.count()).toBe(2));
  say();
  await later;
  await compute.close();
});

test('a refusal goes to all who ask meanwhile, and is forgotten in seconds', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  let there = false;
  const page = played((message, say) => {
    if (message.kind !== 'start') return;
    if (there) say({ kind: 'done', result: [{ name: 'webgpu', usable: true, reason: 'here' }] });
    else say({ kind: 'failed', code: 'failed', message: 'the window failed' });
  });
  const compute = createCompute({ launch: withAsides(asker().launch, page.launch) });
  const ask = () => compute.start('devices', null).result;
  const refused = await Promise.allSettled([ask(), ask(), ask()]);
  for (const { status, ...rest } of refused)
    expect([status, rest]).toMatchObject(['rejected', { reason: { message: 'the window failed' } }]);
  expect(page.count()).toBe(1);
  there = true;
  vi.advanceTimersByTime(2_000);
  await expect(ask()).rejects.toThrow('the window failed');
  expect(page.count()).toBe(1);
  vi.advanceTimersByTime(2_000);
  expect(await ask()).toMatchObject([{ reason: 'here' }]);
  expect(page.count()).toBe(2);
  await compute.close();
});
