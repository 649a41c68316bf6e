// The rule of the update, with its state as variables: in place, one pass a parameter.
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../contract/config.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { NamedArray } from '../contract/results.ts';
import type { Device } from '../devices/index.ts';
import { arraysOf, type Parameter } from '../networks/index.ts';

/** Kingma & Ba (2015), as PyTorch has it too. */
export const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export interface Optimizer {
  /** One update of every parameter; `step` counts from 1. gradients in the order of the parameters */
  update(gradients: readonly Tensor[], rate: number, step: number): void;
  state(): Promise<NamedArray[]>;
  restore(state: readonly NamedArray[]): void;
  dispose(): void;
}

const slotsOf = { sgd: [], momentum: ['velocity'], adam: ['m', 'v'] } as const;

export function createOptimizer(device: Device, parameters: readonly Parameter[], config: TrainingConfig): Optimizer {
  const { tf, ops } = device;
  const kind = config.optimizer;
  const slots: { name: string; variable: Variable }[][] = parameters.map(({ name, variable }) =>
    slotsOf[kind].map((slot) => ({ name: `${name}.${slot}`, variable: tf.tidy(() => tf.variable(tf.zeros(variable.shape), false)) })),
  );
  const all = slots.flat();
  return {
    update(gradients, rate, step) {
      parameters.forEach(({ variable }, i) => {
        const [first, second] = slots[i];
        if (kind === 'sgd') ops.sgd(variable, gradients[i], { rate });
        else if (kind === 'momentum') ops.momentum(variable, gradients[i], first.variable, { rate, momentum: config.momentum });
        else ops.adam(variable, gradients[i], first.variable, second.variable, { rate, ...adamConstants, step });
      });
    },
    state: () => arraysOf(all),
    restore(state) {
      const byName = new Map(state.map((s) => [s.name, s]));
      for (const { name, variable } of all) {
        const saved = byName.get(name);
        if (!saved || saved.shape.join() !== variable.shape.join())
          throw new KernelscopeError(
            'failed',
            `checkpoint: expected the optimiser's ${name} [${variable.shape.join()}], found ${saved ? `[${saved.shape.join()}]` : 'none'}`,
          );
        const value = tf.tensor(saved.data, saved.shape, 'float32');
        variable.assign(value);
        value.dispose();
      }
    },
    dispose: () => all.forEach(({ variable }) => variable.dispose()),
  };
}
