// Going on from any checkpoint gives what an uninterrupted run gives, bit for bit.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunConfig } from '../../../main/contract/config.ts';
import type { Checkpoint, NamedArray } from '../../../main/contract/results.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createNetwork, type Network } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { train } from '../../../main/training/index.ts';
import { classes, config, dataset, inputs, run, said } from './support.ts';
import { refusal } from '../data/support.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

/** What a checkpoint holds, on the way through a file. */
const stored = (c: Checkpoint): Checkpoint => structuredClone(c);

/** Trains until `steps` updates were taken, then tells it to stop; answers its last checkpoint. */
async function stopAfter(c: RunConfig, steps: number, resume?: Checkpoint) {
  const stop = new AbortController();
  let taken = resume?.step ?? 0;
  const network = createNetwork(device, c, [inputs], classes);
  // Each update is one forward pass in training. Counting them is a clock that no machine's speed changes.
  const counting: Network = {
    ...network,
    forwardInTraining: (x) => {
      if (++taken === steps) stop.abort();
      return network.forwardInTraining(x);
    },
  };
  let last = null as Checkpoint | null;
  try {
    for await (const event of train({ device, network: counting, dataset: dataset(), config: c, resume, signal: stop.signal })) {
      if (event.kind === 'checkpoint') last = event.checkpoint;
    }
  } catch (error) {
    expect(error).toMatchObject({ code: 'cancelled' });
  }
  network.dispose();
  return last;
}

const kinds = [
  ['sgd', 'constant'],
  ['momentum', 'linear'],
  ['adam', 'linear'],
] as const;
describe.each(kinds)('%s, %s', (optimizer, schedule) => {
  const c = config({ training: { optimizer, schedule }, snapshots: [0, 1, 'last'] });
  let whole: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    whole = await run(device, c, { checkpointEvery: -1 });
  });

  test('from the checkpoint of every epoch, with the same metrics after it and none before', async () => {
    expect(whole.checkpoints.map((p) => p.epoch)).toEqual([0, 1, 2, 3, 4]);
    for (const checkpoint of whole.checkpoints) {
      const { weights, metrics, events } = await run(device, c, { resume: stored(checkpoint), checkpointEvery: -1 });
      expect(weights).toEqual(whole.weights);
      expect(metrics).toEqual(whole.metrics.slice(checkpoint.epoch + 1));
      const all = said(whole.events);
      expect(said(events)).toEqual(all.slice(all.indexOf(`checkpoint ${checkpoint.epoch}`) + 1));
    }
  });

  test('from wherever it was stopped in the middle of an epoch', async () => {
    for (const steps of [1, 4, 5, 7, 12, 19]) {
      const checkpoint = await stopAfter(c, steps);
      expect(checkpoint).toMatchObject({ step: steps, epoch: Math.floor(steps / 5) });
      const { weights, checkpoints, metrics } = await run(device, c, { resume: stored(checkpoint as Checkpoint) });
      expect(weights, `stopped after ${steps} steps`).toEqual(whole.weights);
      expect(checkpoints.at(-1)).toEqual(whole.checkpoints.at(-1)); // optimiser and generator too
      expect(metrics.at(-1)).toEqual(whole.metrics.at(-1));
    }
  });

  test('stopped again and again, and begun by a network with other weights', async () => {
    let checkpoint: Checkpoint | null = null;
    for (const steps of [2, 3, 9, 16]) {
      const at: Checkpoint | undefined = checkpoint ? stored(checkpoint) : undefined;
      checkpoint = await stopAfter(c, steps, at);
    }
    expect(checkpoint?.step).toBe(16);
    const network = createNetwork(device, config({ seed: 99 }), [inputs], classes);
    const going = train({ device, network, dataset: dataset(), config: c, resume: checkpoint as Checkpoint });
    while (!(await going.next()).done);
    expect(weightsNow(network)).toEqual(whole.weights);
    network.dispose();
  });

  test('a checkpoint keeps its values while training goes on', async () => {
    const copies: Checkpoint[] = [];
    const { checkpoints } = await run(device, c, {
      checkpointEvery: -1,
      onEvent: (e) => e.kind === 'checkpoint' && copies.push(stored(e.checkpoint)),
    });
    expect(checkpoints).toEqual(copies);
  });
});

test('another network’s or another optimiser’s checkpoint is refused, and nothing is left behind', async () => {
  const c = config({ training: { optimizer: 'momentum' } });
  const { checkpoints } = await run(device, c);
  const [first] = checkpoints;
  const before = device.memory().tensors;
  const resumed = (change: RunConfig, resume: Checkpoint) =>
    refusal(async () => {
      const { error } = await run(device, change, { resume });
      throw error;
    }, 'failed');
  expect(await resumed(config({ model: { hidden: [6, 3] } }), first)).toContain('weights: expected layer2.weight [6,3], got [6,4]');
  expect(await resumed(config({ training: { optimizer: 'adam' } }), first)).toContain('checkpoint: expected the optimiser');
  const without = (list: NamedArray[]) => list.slice(1);
  expect(await resumed(c, { ...first, optimizer: without(first.optimizer) })).toContain('layer1.weight.velocity');
  expect(device.memory().tensors).toBe(before);
});
