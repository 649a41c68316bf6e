// A pause between two steps changes nothing of what is learned, and what it would lose is given out before it begins.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Checkpoint } from '../../../main/contract/results.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createNetwork, type Network } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { PauseGate } from '../../../main/training/gate.ts';
import { train, type TrainEvent } from '../../../main/training/index.ts';
import { classes, config, dataset, inputs, run, said } from './support.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

const c = config({ training: { optimizer: 'adam', schedule: 'linear' }, snapshots: [0, 1, 'last'] });

/** A training whose gate closes after so many updates; counting them is a clock that no machine's speed changes. */
function pausedAfter(steps: readonly number[], signal?: AbortSignal) {
  const gate = new PauseGate();
  const network = createNetwork(device, c, [inputs], classes);
  let taken = 0;
  const counting: Network = {
    ...network,
    forwardInTraining: (x) => {
      if (steps.includes(++taken)) gate.close();
      return network.forwardInTraining(x);
    },
  };
  const events = train({ device, network: counting, dataset: dataset(), config: c, gate, signal });
  return { gate, network, events, taken: () => taken };
}

test('a run that is paused again and again ends with the weights, metrics and checkpoints of one that is not', async () => {
  const whole = await run(device, c);
  const { gate, network, events, taken } = pausedAfter([1, 5, 8, 19]);
  const heard: TrainEvent[] = [];
  const places: number[] = [];
  for await (const event of events) {
    if (event.kind !== 'step') heard.push(event);
    if (event.kind !== 'paused') continue;
    places.push(taken());
    setTimeout(() => gate.open(), 5);
  }
  expect(places).toEqual([1, 5, 8, 19]);
  expect(weightsNow(network)).toEqual(whole.weights);
  const metrics = heard.flatMap((e) => (e.kind === 'epoch' ? [e.metrics] : []));
  expect(metrics).toEqual(whole.metrics);
  expect(heard.findLast((e) => e.kind === 'checkpoint')).toEqual(whole.events.findLast((e) => e.kind === 'checkpoint'));
  // Each pause: what it would lose, then the pause, then its end; in the middle of epochs as well as at their ends.
  const around = said(heard).map((s) => s.replace(/ .*/, ''));
  around.forEach((kind, i) => kind === 'paused' && expect([around[i - 1], around[i + 1]]).toEqual(['checkpoint', 'resumed']));
  network.dispose();
});

test('the checkpoint before a pause holds the very step at which it waits: going on from it gives the same', async () => {
  const whole = await run(device, c);
  const { gate, network, events } = pausedAfter([7]);
  let kept = null as Checkpoint | null;
  for await (const event of events) {
    if (event.kind === 'checkpoint') kept = structuredClone(event.checkpoint);
    if (event.kind === 'paused') break; // the process dies here
  }
  expect([kept?.step, kept?.epoch, gate.closed]).toEqual([7, 1, true]);
  network.dispose();
  const { weights } = await run(device, c, { resume: kept as Checkpoint });
  expect(weights).toEqual(whole.weights);
});

test('what is stopped while it waits ends at once, without a second checkpoint, and leaves no tensors behind', async () => {
  const before = device.memory().tensors;
  const stop = new AbortController();
  const { network, events } = pausedAfter([3], stop.signal);
  const kinds: string[] = [];
  const all = (async () => {
    for await (const event of events) {
      kinds.push(event.kind);
      if (event.kind === 'paused') setTimeout(() => stop.abort(), 5);
    }
  })();
  await expect(all).rejects.toMatchObject({ code: 'cancelled', message: 'stopped in epoch 1 of 4' });
  expect(kinds.slice(-2)).toEqual(['checkpoint', 'paused']);
  network.dispose();
  expect(device.memory().tensors).toBe(before);
});

test('a gate that opens and closes again in one moment holds on; an open one holds nobody', async () => {
  const gate = new PauseGate();
  await gate.passed();
  gate.close();
  let through = false;
  const passing = gate.passed().then(() => (through = true));
  gate.open();
  gate.close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(through).toBe(false);
  gate.open();
  await passing;
});
