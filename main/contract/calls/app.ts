// Calls about the program and the machine that it runs on.
import { z } from 'zod';
import type { DeviceReport, DoctorReport } from '../results.ts';

export const appCalls = {
  'app.info': z.strictObject({}),
  'devices.list': z.strictObject({}),
  'doctor.run': z.strictObject({}),
} as const;

export interface AppResults {
  'app.info': { version: string; host: 'web' | 'desktop'; library: string; readOnly: boolean; readOnlyReason: string | null };
  'devices.list': DeviceReport[];
  'doctor.run': DoctorReport;
}
