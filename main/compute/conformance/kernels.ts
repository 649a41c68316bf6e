// Kernels of small networks on a device, by the code that runs use, beside their definitions in float64: the tangent kernel through the whole
// Jacobian, layer kernels and their alignments as written-out P × P matrices.
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { Check } from '../../contract/results.ts';
import type { Device } from '../../devices/index.ts';
import { taken } from '../../devices/read.ts';
import { onReference } from '../../devices/reference.ts';
import { alignmentReference, alignTogether } from '../../kernels/alignment.ts';
import { layerFeatures } from '../../kernels/layer-features.ts';
import { tangentKernel } from '../../kernels/ntk.ts';
import { createNetwork, restoreWeights, type Network } from '../../networks/index.ts';
import { check, checkRelative } from './compare.ts';
import { cka, debiasedCka, gram, kta } from './definitions.ts';
import { mlp64, ntk64, pass } from './mlp64.ts';
import { first, mlp, resnet, trained, type Subject, type Trained } from './networks.ts';

/** Few samples: each costs a backward pass in JavaScript for each class. */
const few = first(5, resnet);

const rowsOf = (all: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> }, P: number) =>
  Array.from({ length: P }, (_, i) => all.subarray((i * all.length) / P, ((i + 1) * all.length) / P));

const featuresOf = (device: Device, network: Network, s: Subject) => layerFeatures(device, network, { x: s.x, P: s.samples, D: s.inputs });

async function tangentsOf(device: Device, network: Network, s: Subject, outputs: Float32Array, block: number): Promise<Float32Array> {
  const tangents = (x: Tensor2D) => network.tangents(x);
  const { x, y, samples: P, inputs: D, classes } = s;
  const { K } = await tangentKernel({ device, tangents, x, P, D, y, outputs, classes, keep: true, block });
  return K ?? new Float32Array(0);
}

export async function checkKernels(device: Device): Promise<Check[]> {
  return [...(await perceptron(device)), ...(await residual(device))];
}

/** After some steps, so that biases and layers are not what they were drawn as. */
async function perceptron(device: Device): Promise<Check[]> {
  const { network, weights } = await trained(device, mlp, 3);
  const P = mlp.samples;
  try {
    const net = mlp64(weights, 'tanh');
    const passes = rowsOf(mlp.x, P).map((x) => pass(net, x));
    const { layers, output } = await featuresOf(device, network, mlp);
    const K = await tangentsOf(device, network, mlp, output, 4); // more tiles than one
    const checks = [
      // 28 products of numbers under 1, rounded in two layers
      check('outputs of an MLP against float64', output, passes.flatMap((p) => [...p.f]), 2e-6), // prettier-ignore
      checkRelative('its tangent kernel against the whole Jacobian in float64', K, ntk64(net, mlp.x, P), 2e-6),
    ];
    const sets = layers.map((layer) => ({ ...layer, features: layer.features as Float32Array }));
    const reference = await alignmentReference({
      algebra: device.algebra,
      P,
      y: mlp.y,
      classes: mlp.classes,
      x: mlp.x,
      inputs: mlp.inputs,
    });
    const aligned = await alignTogether(device.algebra, reference, sets);
    const [Y, X] = [gram(rowsOf(mlp.y, P)), gram(rowsOf(mlp.x, P))];
    const got: number[] = [];
    const want: number[] = [];
    for (const [l, { features }] of sets.entries()) {
      const exact = gram(passes.map((p) => p.h[l + 1]));
      checks.push(checkRelative(`the Gram matrix of ${sets[l].layer} against float64`, gram(rowsOf(features, P)), exact, 2e-6));
      for (const [partner, found] of [
        [Y, aligned[l].target],
        [X, aligned[l].input],
      ] as const) {
        if (found) got.push(found.cka, found.kta, found.debiased);
        want.push(cka(exact, partner, P), kta(exact, partner), debiasedCka(exact, partner, P));
      }
    }
    // ratios of kernels that are right to some 1e-7; debiasing takes off most of a norm
    checks.push(check('CKA, KTA and debiased CKA of its layers by their definitions', got, want, 2e-6));
    return checks;
  } finally {
    network.dispose();
  }
}

/** With running statistics that have moved. */
async function residual(device: Device): Promise<Check[]> {
  const P = few.samples;
  const made = await onReference(device.algebra, (reference) => inPlainJavaScript(reference));
  const network = createNetwork(device, resnet.config, resnet.shape, resnet.classes);
  try {
    restoreWeights(device, network, made.weights);
    const { layers, output } = await featuresOf(device, network, few);
    const K = await tangentsOf(device, network, few, output, 3);
    const grams = layers.flatMap(({ features }) => [...gram(rowsOf(features as Float32Array, P))]);
    return [
      // eleven layers, each rounded
      checkRelative('layer kernels of a residual network against plain JavaScript', grams, made.grams, 5e-6),
      checkRelative('its tangent kernel against the Jacobian, one output of one sample at a time', K, made.K, 2e-5),
    ];
  } finally {
    network.dispose();
  }
}

async function inPlainJavaScript(reference: Device): Promise<Pick<Trained, 'weights'> & { grams: number[]; K: Float64Array }> {
  const { tf } = reference;
  const { samples: P, inputs: D, classes: C } = few;
  const { network, weights } = await trained(reference, resnet, 3);
  try {
    const { layers } = await featuresOf(reference, network, few);
    const grams = layers.flatMap(({ features }) => [...gram(rowsOf(features as Float32Array, P))]);
    const J: number[][][] = [];
    for (const [i, x] of rowsOf(few.x, P).entries()) {
      J[i] = [];
      for (let c = 0; c < C; c++) J[i][c] = await gradientOf(tf, network, x as Float32Array, [1, D], c);
    }
    const K = new Float64Array(P * P);
    for (let i = 0; i < P; i++)
      for (let j = 0; j < P; j++) for (let c = 0; c < C; c++) J[i][c].forEach((v, k) => (K[i * P + j] += (v * J[j][c][k]) / C));
    return { weights, grams, K };
  } finally {
    network.dispose();
  }
}

/** ∂f_c(x)/∂θ, all parameters in a row */
async function gradientOf(tf: Device['tf'], network: Network, x: Float32Array, shape: [number, number], c: number): Promise<number[]> {
  const variables = network.parameters.map((p) => p.variable);
  const output = () => {
    const f = network.forward(tf.tensor2d(x, shape));
    return tf.sum<Scalar>(tf.mul(f, tf.oneHot(tf.tensor1d([c], 'int32'), f.shape[1])));
  };
  const { value, grads } = tf.variableGrads(output, variables);
  value.dispose();
  const parts: number[] = [];
  for (const v of variables) parts.push(...(await taken(grads[v.name])));
  return parts;
}
