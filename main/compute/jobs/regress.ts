// Learning curves of ridge regression with a kernel of stored snapshots: as its stored spectrum predicts them, and measured on the kernel,
// which is formed anew from stored weights.
import { badInput } from '../../contract/errors.ts';
import type { LearningCurve } from '../../contract/figures.ts';
import type { Device } from '../../devices/index.ts';
import { createGenerator } from '../../devices/random.ts';
import { layerFeatures } from '../../kernels/layer-features.ts';
import { keptKernel, tangentSource } from '../../kernels/ntk.ts';
import { learningCurve } from '../../kernels/regression.ts';
import { measuredCurve, predictionErrors, sampleCounts } from '../../kernels/ridge.ts';
import { centreKernel, layerKernel, readTarget } from '../../kernels/spectrum.ts';
import { createNetwork, restoreWeights, type Network } from '../../networks/index.ts';
import type { RegressInput } from '../protocol.ts';
import type { Job, JobContext } from '../worker.ts';

/** Regressions behind a measured point. */
const draws = 10;
/** Points of a predicted curve. */
const predicted = 65;

export const regress: Job<'regress'> = async (input, context) => {
  const device = await context.host.openDevice(input.device);
  const { config, probe, snapshots } = input;
  const network = createNetwork(device, config, probe.xShape.slice(1), probe.classes);
  const curves: LearningCurve[] = [];
  for (const [i, { epoch }] of snapshots.entries()) {
    restoreWeights(device, network, (await context.ask({ kind: 'weights', epoch })) ?? []);
    curves.push(
      await curveOf({ input, context, device, network }, i, (share) =>
        context.tell({ kind: 'share', done: (i + share) / snapshots.length }),
      ),
    );
  }
  return curves;
};

interface World {
  input: RegressInput;
  context: JobContext<'regress'>;
  device: Device;
  network: Network;
}

async function curveOf(world: World, place: number, onProgress: (share: number) => void): Promise<LearningCurve> {
  const { input, context, device } = world;
  const { config, probe, split, layer } = input;
  const { epoch, spectrum } = input.snapshots[place];
  const { y, classes } = probe;
  const { centred } = config.analysis;
  const P = probe.ids.length;
  const { K, outputs } = await kernelOf(world);
  onProgress(0.5);
  const ridge = input.ridge * spectrum.eigenvalues.reduce((s, eta) => s + eta, 0); // Σ η = Tr K / P
  const measured = await measuredCurve({
    algebra: device.algebra,
    K,
    P,
    y,
    classes,
    centred,
    ridge,
    counts: sampleCounts(P),
    draws,
    generator: createGenerator(config.seed, `regression, ${split}`),
    signal: context.signal,
    onProgress: (share) => onProgress(0.5 + share / 2),
  });
  const last = measured[measured.length - 1].n;
  const counts = Array.from({ length: predicted }, (_, i) => last ** (i / (predicted - 1)));
  const { total } = await readTarget({ layer, y, P, classes, centred });
  const theory = learningCurve({ ...powerOf(spectrum, total / P), ridge }, counts);
  return {
    split,
    epoch,
    layer,
    samples: P,
    ridge,
    theory: theory.map(({ P: n, error }) => ({ n, error })),
    measured,
    draws,
    network: predictionErrors(outputs, y, P, classes),
  };
}

/** K [P, P] of the layer or the class-traced NTK, centred as its spectrum is, and f(x) [P, C] */
async function kernelOf({ input, context, device, network }: World): Promise<{ K: Float64Array; outputs: Float32Array }> {
  const { config, probe, layer } = input;
  const { centred } = config.analysis;
  const P = probe.ids.length;
  const { layers, output: outputs } = await layerFeatures(device, network, { x: probe.x, P, D: network.inputs });
  if (layer !== 'ntk') {
    const features = layers.find((l) => l.layer === layer);
    if (!features) throw badInput(`layer: expected ${network.layers.join(' | ')} | ntk, got ${layer}`);
    return { K: await layerKernel({ algebra: device.algebra, ...features, centred }), outputs };
  }
  const K = Float64Array.from(await keptKernel(tangentSource(device, network, probe, outputs), context.signal));
  if (centred) centreKernel(K, P);
  return { K, outputs };
}

/** Σ_c a_ρc² of each mode from C(ρ), and what no mode has; total: ‖Y‖²/P */
function powerOf({ eigenvalues, power, nullPower }: RegressInput['snapshots'][number]['spectrum'], total: number) {
  return { eigenvalues, power: power.map((C, k) => total * (C - (k === 0 ? 0 : power[k - 1]))), nullPower: total * nullPower };
}
