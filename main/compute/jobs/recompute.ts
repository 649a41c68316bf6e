// What is not stored because stored weights give it again: features, tangent kernels and outputs on the probe sets of a run. One array is
// made at a time and leaves in pieces; the next piece is made when the one before has been taken.
import { KernelscopeError } from '../../contract/errors.ts';
import type { ProbeSet } from '../../contract/results.ts';
import type { Device } from '../../devices/index.ts';
import { layerFeatures } from '../../kernels/layer-features.ts';
import { keptKernel, tangentSource } from '../../kernels/ntk.ts';
import { createNetwork, restoreWeights, type Network } from '../../networks/index.ts';
import { pieceElements } from '../protocol.ts';
import type { Job, JobContext } from '../worker.ts';

export const recompute: Job<'recompute'> = async ({ config, device: wish, probes, epochs, what }, context) => {
  const device = await context.host.openDevice(wish);
  const { xShape, classes } = probes[0].probe;
  const network = createNetwork(device, config, xShape.slice(1), classes);
  let done = 0;
  for (const epoch of epochs) {
    const weights = await context.ask({ kind: 'weights', epoch });
    restoreWeights(device, network, weights ?? []);
    for (const { split, probe } of probes) {
      const made = { device, network, probe, context };
      if (what.includes('features')) await features(made, (layer) => `features/${split}/${epoch}/${layer}`);
      if (what.includes('outputs'))
        await send(context, `outputs/${split}/${epoch}`, [probe.ids.length, classes], piecesOf(await outputsOf(made)));
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

const madeOf = ({ device, network, probe }: Made) => {
  const P = probe.ids.length;
  return layerFeatures(device, network, { x: probe.x, P, D: probe.x.length / P });
};

async function features(made: Made, nameOf: (layer: string) => string): Promise<void> {
  for (const { layer, features: rows, P, N } of (await madeOf(made)).layers)
    await send(made.context, nameOf(layer), [P, N], async (from, to) => {
      // Pieces are counted in numbers, layers that are not kept in rows.
      if (typeof rows !== 'function') return rows.subarray(from, to);
      const first = Math.floor(from / N);
      return (await rows(first, Math.ceil(to / N))).subarray(from - first * N, to - first * N);
    });
}

/** f(x) [P, C] */
const outputsOf = async (made: Made): Promise<Float32Array> => (await madeOf(made)).output;

async function ntk(made: Made, name: string): Promise<void> {
  const { device, network, probe, context } = made;
  const P = probe.ids.length;
  const K = await keptKernel(tangentSource(device, network, probe, await outputsOf(made)), context.signal);
  await send(context, name, [P, P], piecesOf(K));
}

type Piece = Float32Array | Float64Array;
type Pieces = (from: number, to: number) => Piece | Promise<Piece>;
const piecesOf =
  (data: Float32Array): Pieces =>
  (from, to) =>
    data.subarray(from, to);

/** Sends an array of `shape`, whose numbers from … to−1 `pieces` gives. */
async function send(context: JobContext<'recompute'>, name: string, shape: number[], pieces: Pieces): Promise<void> {
  const length = shape.reduce((a, b) => a * b, 1);
  for (let from = 0; from < length; from += pieceElements) {
    if (context.signal.aborted) throw new KernelscopeError('cancelled', `stopped at ${name}`);
    const data = Float32Array.from(await pieces(from, Math.min(length, from + pieceElements)));
    await context.ask({ kind: 'piece', name, shape, from, data });
  }
}
