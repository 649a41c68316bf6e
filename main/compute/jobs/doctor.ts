// What the devices of this machine are, and whether they compute what they should.
import type { Check } from '../../contract/results.ts';
import { checkDevice } from '../../devices/fixtures.ts';
import { listDevices, openDevice } from '../../devices/index.ts';
import { findNative } from '../../devices/native.ts';
import { checkNumerics } from '../fixtures.ts';
import type { DoctorFindings } from '../protocol.ts';
import type { Job } from '../worker.ts';

export const devices: Job<'devices'> = () => listDevices();

export const doctor: Job<'doctor'> = async () => {
  const found: DoctorFindings['devices'] = [];
  let lapack = { found: false, detail: 'no device could be opened' };
  for (const report of await listDevices()) {
    const checks: Check[] = [];
    if (report.usable) {
      const device = await openDevice(report.name);
      try {
        checks.push(...(await checkDevice(device)), ...(await checkNumerics(device)));
        lapack = device.algebra.lapack;
      } finally {
        device.dispose();
      }
    }
    found.push({ ...report, checks });
  }
  const { library, detail } = await findNative();
  return { devices: found, blas: { found: library !== null, name: library?.name ?? '', detail }, lapack };
};
