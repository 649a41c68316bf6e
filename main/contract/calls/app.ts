// Calls about the program and the machine that it runs on.
import { z } from 'zod';
import type { DeviceReport, DoctorReport } from '../results.ts';
import { settings, type Settings } from '../settings.ts';

export const appCalls = {
  'app.info': z.strictObject({}),
  'app.storage': z.strictObject({}),
  'devices.list': z.strictObject({}),
  /** full: the whole list of checks, which takes half a minute on a slow GPU */
  'doctor.run': z.strictObject({ full: z.boolean().optional() }),
  'settings.get': z.strictObject({}),
  /** these, the others stay */
  'settings.set': z.strictObject(settings).partial(),
} as const;

export interface AppResults {
  'app.info': { version: string; host: 'web' | 'desktop'; library: string; readOnly: boolean; readOnlyReason: string | null };
  /** folders, and bytes of disk: of the library with its journal, and free where it lies */
  'app.storage': { library: string; libraryBytes: number; data: string; freeDiskBytes: number };
  'devices.list': DeviceReport[];
  'doctor.run': DoctorReport;
  'settings.get': Settings;
  'settings.set': Settings;
}

export interface AppEvents {
  'settings.changed': Settings;
}
export const appEvents = ['settings.changed'] as const satisfies readonly (keyof AppEvents)[];
