// What is not stored because stored weights give it again: features, tangent kernels and outputs on the probe sets of a run. One array is
// made at a time and leaves in pieces; the next piece is made when the one before has been taken.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { KernelscopeError } from '../../contract/errors.ts';
import type { ProbeSet } from '../../contract/results.ts';
import { openDevice, type Device } from '../../devices/index.ts';
import { tangentKernel } from '../../kernels/ntk.ts';
import { createNetwork, restoreWeights, type Network } from '../../networks/index.ts';
import type { Job, JobContext } from '../worker.ts';

const pieceElements = 2 ** 22; // 16 MiB of float32

export const recompute: Job<'recompute'> = async ({ config, device: wish, probes, epochs, what }, context) => {
  const device = await openDevice(wish);
  const { xShape, classes } = probes[0].probe;
  const network = createNetwork(device, config, xShape.slice(1), classes);
  let done = 0;
  for (const epoch of epochs) {
    const weights = await context.ask({ kind: 'weights', epoch });
    restoreWeights(device, network, weights ?? []);
    for (const { split, probe } of probes) {
      const made = { device, network, probe, context };
      if (what.includes('features')) await features(made, (layer) => `features/${split}/${epoch}/${layer}`);
      if (what.includes('outputs')) await send(context, `outputs/${split}/${epoch}`, [probe.ids.length, classes], outputsOf(made));
      if (what.includes('ntk')) await ntk(made, `ntk/${split}/${epoch}`);
      context.tell({ kind: 'share', done: ++done / (epochs.length * probes.length) });
    }
  }
  return null;
};

interface Made {
  device: Device;
  network: Network;
  probe: ProbeSet;
  context: JobContext<'recompute'>;
}

const inputOf = ({ device, probe }: Made): Tensor2D => {
  const P = probe.ids.length;
  return device.tf.tensor2d(probe.x, [P, probe.x.length / P]);
};

async function features(made: Made, nameOf: (layer: string) => string): Promise<void> {
  const { device, network, probe, context } = made;
  const arrays = device.tf.tidy(() => network.features(inputOf(made)).layers.map((t) => Float32Array.from(t.dataSync())));
  for (const [l, layer] of network.layers.entries()) await send(context, nameOf(layer), [probe.ids.length, network.widths[l]], arrays[l]);
}

/** f(x) [P, C] */
const outputsOf = (made: Made): Float32Array =>
  made.device.tf.tidy(() => Float32Array.from(made.network.features(inputOf(made)).output.dataSync()));

async function ntk(made: Made, name: string): Promise<void> {
  const { device, network, probe, context } = made;
  const P = probe.ids.length;
  const { K } = await tangentKernel({
    device,
    tangents: (x) => network.tangents(x),
    x: probe.x,
    P,
    D: network.inputs,
    y: probe.y,
    outputs: outputsOf(made),
    classes: probe.classes,
    keep: true,
    signal: context.signal,
  });
  if (!K) throw new Error('the tangent kernel was asked for and not kept');
  await send(context, name, [P, P], K);
}

async function send(context: JobContext<'recompute'>, name: string, shape: number[], data: Float32Array): Promise<void> {
  for (let from = 0; from < data.length; from += pieceElements) {
    if (context.signal.aborted) throw new KernelscopeError('cancelled', `stopped at ${name}`);
    await context.ask({ kind: 'piece', name, shape, from, data: data.slice(from, from + pieceElements) });
  }
}
