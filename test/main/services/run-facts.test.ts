// What is known of a run besides its numbers: its log as training writes it, the samples that it was probed on.
import { expect, test } from 'vitest';
import { runCalls } from '../../../main/contract/calls/runs.ts';
import { BrokenProcess, type Compute } from '../../../main/compute/index.ts';
import { beganLine, changesBetween, checkpointLine } from '../../../main/services/run-lines.ts';
import { checkpoint, config, probe, provenance, snapshot, weights } from '../store/support.ts';
import { playedCompute, settle, setUp } from './support.ts';

test('a run’s log: queue, process, device, snapshots with their seconds, checkpoints, a crash, another device after it', async () => {
  const { compute, started } = playedCompute();
  const { services, events } = setUp(compute);
  const { id } = await services['run.start']({ config: config() });
  await settle();
  const probes = { train: probe(), test: probe() };
  await started[0].report({ kind: 'begin', provenance, layers: ['layer1', 'layer2'], probes });
  await started[0].report({ kind: 'snapshot', snapshot: snapshot(0), weights: weights(0), seconds: 1.23456 });
  await started[0].report({ kind: 'checkpoint', checkpoint: checkpoint(2) });
  started[0].fail(new BrokenProcess('the compute process was ended by SIGSEGV'));
  await services.runToEnd(id);
  await services['run.resume']({ run: id });
  await settle();
  await started[1].report({ kind: 'begin', provenance: { ...provenance, device: 'cuda' }, layers: ['layer1', 'layer2'], probes });
  started[1].done();
  await services.runToEnd(id);

  const lines = await services['run.log']({ run: id });
  expect(lines.map(({ level, epoch, line }) => `${level} ${epoch} ${line}`)).toEqual([
    'info 0 queued; device asked for: auto',
    'info 0 running',
    'info 0 in process 4001, from the beginning',
    `info 0 ${beganLine(provenance)}`,
    'info 0 snapshot of epoch 0, analysed in 1.23 s',
    'info 2 checkpoint of epoch 2',
    'warning 2 interrupted: the compute process was ended by SIGSEGV',
    'info 2 queued',
    'info 2 running',
    'info 2 in process 4002, from the checkpoint of epoch 2',
    `info 2 ${beganLine({ ...provenance, device: 'cuda' })}`,
    'warning 2 the device has changed from cpu to cuda; what follows may differ in rounding',
    'info 4 done',
  ]);
  expect(await services['run.log']({ run: id, after: lines[10].id })).toEqual(lines.slice(11));
  // Whoever watches hears of every line, and finds it when asking.
  expect(events.filter(([name]) => name === 'run.log')).toHaveLength(lines.length);
  await services.close();
});

test('a process that is there only once its device was chosen is named when the training begins', async () => {
  const { compute, started } = playedCompute();
  const now: { pid?: number } = {};
  const late: Compute = {
    ...compute,
    start: (...given) => Object.defineProperty({ ...compute.start(...given) }, 'pid', { get: () => now.pid }),
  };
  const { services, library } = setUp(late);
  const { id } = await services['run.start']({ config: config() });
  await settle();
  expect(library.runs.owner(id)).toMatchObject({ pid: null, heartbeat: expect.stringMatching(/T/) as string });
  now.pid = 4711;
  const passedOver = [{ name: 'webgpu', usable: false, reason: 'it fails its self-test' }] as const;
  const probes = { train: probe(), test: probe() };
  await started[0].report({ kind: 'begin', provenance, layers: ['layer1'], probes, passedOver: [...passedOver] });
  expect(library.runs.owner(id).pid).toBe(4711);
  const lines = (await services['run.log']({ run: id })).map(({ line }) => line);
  expect(lines.slice(-3)).toEqual(['in process 4711, from the beginning', 'not on webgpu: it fails its self-test', beganLine(provenance)]);
  started[0].done();
  await services.runToEnd(id);
  await services.close();
});

test('of thousands of checkpoints a few are logged', () => {
  const said = Array.from({ length: 5000 }, (_, i) => checkpointLine(i + 1, 10 * i)).flatMap((l) => l ?? []);
  expect(said).toHaveLength(13); // powers of two up to 4096
  expect(said[0]).toBe('checkpoint of epoch 0');
  expect(said.at(-1)).toBe('checkpoint of epoch 40950; 4096 so far');
});

test('what changed between a run’s processes is named, each once', () => {
  expect(changesBetween(null, provenance)).toEqual([]);
  expect(changesBetween(provenance, { ...provenance, deviceDetail: 'three threads' })).toEqual([]);
  expect(changesBetween(provenance, { ...provenance, version: '9', datasetHash: 'e' })).toEqual([
    'the version of Kernelscope has changed from 0.1.0 to 9; what follows may differ in rounding',
    'the dataset has changed from d to e; what follows is learned from other samples',
  ]);
});

test('a probe set: its ids and classes, and who shares it', async () => {
  const { compute, started } = playedCompute();
  const { services } = setUp(compute);
  const ids: string[] = [];
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    const { id } = await services['run.start']({ config: config(), name });
    ids.push(id);
    await settle();
    const probeHash = { train: 'probe-train', test: i < 2 ? 'probe-test' : 'another' };
    await started[i].report({
      kind: 'begin',
      provenance: { ...provenance, probeHash },
      layers: ['layer1'],
      probes: { train: probe(), test: i < 2 ? probe() : probe(6) },
    });
    started[i].done();
    await services.runToEnd(id);
  }
  const train = await services['run.probe']({ run: ids[0], split: 'train' });
  expect(train).toMatchObject({ split: 'train', hash: 'probe-train', classes: 2, sharedCount: 2 });
  expect(train.shared).toEqual([
    { id: ids[2], name: 'c' },
    { id: ids[1], name: 'b' },
  ]);
  expect([...train.ids]).toEqual([4, 3, 2, 1]);
  // The fixture's target, row by row: [0, 1], whatever the sample.
  expect([...train.labels]).toEqual([1, 1, 1, 1]);
  expect((await services['run.probe']({ run: ids[0], split: 'test' })).shared).toEqual([{ id: ids[1], name: 'b' }]);
  expect(await services['run.probe']({ run: ids[2], split: 'test' })).toMatchObject({ sharedCount: 0, hash: 'another' });
  await services.close();
});

test('before a run begins it has no probe set; wrong questions are refused at the door', async () => {
  const { compute } = playedCompute();
  const { services } = setUp(compute);
  const { id } = await services['run.start']({ config: config() });
  await expect(services['run.probe']({ run: id, split: 'test' })).rejects.toMatchObject({
    code: 'not-found',
    message: `run ${id}: has no test probe set yet; it is drawn when the run begins`,
  });
  await expect(services['run.log']({ run: 'nobody' })).rejects.toMatchObject({ code: 'not-found' });
  expect(runCalls['run.log'].safeParse({ run: id, after: -1 }).success).toBe(false);
  expect(runCalls['run.probe'].safeParse({ run: id, split: 'both' }).success).toBe(false);
});
