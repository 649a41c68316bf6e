// The one list of what a device has to get right before its numbers are believed: `doctor --full` and the tests run it on every device that
// is there, under Node and in a page.
import type { Check } from '../../contract/results.ts';
import { checkDevice } from '../../devices/fixtures.ts';
import type { Device } from '../../devices/index.ts';
import { checkNumerics } from '../fixtures.ts';
import { checkCentred } from './centred.ts';
import { checkKernels } from './kernels.ts';
import { checkOperators } from './operators.ts';
import { checkTraining } from './training.ts';

export interface Part {
  name: string;
  run(device: Device): Promise<Check[]>;
}

/** What a device is asked before each use, and what `doctor` shows without `--full`. */
export const quickParts: readonly Part[] = [
  { name: 'self-test', run: checkDevice },
  { name: 'fixtures', run: checkNumerics },
];

export const conformance: readonly Part[] = [
  ...quickParts,
  { name: 'operators', run: checkOperators },
  { name: 'training', run: checkTraining },
  { name: 'kernels and alignments', run: async (device) => [...(await checkKernels(device)), ...(await checkCentred(device))] },
];

/** Runs parts of the list one after the other. `begins` hears of each, and how far the list has come. An error of the device is a check
 *  that failed: one part that cannot run must not hide what the others find. */
export async function checkParts(
  device: Device,
  parts: readonly Part[] = conformance,
  begins: (part: string, share: number) => void = () => undefined,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [i, part] of parts.entries()) {
    begins(part.name, i / parts.length);
    try {
      checks.push(...(await part.run(device)));
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
      checks.push({ name: `${part.name}: stopped by an error: ${reason}`, passed: false, deviation: Infinity, tolerance: 0 });
    }
  }
  return checks;
}
