import type { TrainingConfig } from '../contract/config.ts';

/** The step size of the step with this number (from 0) out of `steps`: constant, or falling linearly to 0 at the end of the last epoch. */
export function learningRate({ learningRate: eta, schedule }: TrainingConfig, step: number, steps: number): number {
  return schedule === 'constant' ? eta : eta * (1 - step / steps);
}
