// What the devices of this machine are, and whether they compute what they should: each in a process of its own, which a driver may bring down.
import { listDevices, openDevice } from '../../devices/index.ts';
import { findNative } from '../../devices/native.ts';
import { checkParts, conformance, quickParts } from '../conformance/index.ts';
import type { Job } from '../worker.ts';

export const devices: Job<'devices'> = () => listDevices();

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
