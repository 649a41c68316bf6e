// The process that `bench` times: one workload a process, so that its memory is its own. Speaks over Node's IPC.
import { openDevice, type DeviceName } from '../../devices/index.ts';
import { workloads, type Prepared, type WorkloadName } from './workloads.ts';

export interface BenchRequest {
  workload: WorkloadName;
  /** float32-peak takes another on a GPU */
  size: number;
  repeats: number;
  warm: number;
  device: DeviceName | 'auto';
  /** false: without the machine's BLAS */
  native: boolean;
}
export interface BenchTimes {
  seconds: number[];
  /** the size that was timed */
  size: number;
  peakBytes: number;
  name: DeviceName;
  /** its name and what it is */
  device: string;
  algebra: string;
}
export type BenchAnswer = BenchTimes | { error: string };

let prepared: Promise<Prepared & Pick<BenchTimes, 'size' | 'name' | 'device' | 'algebra'>> | null = null;

async function answer(request: BenchRequest): Promise<BenchAnswer> {
  prepared ??= (async () => {
    const device = await openDevice(request.device, { native: request.native });
    const made = await workloads[request.workload](device, request.size);
    for (let i = 0; i < request.warm; i++) {
      made.between?.();
      await made.run();
    }
    return {
      size: request.size,
      ...made,
      name: device.name,
      device: `${device.name}: ${device.detail}`,
      algebra: device.algebra.description,
    };
  })();
  const { run, between, ...what } = await prepared;
  const seconds: number[] = [];
  for (let i = 0; i < request.repeats; i++) {
    between?.();
    const start = performance.now();
    await run();
    seconds.push((performance.now() - start) / 1e3);
  }
  return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024, ...what };
}

process.on('message', (request: BenchRequest) => {
  answer(request).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
