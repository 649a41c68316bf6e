// Whether a run's tensors fit the device it is about to start on: refused here, in one line, and not by the device in mid-run.
import { badInput } from '../contract/errors.ts';
import type { RunConfig } from '../contract/config.ts';
import type { SampleShape } from '../data/index.ts';
import type { Device } from '../devices/index.ts';
import { workOf, type Work } from './work.ts';

export const gigabytes = (bytes: number): string => `${bytes < 1e11 ? (bytes / 1e9).toPrecision(2) : Math.round(bytes / 1e9)} GB`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toPrecision(3)} MB`;

/** Moments that the optimiser keeps, in units of the weights. */
export const moments = { sgd: 0, momentum: 1, adam: 2 } as const;
/** Bytes of what stays on the device between steps: weights, their gradients, those to come, and the optimiser's moments. */
export const heldBytes = ({ training: { optimizer } }: RunConfig, { weights }: Pick<Work, 'weights'>): number =>
  4 * weights * (3 + moments[optimizer]);

/** The largest batch whose training step `bytes` of memory hold; under 1 where there is none. */
export const largestBatch = (config: RunConfig, work: Work, bytes: number): number =>
  Math.floor((bytes - heldBytes(config, work)) / work.batchBytes);

/** Batch norm needs the whole batch at once, so nothing but a smaller one helps.
 *  @throws KernelscopeError `bad-input` where a step takes more than the device holds, with the batch that it holds */
export function requireStep(config: RunConfig, work: Work, { name, memoryBytes }: Pick<Device, 'name' | 'memoryBytes'>): void {
  if (memoryBytes === null) return;
  const { batchSize } = config.training;
  const most = largestBatch(config, work, memoryBytes);
  if (batchSize <= most) return;
  const held = heldBytes(config, work);
  const where = `on the ${name} device, which holds ${gigabytes(memoryBytes)}`;
  throw badInput(
    most < 1
      ? `${work.maps > 0 ? 'model.width: expected less' : 'model.hidden: expected fewer units'}: weights, gradients and moments take ${gigabytes(held)} ${where}`
      : `training.batchSize: expected at most ${most} with this network, got ${batchSize}: a step would take ${gigabytes(held + batchSize * work.batchBytes)} ${where}`,
  );
}

/** @throws KernelscopeError `bad-input` naming the field that is too large for the device, and what would do */
export function requireFits(config: RunConfig, shape: SampleShape, device: Pick<Device, 'name' | 'tensorBytes' | 'memoryBytes'>): void {
  const { name, tensorBytes } = device;
  const work = workOf(config, shape);
  const { largest, maps } = work;
  const holds = `the ${name} device holds ${megabytes(tensorBytes)} in one tensor`;
  if (4 * largest.weights > tensorBytes)
    throw badInput(
      `${maps > 0 ? 'model.width: expected less' : 'model.hidden: expected narrower layers'}: the weights of one layer take ${megabytes(4 * largest.weights)}, ${holds}`,
    );
  const { batchSize } = config.training;
  const most = Math.floor(tensorBytes / (4 * largest.sample));
  if (most < 1) throw badInput(`data.dataset: one sample takes ${megabytes(4 * largest.sample)} in a layer, ${holds}`);
  if (batchSize > most)
    throw badInput(
      `training.batchSize: expected at most ${most} here, got ${batchSize}: ${holds}, a batch takes ${megabytes(4 * batchSize * largest.sample)}`,
    );
  requireStep(config, work, device);
}
