// Training as an async generator of events: it obeys a signal, lets the event loop breathe, and can go on from any checkpoint
// as if it had never stopped.
import type { Scalar } from '@tensorflow/tfjs-core';
import { snapshotEpochs, type RunConfig } from '../contract/config.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { Checkpoint, EpochMetrics } from '../contract/results.ts';
import type { Dataset } from '../data/dataset.ts';
import { breath as turn } from '../devices/breath.ts';
import type { Device } from '../devices/index.ts';
import { createGenerator } from '../devices/random.ts';
import { restoreWeights, weightsOf, type Network } from '../networks/index.ts';
import { Batches } from './batches.ts';
import type { Gate } from './gate.ts';
import { epochMetrics } from './metrics.ts';
import { learningRate } from './schedule.ts';
import { createStep } from './step.ts';

export type TrainEvent =
  /** now and then: where it stands, and the loss of the newest batch */
  | { kind: 'step'; epoch: number; step: number; steps: number; loss: number }
  | { kind: 'epoch'; metrics: EpochMetrics; seconds: number }
  /** the network holds this epoch's weights until the next event is asked for */
  | { kind: 'snapshot'; epoch: number }
  /** after each snapshot, at least once a minute, when it is told to stop, and before it waits at a closed gate */
  | { kind: 'checkpoint'; checkpoint: Checkpoint }
  /** it has come to a closed gate; once the next event is asked for it waits there */
  | { kind: 'paused' }
  /** the gate is open again */
  | { kind: 'resumed' };

export interface TrainOptions {
  device: Device;
  network: Network;
  dataset: Dataset;
  config: RunConfig;
  resume?: Checkpoint;
  signal?: AbortSignal;
  /** between two steps training passes it */
  gate?: Gate;
  /** milliseconds between checkpoints; a minute unless told */
  checkpointEvery?: number;
}

/** Epochs at which loss and accuracy are measured: about 200 of them, every snapshot, the first and the last. */
export function metricEpochs(config: RunConfig): Set<number> {
  const { epochs } = config.training;
  const every = Math.max(1, Math.ceil(epochs / 200));
  const at = new Set(snapshotEpochs(config.analysis.snapshots, epochs)).add(0).add(epochs);
  for (let e = every; e < epochs; e += every) at.add(e);
  return at;
}

const breath = 30; // ms without a turn of the event loop
const report = 100; // ms between step events

/**
 * Trains `network` in place. Deterministic for a config, seed and device, resumed or not.
 * @throws `failed` when the loss is no longer finite; `cancelled` after the signal, once a last checkpoint was given out
 */
export async function* train(o: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { device, network, dataset, config, resume, signal, gate } = o;
  const { epochs } = config.training;
  const batches = new Batches(device, dataset, config);
  const steps = batches.perEpoch * epochs;
  const shuffle = createGenerator(config.seed, 'shuffle');
  const snapshots = new Set(snapshotEpochs(config.analysis.snapshots, epochs));
  const measured = metricEpochs(config);
  const step = createStep(device, network, config);
  let rested = performance.now();
  const breathe = async () => {
    if (performance.now() - rested < breath) return;
    await turn();
    rested = performance.now();
  };

  let epoch = 0;
  /** of the generator at the start of this epoch: from it the order of the epoch's samples is drawn */
  let generator = shuffle.state();
  let kept = -1; // epoch of the last checkpoint
  let keptAt = performance.now();
  const checkpoint = async (): Promise<TrainEvent> => {
    kept = epoch;
    keptAt = performance.now();
    return {
      kind: 'checkpoint',
      checkpoint: { epoch, step: step.count, weights: await weightsOf(network), optimizer: await step.optimizer.state(), generator },
    };
  };
  const check = (loss: number, during = epoch + 1): number => {
    if (Number.isFinite(loss)) return loss;
    const kind = Number.isNaN(loss) ? 'NaN' : 'infinite';
    throw new KernelscopeError(
      'failed',
      `Stopped in epoch ${during}: loss became ${kind}.${kept >= 0 ? ` The checkpoint of epoch ${kept} is kept.` : ''}`,
    );
  };
  async function* endOfEpoch(seconds: number): AsyncGenerator<TrainEvent, void, void> {
    if (measured.has(epoch)) {
      const metrics = await epochMetrics(device, network, dataset, epoch, breathe);
      // The last update may have been the one too many: its batch's loss was taken before it.
      for (const loss of [metrics.trainLoss, metrics.testLoss]) check(loss, Math.max(epoch, 1));
      yield { kind: 'epoch', metrics, seconds };
    }
    if (snapshots.has(epoch)) yield { kind: 'snapshot', epoch };
    if (snapshots.has(epoch) || performance.now() - keptAt > (o.checkpointEvery ?? 60_000)) yield await checkpoint();
  }

  let last: Scalar | null = null;
  /** the loss of the newest batch, waited for and found finite */
  const lossOf = async (of: Scalar): Promise<number> => check((await of.data())[0]);
  const stopped = () => new KernelscopeError('cancelled', `stopped in epoch ${epoch + 1} of ${epochs}`);
  /** Waits at the closed gate; everything that it could lose is given out first. */
  async function* waitAtGate(): AsyncGenerator<TrainEvent, void, void> {
    if (last) await lossOf(last);
    yield await checkpoint();
    yield { kind: 'paused' };
    await gate?.passed(signal);
    if (signal?.aborted) throw stopped(); // the checkpoint has been given out
    yield { kind: 'resumed' };
  }
  try {
    if (resume) {
      restoreWeights(device, network, resume.weights);
      step.optimizer.restore(resume.optimizer);
      shuffle.restore(resume.generator);
      step.count = resume.step;
      epoch = kept = resume.epoch;
      generator = [...resume.generator];
    } else yield* endOfEpoch(0);

    let reported = performance.now();
    while (epoch < epochs) {
      let began = performance.now();
      const order = shuffle.permutation(dataset.train.count);
      for (let b = step.count - epoch * batches.perEpoch; b < batches.perEpoch; b++) {
        if (signal?.aborted) {
          if (last) await lossOf(last);
          yield await checkpoint();
          throw stopped();
        }
        if (gate?.closed) {
          const waited = performance.now();
          yield* waitAtGate();
          rested = reported = keptAt = performance.now();
          began += rested - waited; // a pause is not training
        }
        const { x, y } = batches.take(order, b, epoch);
        last?.dispose();
        last = step.run(x, y, learningRate(config.training, step.count, steps));
        x.dispose();
        y.dispose();
        await breathe();
        if (performance.now() - reported > report) {
          yield { kind: 'step', epoch, step: step.count, steps, loss: await lossOf(last) };
          reported = performance.now();
        }
      }
      if (last) await lossOf(last);
      epoch++;
      generator = shuffle.state();
      yield* endOfEpoch((performance.now() - began) / 1e3);
    }
  } finally {
    last?.dispose();
    step.dispose();
  }
}
