// What the services ask of the machine: its speed (measured once, kept in the library), its room, its health.
import { stat, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Handlers } from '../contract/calls.ts';
import { listDatasets } from '../data/index.ts';
import type { Calibration, Compute, DeviceWish, Rates } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import type { Room } from './estimate.ts';

export interface MachineOptions {
  library: Library;
  compute: Compute;
  dataDir: string;
  device: DeviceWish;
  version: string;
}
export interface Machine extends Pick<Handlers, 'app.storage' | 'doctor.run' | 'devices.list'> {
  calibration(): Promise<Calibration>;
  room(): Promise<Room>;
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

export function createMachine({ library, compute, dataDir, device, version }: MachineOptions): Machine {
  const key = `${os.hostname()}, ${device}, version ${version}`;
  let measuring: Promise<Calibration> | null = null;

  const kept = (): Calibration | null => {
    const found = library.calibrations.get(key);
    if (!found || Date.now() - Date.parse(found.measured) > longestUse) return null;
    const { device: name, ...rates } = found.rates as Record<string, unknown> & { device: string };
    if (typeof rates['mapSeconds'] !== 'number') return null; // measured by a version that did not know of it
    return { device: name, rates: rates as unknown as Rates };
  };
  const measure = async (): Promise<Calibration> => {
    const found = await compute.start('calibrate', { device }).result;
    // Beside a run at work it measures what is left of the machine: good for now, not for later.
    if (!library.readOnly && library.runs.inStates('running').length === 0)
      library.calibrations.put(key, { device: found.device, ...found.rates });
    return found;
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
    calibration() {
      const known = measuring ?? (kept() ? Promise.resolve(kept() as Calibration) : null);
      if (known) return known;
      measuring = measure();
      measuring.catch(() => (measuring = null)); // the next one tries again
      return measuring;
    },
    room: async () => ({ memoryBytes: os.totalmem(), diskBytes: await freeDisk() }),
    async 'app.storage'() {
      const sizes = await Promise.all([library.file, `${library.file}-wal`].map(sizeOf));
      return { library: library.file, libraryBytes: sizes[0] + sizes[1], data: dataDir, freeDiskBytes: await freeDisk() };
    },
    'devices.list': () => compute.start('devices', null).result,
    async 'doctor.run'() {
      const found = await compute.start('doctor', null).result;
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
