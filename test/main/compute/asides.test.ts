// What a compute process asks for aside: done by one of the other kind, with an input that it cannot choose, and gone when it is gone.
import { expect, test } from 'vitest';
import { createCompute, protocolVersion, withAsides, type Child, type Down, type Launch, type Up } from '../../../main/compute/index.ts';
import { parseConfig } from '../../../main/contract/config.ts';

/** A process that is played here: `act` hears what it is told, and speaks. */
function played(act: (message: Down, say: (message: Up) => void) => void): { launch: Launch; told: Down[]; living: () => number } {
  const told: Down[] = [];
  let living = 0;
  const launch: Launch = () => {
    living++;
    let over = false;
    const ends: Parameters<Child['onExit']>[0][] = [];
    const listeners: ((message: Up) => void)[] = [];
    const say = (message: Up) => queueMicrotask(() => !over && listeners.forEach((listener) => listener(message)));
    const end = () => {
      if (over) return;
      over = true;
      living--;
      queueMicrotask(() => ends.forEach((listener) => listener({ code: 0, signal: null })));
    };
    say({ kind: 'hello', protocol: protocolVersion, pid: null });
    return {
      pid: undefined,
      send(message) {
        told.push(message);
        if (message.kind === 'leave') end();
        else act(message, say);
      },
      onMessage: (listener) => void listeners.push(listener),
      onOutput: () => undefined,
      onExit: (listener) => void ends.push(listener),
      kill: end,
    };
  };
  return { launch, told, living: () => living };
}
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
  const asker = (job: 'load' | 'devices') =>
    played((message, say) => {
      if (message.kind === 'start') say({ kind: 'aside', asks: 1, job });
      if (message.kind === 'refused') say({ kind: 'failed', code: message.code ?? 'failed', message: message.message });
    });
  const node = played((message, say) => {
    if (message.kind === 'start') say({ kind: 'failed', code: 'bad-input', message: 'device: none here' });
  });
  const ends = (launch: Launch) => createCompute({ launch }).start('devices', null).result;
  await expect(ends(withAsides(asker('load').launch, node.launch))).rejects.toThrow('load: is asked for by a training alone');
  expect(node.told).toEqual([]);
  await expect(ends(withAsides(asker('devices').launch, node.launch))).rejects.toMatchObject({
    code: 'bad-input',
    message: 'device: none here',
  });
  await expect(ends(asker('devices').launch)).rejects.toThrow('nobody does devices aside here');
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
