// Features of all probed layers on one probe set, made in batches that fit the device. Layers are kept as far as a budget goes, the narrowest
// first; the others are made again, batch by batch, whenever rows of them are asked for.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { batchOf } from '../devices/batch.ts';
import type { Device } from '../devices/index.ts';
import type { FeatureInput } from './features.ts';

/** What is needed of a network. */
export interface Probed {
  readonly layers: readonly string[];
  readonly widths: readonly number[];
  readonly sampleBytes: { forward: number; tangents: number };
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
export function layerFeatures(
  { tf }: Device,
  network: Probed,
  { x, P, D, budget = keptBytes }: { x: Float32Array; P: number; D: number; budget?: number },
): LayerFeatures {
  const { widths } = network;
  const batch = batchOf(network.sampleBytes.forward);
  const kept = widths.map(() => false);
  let room = budget / 4 / P;
  for (const l of widths.map((_, i) => i).sort((a, b) => widths[a] - widths[b])) if ((kept[l] = widths[l] <= room)) room -= widths[l];
  const store = widths.map((N, l) => (kept[l] ? new Float32Array(P * N) : null));
  const output: Float32Array[] = [];

  /** Samples from … to−1 through the network. */
  const pass = (from: number, to: number, take: (made: ReturnType<Probed['features']>) => void) =>
    tf.tidy(() => take(network.features(tf.tensor2d(x.subarray(from * D, to * D), [to - from, D]))));
  for (let from = 0; from < P; from += batch)
    pass(from, Math.min(P, from + batch), ({ layers, output: f }) => {
      for (const [l, values] of store.entries()) values?.set(layers[l].dataSync(), from * widths[l]);
      output.push(Float32Array.from(f.dataSync()));
    });

  const again = (l: number) => (from: number, to: number) => {
    const N = widths[l];
    const rows = new Float32Array((to - from) * N);
    for (let at = from; at < to; at += batch)
      pass(at, Math.min(to, at + batch), ({ layers }) => rows.set(layers[l].dataSync(), (at - from) * N));
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
