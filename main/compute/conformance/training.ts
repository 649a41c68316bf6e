// A training run of each kind of network: the multilayer perceptron beside float64, the residual one beside tfjs's plain JavaScript; and
// the same run again, which has to give the same bits.
import type { Check, NamedArray } from '../../contract/results.ts';
import type { Device } from '../../devices/index.ts';
import { onReference } from '../../devices/reference.ts';
import { check, checkRelative } from './compare.ts';
import { mlp64, trainAdam64 } from './mlp64.ts';
import { flat, mlp, resnet, trained, type Subject } from './networks.ts';

export async function checkTraining(device: Device): Promise<Check[]> {
  return [...(await perceptron(device)), ...(await residual(device))];
}

async function perceptron(device: Device): Promise<Check[]> {
  const steps = 20;
  const { weights: start } = await untrained(device, mlp);
  const net = mlp64(start, 'tanh');
  const losses = trainAdam64(net, mlp.x, mlp.y, mlp.samples, { rate: mlp.config.training.learningRate, steps });
  const first = await trained(device, mlp, steps);
  const again = await trained(device, mlp, steps);
  for (const { network } of [first, again]) network.dispose();
  const want = net.layers.flatMap(({ W, b }) => [...W, ...b]);
  return [
    check('20 steps of Adam on an MLP against float64: losses', first.losses, losses, 5e-6), // losses of about 1, outputs good to 1e-6
    // Adam divides by √v̂: an error of 1e-7 in a gradient that is small beside it is a share of a step of 0.01
    check('20 steps of Adam on an MLP against float64: weights', flat(first.weights), want, 2e-5),
    check('the same MLP trained twice, bit for bit', flat(again.weights), flat(first.weights), 0),
  ];
}

async function residual(device: Device): Promise<Check[]> {
  const steps = 4;
  const want = await onReference(device.algebra, async (reference) => {
    const made = await trained(reference, resnet, steps);
    made.network.dispose();
    return made;
  });
  const { weights: start } = await untrained(device, resnet);
  const first = await trained(device, resnet, steps);
  const again = await trained(device, resnet, steps);
  for (const { network } of [first, again]) network.dispose();
  return [
    // Eleven layers with batch norm over twelve samples: errors of 1e-7 are divided by small deviations, layer by layer and step by step.
    checkRelative('4 steps of a residual network against plain JavaScript: losses', first.losses, want.losses, 2e-5),
    checkRelative('what they changed of its weights and statistics', flat(first.weights, start), flat(want.weights, start), 1e-4),
    check('the same residual network trained twice, bit for bit', flat(again.weights), flat(first.weights), 0),
  ];
}

async function untrained(device: Device, s: Subject): Promise<{ weights: NamedArray[] }> {
  const { network, weights } = await trained(device, s, 0);
  network.dispose();
  return { weights };
}
