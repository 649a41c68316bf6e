// A dataset as a run uses it, and the probes drawn from it. Nothing here is Node's, because a page trains on it too.
import { badInput } from '../contract/errors.ts';
import type { ProbeSet, Split } from '../contract/results.ts';
import { createGenerator } from '../devices/random.ts';
import type { Samples } from './pool.ts';

export interface Dataset {
  name: string;
  /** of one sample, e.g. [28, 28, 1] */
  shape: number[];
  inputs: number;
  classes: number;
  train: Samples;
  test: Samples;
  /** SHA-256 of samples, labels and ids as used */
  hash: string;
}

/** The `count` samples of a split on which kernels are formed, drawn by seed; ids are positions in the dataset's split. */
export function probeSet(dataset: Dataset, split: Split, count: number, seed: number): ProbeSet {
  const samples = dataset[split];
  if (count > samples.count) throw badInput(`analysis.probe.${split}: expected 4 … ${samples.count} (the ${split} samples), got ${count}`);
  const rows = createGenerator(seed, `probe ${split}`).permutation(samples.count).slice(0, count).sort();
  const { inputs, classes } = dataset;
  const x = new Float32Array(count * inputs);
  const y = new Float32Array(count * classes);
  rows.forEach((row, i) => {
    x.set(samples.x.subarray(row * inputs, (row + 1) * inputs), i * inputs);
    y[i * classes + samples.labels[row]] = 1;
  });
  return { ids: Int32Array.from(rows, (row) => samples.ids[row]), x, xShape: [count, ...dataset.shape], y, classes };
}
