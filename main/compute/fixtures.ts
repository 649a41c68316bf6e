// Numbers that were computed independently (NUMERICS, section 3), made again by this program on a device: what `doctor` shows.
import { parseConfig } from '../contract/config.ts';
import type { Check } from '../contract/results.ts';
import type { Algebra, Device } from '../devices/index.ts';
import { taken } from '../devices/read.ts';
import { alignLayer, alignmentReference } from '../kernels/alignment.ts';
import { infiniteKernel } from '../kernels/infinite.ts';
import { tangentKernel } from '../kernels/ntk.ts';
import { learningCurve } from '../kernels/regression.ts';
import { featureSpectrum, kernelSpectrum } from '../kernels/spectrum.ts';
import { createNetwork, restoreWeights } from '../networks/index.ts';
import { check } from './conformance/compare.ts';

// The published digits end at the tenth or twelfth place; float64 adds nothing to that.
const printed = 1e-10;

const X = Float64Array.of(1, 2, 0, 1, 3, 1, 2, 2, 1, 0, 4, 3);
const classes = [0, 0, 1, 1, 2, 2];
const oneHot = (labels: readonly number[], C: number) =>
  Float64Array.from({ length: labels.length * C }, (_, k) => +(labels[Math.floor(k / C)] === k % C));

async function alignments(algebra: Algebra): Promise<Check[]> {
  const reference = await alignmentReference({ algebra, P: 6, y: oneHot(classes, 3), classes: 3, x: null, inputs: 0 });
  const { target } = await alignLayer({ algebra, reference, layer: 'fixture', features: X, P: 6, N: 2 });
  return [
    check(
      'CKA, KTA and debiased CKA of six samples',
      [target.cka, target.kta, target.debiased],
      [0.274964423409, 0.479620993745, -0.114707866935],
      1e-12,
    ),
    check('permutation mean of CKA', [target.null], [0.3368314187], printed),
  ];
}

async function spectra(algebra: Algebra): Promise<Check[]> {
  const of = (centred: boolean) =>
    featureSpectrum({ algebra, layer: 'fixture', features: X, P: 6, N: 2, y: oneHot(classes, 3), classes: 3, centred });
  const [plain, centred] = [await of(false), await of(true)];
  return [
    check(
      'eigenvalues of a kernel',
      [...plain.eigenvalues].map((v) => 6 * v),
      [46.8403296678, 3.1596703322],
      printed,
    ),
    check('cumulative power', plain.power, [0.2634017321, 0.472972973], printed),
    check(
      'eigenvalues of the centred kernel',
      [...centred.eigenvalues].map((v) => 6 * v),
      [13.3974516088, 2.9358817245],
      printed,
    ),
    check('cumulative power, centred', centred.power, [0.1502576693, 0.3728813559], printed),
  ];
}

/** All points of {±1}⁸/√8: eigenvalue μ_k has multiplicity binom(8, k), and x₁x₂ lies in the 28 modes of k = 2. */
async function hypercube(algebra: Algebra): Promise<Check[]> {
  const [d, P] = [8, 256];
  const sign = (i: number, j: number) => ((i >> j) & 1 ? -1 : 1);
  const x = Float64Array.from({ length: P * d }, (_, k) => sign(Math.floor(k / d), k % d) / Math.sqrt(d));
  const G = new Float64Array(P * P);
  await algebra.gemm({ transB: true, m: P, n: P, k: d, a: x, b: x, c: G });
  const K = infiniteKernel(G, P, { hidden: 1 });
  const y = Float64Array.from({ length: P }, (_, i) => sign(i, 0) * sign(i, 1));
  const { eigenvalues, power } = await kernelSpectrum({ algebra, layer: 'fixture', K, P, y, classes: 1, centred: false });
  const mu = [0.3825093377, 0.125, 0.0175465075, 0, 0.0014500406, 0, 0.0008562273, 0, 0.0007112438];
  const binomial = [1, 8, 28, 56, 70, 56, 28, 8, 1];
  const want = mu.flatMap((v, k) => Array<number>(binomial[k]).fill(v)).sort((a, b) => b - a);
  return [
    check('spectrum of an infinitely wide network’s NTK on the hypercube', eigenvalues, want, printed),
    check('power of x₁x₂ before and after its modes', [power[8], power[36]], [0, 1], 1e-12),
  ];
}

function regression(): Check[] {
  const rho = Array.from({ length: 200 }, (_, i) => (i + 1) ** -2);
  const total = rho.reduce((s, v) => s + v, 0);
  const [{ kappa, gamma, error }] = learningCurve({ eigenvalues: rho, power: rho.map((v) => v / total), ridge: 0.01 }, [50]);
  return [check('learning curve of kernel regression', [kappa, gamma, error], [0.0579400551, 0.4508397641, 0.0242266638], printed)];
}

/** f(x) = V relu(W x) on three samples, by hand; the device works in float32. */
async function tangents(device: Device): Promise<Check[]> {
  const config = parseConfig({ model: { hidden: [2], bias: false } });
  const network = createNetwork(device, config, [2], 2);
  try {
    // Weights are N_in × N_out: the transposes of W = [[1, −1], [2, 1]] and V = [[1, −1], [3, 2]].
    restoreWeights(device, network, [
      { name: 'layer1.weight', shape: [2, 2], data: Float32Array.of(1, 2, -1, 1) },
      { name: 'readout.weight', shape: [2, 2], data: Float32Array.of(1, 3, -1, 2) },
    ]);
    const x = Float32Array.of(1, 2, 2, 1, 1, -1);
    const f = await taken(device.tf.tidy(() => network.forward(device.tf.tensor2d(x, [3, 2]))));
    const y = Float32Array.from(oneHot([0, 0, 1], 2));
    const made = {
      device,
      tangents: (t: Parameters<typeof network.tangents>[0]) => network.tangents(t),
      x,
      P: 3,
      D: 2,
      y,
      outputs: f,
      classes: 2,
      keep: true,
    };
    const { K, alignment } = await tangentKernel(made);
    // Numbers under 100 with 24 bits: 1e-5 is two units in the last place of the largest.
    return [
      check('outputs of a network by hand', f, [-4, 8, -4, 13, 1, 8], 1e-5),
      check('NTK of a network by hand', K ?? [], [28.5, 30, 1.5, 30, 63.5, 14.5, 1.5, 14.5, 20], 1e-5),
      check(
        'its alignment with target and network',
        [alignment.kta.ntkTarget, alignment.ntkTarget, alignment.kta.ntkNetwork],
        [0.890015722978, 0.862662185628, 0.933003911156],
        1e-6,
      ),
    ];
  } finally {
    network.dispose();
  }
}

/** All fixtures on an open device; under a second. */
export const checkNumerics = async (device: Device): Promise<Check[]> => [
  ...(await alignments(device.algebra)),
  ...(await spectra(device.algebra)),
  ...(await hypercube(device.algebra)),
  ...regression(),
  ...(await tangents(device)),
];
