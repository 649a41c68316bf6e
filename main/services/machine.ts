// What the services ask of the machine: its speed (measured once, kept in the library), its room, its health.
import { stat, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Handlers } from '../contract/calls.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { DeviceReport, DoctorReport, Room } from '../contract/results.ts';
import { listDatasets } from '../data/index.ts';
import type { Calibration, Compute, DeviceWish, Rates } from '../compute/index.ts';
import type { Library } from '../store/index.ts';

export interface MachineOptions {
  library: Library;
  compute: Compute;
  dataDir: string;
  device: DeviceWish;
  version: string;
}
export interface Machine extends Pick<Handlers, 'app.storage' | 'doctor.run' | 'devices.list'> {
  /** of a device; of the host's own choice unless told */
  calibration(device?: DeviceWish): Promise<Calibration>;
  /** what is known without measuring */
  known(device?: DeviceWish): Calibration | null;
  /** @throws `bad-input` for a device that is named and cannot be used here, with the reason */
  checkDevice(device?: DeviceWish): Promise<void>;
  /** whether a run of this wish trains on a GPU: named, or what `auto` would take here */
  takesGpu(device?: DeviceWish): Promise<boolean>;
  room(): Promise<Room>;
  /** as they were when they were first listed */
  devices(): Promise<DeviceReport[]>;
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

const longestUse = 24 * 3600_000; // ms for which a measured speed is believed

export function createMachine({ library, compute, dataDir, device: own, version }: MachineOptions): Machine {
  const keyOf = (device: DeviceWish) => `${os.hostname()}, ${device}, version ${version}`;
  const measuring = new Map<DeviceWish, Promise<Calibration>>();
  const measured = new Map<DeviceWish, Calibration>();
  let listed: Promise<DeviceReport[]> | null = null;

  const kept = (device: DeviceWish): Calibration | null => {
    const found = library.calibrations.get(keyOf(device));
    if (!found || Date.now() - Date.parse(found.measured) > longestUse) return null;
    const { device: name, ...rates } = found.rates as Record<string, unknown> & { device: string };
    if (typeof rates['mapSeconds'] !== 'number') return null; // measured by a version that did not know of it
    return { device: name, rates: rates as unknown as Rates };
  };
  const measure = async (device: DeviceWish): Promise<Calibration> => {
    const found = await compute.start('calibrate', { device }).result;
    // Beside a run at work it measures what is left of the machine: good for now, not for later.
    if (!library.readOnly && library.runs.inStates('running').length === 0)
      library.calibrations.put(keyOf(device), { device: found.device, ...found.rates });
    measured.set(device, found);
    return found;
  };
  const known = (device: DeviceWish): Calibration | null => measured.get(device) ?? kept(device);
  const listDevices = () => compute.start('devices', null).result;
  /** As they were when they were first listed. */
  const devices = (): Promise<DeviceReport[]> => {
    listed ??= listDevices();
    listed.catch(() => (listed = null)); // the next one tries again
    return listed;
  };
  /** Every device's checks. One that breaks its process down, or does not open after all, is not usable, and why is its reason. */
  const examine = async (full: boolean): Promise<Pick<DoctorReport, 'devices' | 'automatic' | 'blas' | 'lapack'>> => {
    const checked: DoctorReport['devices'] = [];
    let cpu: Pick<DoctorReport, 'blas' | 'lapack'> | null = null;
    for (const report of await listDevices()) {
      if (!report.usable) {
        checked.push({ ...report, checks: [] });
        continue;
      }
      try {
        const { checks, blas, lapack } = await compute.start('doctor', { device: report.name, full }).result;
        checked.push({ ...report, checks });
        if (report.name === 'cpu') cpu = { blas, lapack };
      } catch (error) {
        // Without the cpu device there is nothing to report at all.
        if (report.name === 'cpu' || !(error instanceof KernelscopeError)) throw error;
        checked.push({ ...report, usable: false, reason: `${report.reason}; but ${error.message}`, checks: [] });
      }
    }
    if (!cpu) throw new Error('the list of devices has no cpu');
    const sound = checked.filter((d) => d.usable && !d.onlyByName && d.checks.every((c) => c.passed)).map((d) => d.name);
    return { devices: checked, automatic: (['cuda', 'webgpu', 'cpu'] as const).find((name) => sound.includes(name)) ?? null, ...cpu };
  };
  /** Free bytes where the library lies, or will lie. */
  const freeDisk = async (): Promise<number> => {
    for (let dir = path.resolve(library.dir); ; dir = path.dirname(dir)) {
      try {
        const { bavail, bsize } = await statfs(dir);
        return bavail * bsize;
      } catch (error) {
        if (dir === path.dirname(dir)) throw error;
      }
    }
  };

  return {
    async calibration(device = own) {
      const found = known(device);
      if (found) return found;
      const under = measuring.get(device) ?? measure(device);
      measuring.set(device, under);
      // Whether it went well or not: the next one asks what is known, or tries again.
      return under.finally(() => measuring.delete(device));
    },
    known: (device = own) => known(device),
    devices,
    async checkDevice(device = own) {
      if (device === 'auto' || device === 'cpu') return; // always there
      const all = await devices();
      const usable = ['auto', ...all.filter((d) => d.usable).map((d) => d.name)];
      if (usable.includes(device)) return;
      const why = all.find((d) => d.name === device)?.reason ?? 'nobody knows of it';
      throw badInput(`device: expected ${usable.join(' | ')}, got ${device}: ${why}`);
    },
    async takesGpu(device = own) {
      if (device !== 'auto') return device !== 'cpu';
      return (await devices()).some((d) => d.name !== 'cpu' && d.usable && !d.onlyByName);
    },
    room: async () => ({ memoryBytes: os.totalmem(), diskBytes: await freeDisk() }),
    async 'app.storage'() {
      const sizes = await Promise.all([library.file, `${library.file}-wal`].map(sizeOf));
      return { library: library.file, libraryBytes: sizes[0] + sizes[1], data: dataDir, freeDiskBytes: await freeDisk() };
    },
    'devices.list': listDevices,
    async 'doctor.run'({ full = false }) {
      const found = await examine(full);
      return {
        version,
        node: process.version,
        platform: `${process.platform}-${process.arch}`,
        ...found,
        datasets: await listDatasets(dataDir),
        library: { path: library.file, present: library.present, runs: library.runs.count() },
        freeDiskBytes: await freeDisk(),
      };
    },
  };
}
