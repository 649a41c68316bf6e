import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SnapshotPlan } from '../../../main/contract/config.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createNetwork } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { metricEpochs, train } from '../../../main/training/index.ts';
import { classes, config, dataset, inputs, run, said } from './support.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

let before: number;
beforeEach(() => void (before = device.memory().tensors));
afterEach(() => expect(device.memory().tensors, 'tensors left behind').toBe(before));

const hour = 3_600_000;

describe('what it says', () => {
  test('each epoch’s metrics, then its snapshot, then its checkpoint', async () => {
    const { events } = await run(device, config({ snapshots: [0, 2, 'last'] }), { checkpointEvery: hour });
    expect(said(events)).toEqual([
      ...['epoch 0', 'snapshot 0', 'checkpoint 0', 'epoch 1', 'epoch 2', 'snapshot 2', 'checkpoint 2'],
      ...['epoch 3', 'epoch 4', 'snapshot 4', 'checkpoint 4'],
    ]);
  });

  test.each<[SnapshotPlan, number[]]>([
    [[3], [3]],
    [{ every: 2 }, [0, 2, 4, 5]],
    [
      [4, 0, 4, 99],
      [0, 4],
    ],
    [{ log: 2 }, [0, 1, 3, 5]],
  ])('snapshots of the plan %j after 5 epochs: %j', async (snapshots, epochs) => {
    const { events } = await run(device, config({ snapshots, training: { epochs: 5 } }), { checkpointEvery: hour });
    for (const kind of ['snapshot', 'checkpoint'] as const)
      expect(said(events.filter((e) => e.kind === kind))).toEqual(epochs.map((e) => `${kind} ${e}`));
    expect(said(events.filter((e) => e.kind === 'epoch'))).toEqual([0, 1, 2, 3, 4, 5].map((e) => `epoch ${e}`));
  });

  test('metrics of about 200 epochs, of every snapshot, the first and the last', () => {
    const at = (epochs: number, snapshots: SnapshotPlan) =>
      [...metricEpochs(config({ training: { epochs }, snapshots }))].sort((a, b) => a - b);
    expect(at(3, ['last'])).toEqual([0, 1, 2, 3]);
    expect(at(200, ['last'])).toEqual(Array.from({ length: 201 }, (_, e) => e));
    expect(at(1000, [7, 'last'])).toEqual([0, 5, 7, ...Array.from({ length: 199 }, (_, i) => 10 + 5 * i)]);
    expect(at(3001, [25]).length).toBe(190); // 0, 16, 32, …, 2992; 25; 3001
    expect(at(0, [0])).toEqual([0]);
  });

  test('a checkpoint of every epoch where the time for one is always up', async () => {
    const { checkpoints } = await run(device, config({ snapshots: [0] }), { checkpointEvery: -1 });
    expect(checkpoints.map((c) => [c.epoch, c.step])).toEqual([0, 1, 2, 3, 4].map((e) => [e, 5 * e]));
  });

  test('of no epochs at all: what the network is at the start', async () => {
    const { events, metrics } = await run(device, config({ training: { epochs: 0 }, snapshots: ['last'] }));
    expect(said(events)).toEqual(['epoch 0', 'snapshot 0', 'checkpoint 0']);
    expect(metrics.length).toBe(1);
  });

  test('the network holds a snapshot’s weights, and the checkpoint after it the same ones', async () => {
    const atSnapshot: unknown[] = [];
    const { checkpoints, weights } = await run(device, config(), {
      checkpointEvery: hour,
      onEvent: (event, network) => event.kind === 'snapshot' && atSnapshot.push(weightsNow(network)),
    });
    expect(checkpoints.map((c) => c.weights)).toEqual(atSnapshot);
    expect(checkpoints.at(-1)?.weights).toEqual(weights);
    expect(checkpoints[0].weights).not.toEqual(weights);
  });
});

describe('the same config', () => {
  test.each(['sgd', 'momentum', 'adam'] as const)(
    'twice gives the same weights bit for bit, another seed others: %s',
    async (optimizer) => {
      const [a, again, other] = [
        await run(device, config({ training: { optimizer } })),
        await run(device, config({ training: { optimizer } })),
        await run(device, config({ training: { optimizer }, seed: 2 })),
      ];
      expect(again.weights).toEqual(a.weights);
      expect(again.metrics).toEqual(a.metrics);
      expect(other.weights[0].data).not.toEqual(a.weights[0].data);
      expect(a.metrics[4].trainLoss).toBeLessThan(a.metrics[0].trainLoss); // and it did learn
    },
  );
});

describe('keeps no tensors', () => {
  test('as many after 1,000 steps as after the first epoch, none when done', async () => {
    const tensors: number[] = [];
    const bytes: number[] = [];
    const c = config({ training: { epochs: 200 }, snapshots: { every: 40 } });
    await run(device, c, {
      checkpointEvery: -1,
      onEvent: (event) => {
        if (event.kind === 'epoch') tensors.push(device.memory().tensors);
        if (event.kind === 'epoch') bytes.push(device.memory().bytes);
      },
    });
    expect(tensors.length).toBe(201);
    expect([...new Set(tensors.slice(1))].length).toBe(1);
    expect([...new Set(bytes.slice(1))].length).toBe(1);
  });

  test('none when the listener goes away in the middle', async () => {
    const c = config();
    const network = createNetwork(device, c, [inputs], classes);
    for await (const event of train({ device, network, dataset: dataset(), config: c }))
      if (event.kind === 'epoch' && event.metrics.epoch === 2) break;
    network.dispose();
  });
});

describe('stops', () => {
  test('when the loss is no longer finite, naming the epoch and the checkpoint that is kept', async () => {
    const { error, events } = await run(
      device,
      config({ model: { activation: 'relu' }, training: { optimizer: 'sgd', learningRate: 1e6, epochs: 50 } }),
      {
        checkpointEvery: hour,
      },
    );
    expect(error).toBeInstanceOf(KernelscopeError);
    expect(error).toMatchObject({ code: 'failed' });
    expect((error as Error).message).toMatch(/^Stopped in epoch [12]: loss became (NaN|infinite)\. The checkpoint of epoch 0 is kept\.$/);
    expect(said(events).slice(0, 3)).toEqual(['epoch 0', 'snapshot 0', 'checkpoint 0']);
    for (const e of events) if (e.kind === 'epoch') expect(Number.isFinite(e.metrics.trainLoss + e.metrics.testLoss)).toBe(true);
  });

  test('when the very last step broke the network, rather than be done with metrics that are no numbers', async () => {
    // One step in all: its own loss is finite, only what it leaves behind is not.
    const c = config({
      training: { optimizer: 'sgd', learningRate: 1e6, batchSize: 23, epochs: 1 },
      model: { activation: 'linear', hidden: [4, 4, 4, 4, 4, 4, 4, 4] },
    });
    const set = dataset();
    set.train.x.forEach((v, i) => (set.train.x[i] = 1e3 * v));
    const { error, events } = await run(device, c, { dataset: set });
    expect(error).toMatchObject({ code: 'failed' });
    expect((error as Error).message).toMatch(/^Stopped in epoch 1: /);
    expect(said(events)).toEqual(['epoch 0', 'snapshot 0', 'checkpoint 0']);
  });

  test('when told to, with a last checkpoint of where it stands', async () => {
    const stop = new AbortController();
    const onEvent = (event: { kind: string; metrics?: { epoch: number } }) => void (event.metrics?.epoch === 1 && stop.abort());
    const { error, events, weights } = await run(device, config(), { signal: stop.signal, onEvent, checkpointEvery: hour });
    expect(error).toMatchObject({ code: 'cancelled', message: 'stopped in epoch 2 of 4' });
    expect(said(events).slice(-2)).toEqual(['epoch 1', 'checkpoint 1']);
    expect(events.at(-1)).toMatchObject({ checkpoint: { step: 5, weights } });
  });

  test('before the first step where it was told to before', async () => {
    const { error, checkpoints } = await run(device, config(), { signal: AbortSignal.abort() });
    expect(error).toMatchObject({ code: 'cancelled', message: 'stopped in epoch 1 of 4' });
    expect(checkpoints.at(-1)).toMatchObject({ epoch: 0, step: 0 });
  });

  test('not where nothing is left to do', async () => {
    const stop = new AbortController();
    const onEvent = (event: { kind: string; metrics?: { epoch: number } }) => void (event.metrics?.epoch === 4 && stop.abort());
    const { error, events } = await run(device, config(), { signal: stop.signal, onEvent });
    expect(error).toBeNull();
    expect(said(events).at(-1)).toBe('checkpoint 4');
  });
});
