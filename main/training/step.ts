// One training step: loss, its gradient with respect to every parameter, update.
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../contract/config.ts';
import type { Device } from '../devices/index.ts';
import type { Network } from '../networks/index.ts';
import { createOptimizer, type Optimizer } from './optimizer.ts';

/** Mean over samples of the squared error summed over classes. f, y: [B, C] */
export const meanSquaredError = (device: Device, f: Tensor2D, y: Tensor2D): Scalar =>
  device.tf.tidy(() => device.tf.div(device.tf.sum(device.tf.square(device.tf.sub(f, y))), f.shape[0]));

export interface Step {
  optimizer: Optimizer;
  /** updates taken so far */
  count: number;
  /** x [B, D], y [B, C] → the loss before the update; the caller disposes it */
  run(x: Tensor2D, y: Tensor2D, rate: number): Scalar;
  dispose(): void;
}

export function createStep(device: Device, network: Network, config: RunConfig): Step {
  const { tf } = device;
  const optimizer = createOptimizer(device, network.parameters, config.training);
  const variables = network.parameters.map((p) => p.variable);
  return {
    optimizer,
    count: 0,
    run(x, y, rate) {
      this.count++;
      return tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => meanSquaredError(device, network.forwardInTraining(x), y), variables);
        optimizer.update(
          variables.map((v) => grads[v.name]),
          rate,
          this.count,
        );
        return value;
      });
    },
    dispose: () => optimizer.dispose(),
  };
}
