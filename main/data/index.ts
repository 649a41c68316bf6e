// Datasets by name: the samples that a run trains and is tested on, and the probes on which its kernels are formed.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { RunConfig } from '../contract/config.ts';
import { KernelscopeError, badInput } from '../contract/errors.ts';
import { splits, type ProbeSet, type Split } from '../contract/results.ts';
import { createGenerator } from '../devices/random.ts';
import { generateDigits, side } from './digits.ts';
import { hasIdx } from './idx.ts';
import { mnistFiles, readMnist, type MnistFile } from './mnist.ts';

export { fetchDataset, type FetchOptions } from './fetch.ts';

export interface Samples {
  /** [count, inputs], pixels in [0, 1] */
  x: Float32Array;
  labels: Uint8Array;
  /** positions in the dataset's split */
  ids: Int32Array;
  count: number;
}

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

export interface LoadOptions {
  dataDir: string;
  signal?: AbortSignal;
  onProgress?(fraction: number): void;
}

function requireCount(config: RunConfig, split: Split, most: number): void {
  const count = config.data[split];
  if (count > most) throw badInput(`data.${split}: expected 1 … ${most} (the ${split} samples of mnist), got ${count}`);
}

/** Whether a config's samples can be had. @throws `bad-input` as loadDataset does, for missing or broken files and for too many samples */
export async function checkDataset(config: RunConfig, dataDir: string): Promise<void> {
  if (config.data.dataset !== 'mnist') return;
  for (const split of splits) requireCount(config, split, (await readMnist(dataDir, split)).count);
}

/** A subset of a split, drawn by seed without replacement; in ascending order of position. */
async function drawMnist(config: RunConfig, split: Split, dataDir: string): Promise<Samples> {
  const pool = await readMnist(dataDir, split);
  requireCount(config, split, pool.count);
  const count = config.data[split];
  const ids = createGenerator(config.seed, `split ${split}`).permutation(pool.count).slice(0, count).sort();
  const inputs = pool.side ** 2;
  const x = new Float32Array(count * inputs);
  const labels = new Uint8Array(count);
  ids.forEach((id, i) => {
    labels[i] = pool.labels[id];
    for (let j = 0; j < inputs; j++) x[i * inputs + j] = pool.pixels[id * inputs + j] / 255;
  });
  return { x, labels, ids, count };
}

async function drawDigits(config: RunConfig, split: Split, o: LoadOptions): Promise<Samples> {
  const count = config.data[split];
  const offset = split === 'train' ? 0 : 0.5;
  const { x, labels } = await generateDigits(config.data, split, count, config.seed, {
    signal: o.signal,
    onProgress: (fraction) => o.onProgress?.(offset + fraction / 2),
  });
  return { x, labels, ids: Int32Array.from({ length: count }, (_, i) => i), count };
}

function hashOf(...parts: Samples[]): string {
  const hash = createHash('sha256');
  for (const p of parts)
    for (const array of [p.x, p.labels, p.ids]) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest('hex');
}

/** The training and test samples of a config. @throws `bad-input` for missing or broken files and for more samples than there are */
export async function loadDataset(config: RunConfig, o: LoadOptions): Promise<Dataset> {
  const draw = {
    mnist: (split: Split) => drawMnist(config, split, o.dataDir),
    digits: (split: Split) => drawDigits(config, split, o),
  }[config.data.dataset];
  if (!draw) throw badInput(`data.dataset: expected mnist | digits, got ${JSON.stringify(config.data.dataset)}`);
  try {
    const train = await draw('train');
    const test = await draw('test');
    return { name: config.data.dataset, shape: [side, side, 1], inputs: side * side, classes: 10, train, test, hash: hashOf(train, test) };
  } catch (error) {
    if (o.signal?.aborted) throw new KernelscopeError('cancelled', 'cancelled while the data was read');
    throw error;
  }
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

export interface DatasetReport {
  name: string;
  present: boolean;
  detail: string;
}

/** Every dataset, whether it can be used, and where it lies or how to get it. */
export async function listDatasets(dataDir: string): Promise<DatasetReport[]> {
  const dir = path.join(dataDir, 'mnist');
  const missing: string[] = [];
  for (const file of Object.keys(mnistFiles) as MnistFile[]) if (!(await hasIdx(dir, file))) missing.push(file);
  return [
    { name: 'digits', present: true, detail: 'generated, any number of samples' },
    {
      name: 'mnist',
      present: missing.length === 0,
      detail:
        missing.length === 0 ? `60000 + 10000 samples in ${dir}` : `not in ${dir}: ${missing.join(', ')}; \`data fetch mnist\` gets it`,
    },
  ];
}
