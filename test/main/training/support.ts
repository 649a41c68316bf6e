// A small dataset made by hand, configs for it, and a training run as a list of what it said.
import { parseConfig, type RunConfig, type TrainingConfig } from '../../../main/contract/config.ts';
import type { Checkpoint, EpochMetrics, NamedArray } from '../../../main/contract/results.ts';
import type { Dataset, Samples } from '../../../main/data/index.ts';
import type { Device } from '../../../main/devices/index.ts';
import { createNetwork, type Network } from '../../../main/networks/index.ts';
import { weightsNow } from '../../support/weights.ts';
import { train, type TrainEvent, type TrainOptions } from '../../../main/training/index.ts';
import { gaussians } from '../../support/numerics.ts';

export const [inputs, classes] = [5, 3];

/** Normal inputs whose class is the largest of three of them, shifted apart a little so that it can be learned. */
function samples(count: number, seed: number): Samples {
  const next = gaussians(seed);
  const x = Float32Array.from({ length: count * inputs }, next);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const row = x.subarray(i * inputs, (i + 1) * inputs);
    labels[i] = [0, 1, 2].reduce((best, c) => (row[c] > row[best] ? c : best));
    row[labels[i]] += 0.5;
  }
  return { x, labels, ids: Int32Array.from({ length: count }, (_, i) => i), count };
}
export const dataset = (train = 23, test = 11, seed = 1): Dataset => ({
  name: 'made',
  shape: [inputs],
  inputs,
  classes,
  train: samples(train, seed),
  test: samples(test, seed + 1000),
  hash: '',
});

export interface Change {
  seed?: number;
  model?: object;
  training?: Partial<TrainingConfig>;
  snapshots?: RunConfig['analysis']['snapshots'];
}
/** 23 samples in batches of 5: four whole ones and one of 3. */
export const config = ({ seed = 1, model, training, snapshots = [0, 2, 'last'] }: Change = {}): RunConfig =>
  parseConfig({
    seed,
    data: { dataset: 'digits', train: 23, test: 11 },
    model: { hidden: [6, 4], activation: 'tanh', ...model },
    training: { batchSize: 5, epochs: 4, learningRate: 0.01, ...training },
    analysis: { probe: { train: 4, test: 4 }, snapshots },
  });

export interface Run {
  events: TrainEvent[];
  metrics: EpochMetrics[];
  checkpoints: Checkpoint[];
  /** at the end, or where it stopped */
  weights: NamedArray[];
  error: unknown;
}

export interface RunOptions extends Partial<Omit<TrainOptions, 'device' | 'config' | 'onEvent'>> {
  onEvent?(event: TrainEvent, network: Network): void;
}

/** Trains a new network to the end; the timed step events are left out. */
export async function run(device: Device, c: RunConfig, { onEvent, ...options }: RunOptions = {}): Promise<Run> {
  const network = createNetwork(device, c, [inputs], classes);
  const made: Run = { events: [], metrics: [], checkpoints: [], weights: [], error: null };
  try {
    for await (const event of train({ device, network, dataset: dataset(), config: c, ...options })) {
      if (event.kind !== 'step') made.events.push(event);
      if (event.kind === 'epoch') made.metrics.push(event.metrics);
      if (event.kind === 'checkpoint') made.checkpoints.push(event.checkpoint);
      onEvent?.(event, network);
    }
  } catch (error) {
    made.error = error;
  }
  made.weights = weightsNow(network);
  network.dispose();
  return made;
}

/** 'epoch 0', 'snapshot 0', … */
export const said = (events: readonly TrainEvent[]): string[] =>
  events.map((e) =>
    e.kind === 'epoch'
      ? `epoch ${e.metrics.epoch}`
      : e.kind === 'checkpoint'
        ? `checkpoint ${e.checkpoint.epoch}`
        : 'epoch' in e
          ? `${e.kind} ${e.epoch}`
          : e.kind,
  );
