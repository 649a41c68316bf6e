// What `bench` times on our side: the code that runs use, on made data of the paper's shapes.
import { defaultConfig, parseConfig } from '../../contract/config.ts';
import type { Device } from '../../devices/index.ts';
import { taken } from '../../devices/read.ts';
import { createGenerator } from '../../devices/random.ts';
import { alignmentReference, storedAlignments } from '../../kernels/alignment.ts';
import { tangentKernel } from '../../kernels/ntk.ts';
import { featureSpectrum } from '../../kernels/spectrum.ts';
import { createNetwork } from '../../networks/index.ts';
import { createStep } from '../../training/step.ts';

/** Runs once and settles when the result is there; the timed part alone. */
export type Timed = () => void | Promise<void>;
/** Prepares a workload of a size; `between` makes ready for the next repetition, untimed. */
export interface Prepared {
  run: Timed;
  between?: () => void;
  /** where it is not the size that was asked for */
  size?: number;
}

const config = () => {
  const c = defaultConfig();
  c.training.schedule = 'constant';
  return c;
};
const classes = 10;
const pixels = 784;

function uniform(n: number, seed: number): Float32Array {
  const generator = createGenerator(seed, 'bench');
  return Float32Array.from({ length: n }, () => generator.next());
}
function oneHot(n: number): Float32Array {
  const y = new Float32Array(n * classes);
  const generator = createGenerator(1, 'bench');
  for (let i = 0; i < n; i++) y[i * classes + generator.integer(classes)] = 1;
  return y;
}

/** One training step of the MLP 784-200×4-10 (Adam) on a batch of `size`. */
export async function mlpStep(device: Device, size: number): Promise<Prepared> {
  const network = createNetwork(device, config(), [pixels], classes);
  const { tf } = device;
  const x = tf.tensor2d(uniform(size * pixels, 0), [size, pixels]);
  const y = tf.tensor2d(oneHot(size), [size, classes]);
  const step = createStep(device, network, config());
  return { run: async () => void (await taken(step.run(x, y, 1e-3))) };
}

/** The class-traced NTK of that network at P = `size`, kept. */
export async function ntk(device: Device, size: number): Promise<Prepared> {
  const network = createNetwork(device, config(), [pixels], classes);
  const x = uniform(size * pixels, 0);
  const y = oneHot(size);
  const { tf } = device;
  const outputs = await taken(tf.tidy(() => network.forward(tf.tensor2d(x, [size, pixels]))));
  return {
    run: async () => {
      await tangentKernel({
        device,
        tangents: (batch) => network.tangents(batch),
        x,
        P: size,
        D: pixels,
        y,
        classes,
        outputs,
        keep: true,
      });
    },
  };
}

/** Eigenvalues and target power of a P × P kernel, P = `size`. */
export async function spectrum(device: Device, size: number): Promise<Prepared> {
  const { algebra } = device;
  const generator = createGenerator(2, 'bench');
  const psi = Float64Array.from({ length: size * 2 * size }, () => Math.max(generator.normal(), 0));
  const kernel = new Float64Array(size * size);
  await algebra.syrk({ n: size, k: 2 * size, alpha: 1 / size, a: psi, c: kernel });
  const target = Float64Array.from(oneHot(size));
  let K = kernel.slice();
  let Y = target.slice();
  return {
    run: async () => void (await algebra.symmetricPower(K, size, Y, classes)),
    between: () => {
      K = kernel.slice();
      Y = target.slice();
    },
  };
}

/** One training step of resnet11 at a quarter of the paper's width (32 × 32 × 3, SGD with momentum) on a batch of `size`. */
export async function resnetStep(device: Device, size: number): Promise<Prepared> {
  const c = parseConfig({ model: { kind: 'resnet11', width: 0.25 }, training: { optimizer: 'momentum', schedule: 'constant' } });
  const network = createNetwork(device, c, [32, 32, 3], classes);
  const { tf } = device;
  const x = tf.tensor2d(uniform(size * 3072, 0), [size, 3072]);
  const y = tf.tensor2d(oneHot(size), [size, classes]);
  const step = createStep(device, network, c);
  return { run: async () => void (await taken(step.run(x, y, 1e-3))) };
}

/** Channels of the ten probed layers at width 1: their features averaged over space. */
const tenLayers = [64, 64, 128, 128, 128, 256, 256, 256, 512, 256];

function features(P: number, N: number, seed: number): Float32Array {
  const generator = createGenerator(seed, 'bench');
  return Float32Array.from({ length: P * N }, () => Math.max(generator.normal(), 0));
}

/** Alignments of ten layers with target and input (3072) at P = `size`, input and target included. */
export async function alignments(device: Device, size: number): Promise<Prepared> {
  const { algebra } = device;
  const x = features(size, 3072, 3);
  const y = oneHot(size);
  const layers = tenLayers.map((N, l) => ({ layer: `layer ${l + 1}`, features: features(size, N, l + 10), P: size, N }));
  return {
    run: async () => {
      const reference = await alignmentReference({ algebra, P: size, y, classes, x, inputs: 3072 });
      await storedAlignments(algebra, reference, layers);
    },
  };
}

/** Spectrum and cumulative power of `size` × 512 features. */
export async function featureSpectra(device: Device, size: number): Promise<Prepared> {
  const input = { layer: 'layer', features: features(size, 512, 4), P: size, N: 512, y: oneHot(size), classes, centred: false };
  return { run: async () => void (await featureSpectrum({ algebra: device.algebra, ...input })) };
}

/** A square product in float32 on the device: its best time is the machine's peak. The cpu's is of size³, a GPU's as large as serves. */
export async function float32Peak(device: Device, size: number): Promise<Prepared> {
  if (device.name !== 'cpu') return gpuProduct(device);
  const { tf } = device;
  const a = tf.tensor2d(uniform(size * size, 0), [size, size]);
  return {
    run: async () => void (await taken(tf.matMul(a, a))),
  };
}

/** Sides of a GPU's product: the larger, the less weigh its start and the wait for its end. */
const gpuSides = [512, 1024, 2048, 4096, 8192];
/** Seconds of a product that is large enough: the next would take eight times as long, and systems end what holds a GPU for seconds. */
const longEnough = 0.1;

/** A square product of which four numbers are read: its end has to be waited for, but the whole would time the way to the host. */
export async function gpuProduct(device: Device, largest = 8192): Promise<Prepared> {
  const { tf } = device;
  const side = gpuSides[0];
  const sides = gpuSides.filter((n) => n <= largest && 4 * n * n <= device.tensorBytes);
  const block = tf.tensor2d(uniform(side * side, 0), [side, side]);
  let a = block.clone();
  const run = async () => void (await taken(tf.tidy(() => tf.slice(tf.matMul(a, a), [0, 0], [1, 4]))));
  for (const n of sides) {
    a.dispose();
    a = tf.tile(block, [n / side, n / side]);
    // compiles
    await run();
    const start = performance.now();
    await run();
    if (performance.now() - start > 1e3 * longEnough) break;
  }
  block.dispose();
  return { run, size: a.shape[0] };
}

/** The same in float64 on the algebra. */
export async function float64Peak(device: Device, size: number): Promise<Prepared> {
  const a = Float64Array.from(uniform(size * size, 0));
  const c = new Float64Array(size * size);
  return { run: () => device.algebra.gemm({ m: size, n: size, k: size, a, b: a, c }) };
}

export const workloads = {
  'mlp-step': mlpStep,
  ntk,
  spectrum,
  'resnet-step': resnetStep,
  alignments,
  'feature-spectrum': featureSpectra,
  'float32-peak': float32Peak,
  'float64-peak': float64Peak,
};
export type WorkloadName = keyof typeof workloads;
