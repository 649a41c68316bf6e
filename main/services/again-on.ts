// On which device what a run has is computed again from its weights: the one that was asked for here, else the run's own; where that is a GPU
// that this machine does not have (a run that came from another), the one that is chosen here.
import type { DeviceReport } from '../contract/results.ts';
import type { DeviceWish } from '../compute/index.ts';

export type AgainOn = (run: string) => Promise<DeviceWish>;

interface World {
  /** that was asked for here */
  device: DeviceWish;
  /** that the run asked for */
  deviceOf(run: string): DeviceWish;
  devices(): Promise<DeviceReport[]>;
  log(line: string): void;
}

export const createAgainOn =
  ({ device, deviceOf, devices, log }: World): AgainOn =>
  async (run) => {
    if (device !== 'auto') return device;
    const wish = deviceOf(run);
    if (wish === 'auto' || wish === 'cpu') return wish; // always there
    const report = (await devices()).find(({ name }) => name === wish);
    if (report?.usable) return wish;
    log(
      `run ${run} was trained on ${wish}, which is not here (${report?.reason ?? 'nobody knows of it'}); it is computed again on another device`,
    );
    return 'auto';
  };
