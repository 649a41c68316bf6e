// Features of all probed layers on one probe set, made in batches that fit the device. Layers are kept as far as a budget goes, the narrowest
// first; the others are made again, batch by batch, whenever rows of them are asked for.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { batchOf } from '../devices/batch.ts';
import type { Device } from '../devices/index.ts';
import { allTaken, taken } from '../devices/read.ts';
import type { FeatureInput } from './features.ts';

/** What is needed of a network. */
export interface Probed {
  readonly layers: readonly string[];
  readonly widths: readonly number[];
  readonly sampleBytes: { forward: number };
  features(x: Tensor2D): { layers: Tensor2D[]; output: Tensor2D };
}

export interface LayerFeatures {
  /** in the order of the network's layers */
  layers: FeatureInput[];
  /** f(x) [P, C] */
  output: Float32Array;
}

const keptBytes = 2 ** 30;

/** x: [P, D]; budget: bytes of features that are kept */
export async function layerFeatures(
  device: Device,
  network: Probed,
  { x, P, D, budget = keptBytes }: { x: Float32Array; P: number; D: number; budget?: number },
): Promise<LayerFeatures> {
  const { tf } = device;
  const { widths } = network;
  const batch = batchOf(device, network.sampleBytes.forward);
  const kept = widths.map(() => false);
  let room = budget / 4 / P;
  for (const l of widths.map((_, i) => i).sort((a, b) => widths[a] - widths[b])) if ((kept[l] = widths[l] <= room)) room -= widths[l];
  const store = widths.map((N, l) => (kept[l] ? new Float32Array(P * N) : null));
  const output: Float32Array[] = [];

  /** What is wanted of samples from … to−1 that go through the network; the caller disposes it. */
  const pass = (from: number, to: number, wanted: (made: ReturnType<Probed['features']>) => Tensor2D[]): Tensor2D[] =>
    tf.tidy(() => wanted(network.features(tf.tensor2d(x.subarray(from * D, to * D), [to - from, D]))));
  const held = [...store.keys()].filter((l) => kept[l]);
  for (let from = 0; from < P; from += batch) {
    const made = pass(from, Math.min(P, from + batch), ({ layers, output: f }) => [f, ...held.map((l) => layers[l])]);
    const [f, ...values] = await allTaken(made);
    for (const [k, l] of held.entries()) store[l]?.set(values[k], from * widths[l]);
    output.push(Float32Array.from(f));
  }

  const again = (l: number) => async (from: number, to: number) => {
    const N = widths[l];
    const rows = new Float32Array((to - from) * N);
    for (let at = from; at < to; at += batch) {
      const [made] = pass(at, Math.min(to, at + batch), ({ layers }) => [layers[l]]);
      rows.set(await taken(made), (at - from) * N);
    }
    return rows;
  };
  const layers = network.layers.map((layer, l): FeatureInput => ({ layer, features: store[l] ?? again(l), P, N: widths[l] }));
  const all = new Float32Array(output.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of output) {
    all.set(part, at);
    at += part.length;
  }
  return { layers, output: all };
}
