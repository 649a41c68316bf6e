// Datasets by name: the samples that a run trains and is tested on, and the probes on which its kernels are formed.
import { createHash } from 'node:crypto';
import type { RunConfig } from '../contract/config.ts';
import { KernelscopeError } from '../contract/errors.ts';
import { splits, type Split } from '../contract/results.ts';
import { checkAugmentation } from './augment.ts';
import type { Dataset } from './dataset.ts';
import { generateDigits, side } from './digits.ts';
import { normaliseChannels, normalises } from './normalise.ts';
import { drawFrom, requireCount, type Samples } from './pool.ts';
import { reader } from './pools.ts';

export { createAugmenter, type Augmenter } from './augment.ts';
export { probeSet, type Dataset } from './dataset.ts';
export { fetchable, fetchDataset, type FetchOptions } from './fetch.ts';
export { importDataset, type ImportedArrays, type ImportOptions, type ImportReport, type Packed } from './import/index.ts';
export { sampleShape, type SampleShape } from './shapes.ts';
export { listDatasets, type DatasetReport } from './list.ts';
export { previewDataset } from './preview.ts';
export { removeDataset } from './remove.ts';
export type { Samples } from './pool.ts';

export interface LoadOptions {
  dataDir: string;
  signal?: AbortSignal;
  onProgress?(fraction: number): void;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1);
const digitsShape: readonly number[] = [side, side, 1];

/** Whether a config's samples can be had. @throws `bad-input` as loadDataset does, for missing or broken files and for too many samples */
export async function checkDataset(config: RunConfig, dataDir: string): Promise<void> {
  if (config.data.dataset === 'digits') return checkAugmentation(config, digitsShape);
  const read = await reader(config.data.dataset, dataDir);
  for (const split of splits) {
    const { count, shape } = await read(split);
    requireCount(config, split, count);
    checkAugmentation(config, shape);
  }
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

/** Both splits of a config as they are drawn, before normalisation. */
async function drawBoth(
  config: RunConfig,
  o: LoadOptions,
): Promise<Record<Split, Samples> & { shape: readonly number[]; classes: number }> {
  if (config.data.dataset === 'digits')
    return { shape: digitsShape, classes: 10, train: await drawDigits(config, 'train', o), test: await drawDigits(config, 'test', o) };
  const read = await reader(config.data.dataset, o.dataDir);
  const pool = await read('train');
  const train = await drawFrom(pool, config, 'train');
  return { shape: pool.shape, classes: pool.classes, train, test: await drawFrom(await read('test'), config, 'test') };
}

function hashOf(...parts: Samples[]): string {
  const hash = createHash('sha256');
  for (const p of parts)
    for (const array of [p.x, p.labels, p.ids]) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest('hex');
}

/** The training and test samples of a config.
 *  @throws `bad-input` for an unknown dataset, missing or broken files, more samples than there are, a constant channel */
export async function loadDataset(config: RunConfig, o: LoadOptions): Promise<Dataset> {
  try {
    const { shape, classes, train, test } = await drawBoth(config, o);
    checkAugmentation(config, shape);
    if (normalises(config, shape)) normaliseChannels(train, test, shape);
    return { name: config.data.dataset, shape: [...shape], inputs: sizeOf(shape), classes, train, test, hash: hashOf(train, test) };
  } catch (error) {
    if (o.signal?.aborted) throw new KernelscopeError('cancelled', 'cancelled while the data was read');
    throw error;
  }
}
