// All samples of a split of a dataset that lies in files, and the seeded subset of them that a run uses.
import type { RunConfig } from '../contract/config.ts';
import { badInput } from '../contract/errors.ts';
import type { Split } from '../contract/results.ts';
import { createGenerator } from '../devices/random.ts';

export interface Samples {
  /** [count, inputs]: pixels in [0, 1], or each channel normalised */
  x: Float32Array;
  labels: Uint8Array;
  /** positions in the dataset's split */
  ids: Int32Array;
  count: number;
}

export interface Pool {
  count: number;
  /** of one sample, e.g. [28, 28, 1] */
  shape: readonly number[];
  classes: number;
  labels: Uint8Array;
  /** samples `ids` (ascending) as a network takes them: [ids.length, inputs], bytes over 255 */
  gather(ids: Int32Array): Float32Array | Promise<Float32Array>;
}

const named: Record<Split, string> = { train: 'training', test: 'test' };

/** Refuses a config that asks for more samples of a split than there are. */
export function requireCount(config: RunConfig, split: Split, most: number): void {
  const count = config.data[split];
  if (count > most)
    throw badInput(`data.${split}: expected 1 … ${most} (the ${named[split]} samples of ${config.data.dataset}), got ${count}`);
}

/** A subset of a split, drawn by seed without replacement; in ascending order of position. */
export async function drawFrom(pool: Pool, config: RunConfig, split: Split): Promise<Samples> {
  requireCount(config, split, pool.count);
  const count = config.data[split];
  const ids = createGenerator(config.seed, `split ${split}`).permutation(pool.count).slice(0, count).sort();
  return { x: await pool.gather(ids), labels: Uint8Array.from(ids, (id) => pool.labels[id]), ids, count };
}
