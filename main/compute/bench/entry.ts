// The process that `bench` times: one workload a process, so that its memory is its own. Speaks over Node's IPC.
import { openDevice, type DeviceName } from '../../devices/index.ts';
import { workloads, type Prepared, type WorkloadName } from './workloads.ts';

export interface BenchRequest {
  workload: WorkloadName;
  size: number;
  repeats: number;
  warm: number;
  device: DeviceName | 'auto';
  /** false: without the machine's BLAS */
  native: boolean;
}
export type BenchAnswer = { seconds: number[]; peakBytes: number; device: string; algebra: string } | { error: string };

let prepared: Promise<Prepared> | null = null;
let detail = { device: '', algebra: '' };

async function answer(request: BenchRequest): Promise<BenchAnswer> {
  prepared ??= (async () => {
    const device = await openDevice(request.device, { native: request.native });
    detail = { device: `${device.name}: ${device.detail}`, algebra: device.algebra.description };
    const made = await workloads[request.workload](device, request.size);
    for (let i = 0; i < request.warm; i++) {
      made.between?.();
      await made.run();
    }
    return made;
  })();
  const { run, between } = await prepared;
  const seconds: number[] = [];
  for (let i = 0; i < request.repeats; i++) {
    between?.();
    const start = performance.now();
    await run();
    seconds.push((performance.now() - start) / 1e3);
  }
  return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024, ...detail };
}

process.on('message', (request: BenchRequest) => {
  answer(request).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
