// Whether a run's tensors fit the device it is about to start on: refused here, in one line, and not by the device in mid-run.
import { badInput } from '../contract/errors.ts';
import type { RunConfig } from '../contract/config.ts';
import type { SampleShape } from '../data/index.ts';
import type { Device } from '../devices/index.ts';
import { workOf } from './work.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toPrecision(3)} MB`;

/** @throws KernelscopeError `bad-input` naming the field that is too large for the device, and what would do */
export function requireFits(config: RunConfig, shape: SampleShape, { name, tensorBytes }: Pick<Device, 'name' | 'tensorBytes'>): void {
  const { largest, maps } = workOf(config, shape);
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
}
