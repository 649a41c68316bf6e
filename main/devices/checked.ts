// What every device has to pass before it is used, and how its refusal is said.
import { firstLine, KernelscopeError } from '../contract/errors.ts';
import type { Check, DeviceReport } from '../contract/results.ts';
import type { Device } from './index.ts';
import { checkDevice } from './fixtures.ts';

const failures = (checks: readonly Check[]): string =>
  checks
    .filter((c) => !c.passed)
    .map((c) => `${c.name} is off by ${c.deviation.toExponential(1)} (accepted ${c.tolerance.toExponential(1)})`)
    .join('; ');

/** Compares an open device with known results. @throws KernelscopeError `failed` naming what is off */
export async function requireSound(device: Device): Promise<void> {
  const failed = failures(await checkDevice(device));
  if (failed) throw new KernelscopeError('failed', `it fails its self-test: ${failed}`);
}

/** What is said of a device that can be used; `software`: computed by the processor, though it is called a GPU */
export const usableReport = (what: string, software: boolean): Pick<DeviceReport, 'reason' | 'onlyByName'> =>
  software ? { reason: `${what}; computed by the processor, so \`auto\` passes it over`, onlyByName: true } : { reason: what };

/** A device that was asked for by its name cannot be used; reason: why, without its name */
export class UnusableDevice extends KernelscopeError {
  readonly reason: string;
  constructor(name: string, reason: string) {
    super('bad-input', `device: ${name} cannot be used (${reason}); accepted: auto, or one that \`doctor\` calls usable`);
    this.reason = reason;
  }
}

/** For a device that was asked for by its name; what is not meant for a person is left as it is */
export const unusable = (name: string, error: unknown): unknown =>
  error instanceof KernelscopeError ? new UnusableDevice(name, firstLine(error)) : error;
