// What the devices of this machine are, and whether they compute what they should: each in a process of its own, which a driver may bring down.
import { firstLine } from '../../contract/errors.ts';
import type { DeviceReport } from '../../contract/results.ts';
import { listDevices, openDevice } from '../../devices/index.ts';
import { findNative } from '../../devices/native.ts';
import { checkParts, conformance, quickParts } from '../conformance/index.ts';
import type { Job } from '../worker.ts';

export const devices: Job<'devices'> = async (_, { host, aside }) => {
  const found = await listDevices();
  if (!host.gpuAside) return found;
  const own = async (): Promise<DeviceReport> => {
    try {
      const [report] = await aside('devices');
      return report;
    } catch (error) {
      // Whatever befalls the page, a crash too: it has no GPU to use then, and why is the reason.
      return { name: 'webgpu', usable: false, reason: firstLine(error) };
    }
  };
  return Promise.all(found.map(async (report) => (report.name === 'webgpu' ? await own() : report)));
};

export const doctor: Job<'doctor'> = async ({ device: name, full }, { tell }) => {
  const { library, detail } = await findNative();
  // The self-test is the first of the checks; here its failures are to be seen, not thrown.
  const device = await openDevice(name, { selfTest: false });
  try {
    const checks = await checkParts(device, full ? conformance : quickParts, (part) => tell({ kind: 'part', part }));
    return { checks, blas: { found: library !== null, name: library?.name ?? '', detail }, lapack: device.algebra.lapack };
  } finally {
    device.dispose();
  }
};
