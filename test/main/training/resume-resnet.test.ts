// A residual network stopped in the middle of an epoch goes on to the same weights: running statistics and augmentation included.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import type { Checkpoint, NamedArray } from '../../../main/contract/results.ts';
import type { Dataset, Samples } from '../../../main/data/index.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createNetwork } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { train } from '../../../main/training/index.ts';
import { gaussians } from '../../support/numerics.ts';

const shape = [12, 12, 3];
const inputs = 432;
const classes = 3;
function samples(count: number, seed: number): Samples {
  const x = Float32Array.from({ length: count * inputs }, gaussians(seed));
  const ids = Int32Array.from({ length: count }, (_, i) => i);
  return { x, labels: Uint8Array.from(ids, (i) => i % classes), ids, count };
}
const dataset: Dataset = { name: 'made', shape, inputs, classes, train: samples(22, 1), test: samples(6, 2), hash: '' };
const config = parseConfig({
  data: { train: 22, test: 6, augment: true, cutout: 4 },
  model: { kind: 'resnet11', width: 0.0625 },
  training: { batchSize: 8, epochs: 3, optimizer: 'momentum', learningRate: 0.02 },
  analysis: { snapshots: ['last'], probe: { train: 4, test: 4 } },
});

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

/** Until `steps` updates were taken, or to the end. */
async function run(o: { steps?: number; resume?: Checkpoint }): Promise<{ weights: NamedArray[]; checkpoint: Checkpoint | null }> {
  const network = createNetwork(device, config, shape, classes);
  const stop = new AbortController();
  let taken = o.resume?.step ?? 0;
  const counting = {
    ...network,
    forwardInTraining: (x: Parameters<typeof network.forwardInTraining>[0]) => {
      if (++taken === o.steps) stop.abort();
      return network.forwardInTraining(x);
    },
  };
  let checkpoint: Checkpoint | null = null;
  try {
    const events = train({ device, network: counting, dataset, config, signal: stop.signal, ...(o.resume && { resume: o.resume }) });
    for await (const event of events) if (event.kind === 'checkpoint') checkpoint = structuredClone(event.checkpoint);
  } catch (error) {
    expect(error).toMatchObject({ code: 'cancelled' });
  }
  const weights = weightsNow(network);
  network.dispose();
  return { weights, checkpoint };
}

test('stopped at any step, the end is the same, bit for bit', async () => {
  const whole = await run({});
  expect(whole.weights.map((w) => w.name)).toContain('layer10.variance');
  for (const steps of [1, 4, 8]) {
    const { checkpoint } = await run({ steps });
    expect(checkpoint?.step).toBe(steps);
    expect((await run({ resume: checkpoint as Checkpoint })).weights).toEqual(whole.weights);
  }
});
