// What an imported dataset is on disk, DATA/imported/NAME: header.json, x.bin (samples one after the other, bytes or little-endian float32),
// labels.bin and split.bin (a byte a sample; split: 0 training, 1 test).
import path from 'node:path';
import { datasetNameProblem } from '../../contract/datasets.ts';
import { badInput } from '../../contract/errors.ts';
import { splits, type Split } from '../../contract/results.ts';

export const bytesOf = { uint8: 1, float32: 4 } as const;
export type Dtype = keyof typeof bytesOf;

export const arrays = ['x', 'labels', 'split'] as const;
export type ArrayName = (typeof arrays)[number];

export interface Header {
  version: 1;
  name: string;
  /** of one sample: [H, W, C], or [D] */
  shape: number[];
  /** uint8: pixels, over 255 when they are read */
  dtype: Dtype;
  classNames: string[];
  counts: Record<Split, number>;
  /** own: as it came; drawn: 80 to 20 by this seed */
  split: { kind: 'own' } | { kind: 'drawn'; seed: number };
  /** SHA-256 of each file */
  checksums: Record<ArrayName, string>;
}

export const importedFolder = (dataDir: string): string => path.join(dataDir, 'imported');
export const fileOf = (folder: string, name: ArrayName | 'header'): string =>
  path.join(folder, name === 'header' ? 'header.json' : `${name}.bin`);
export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Labels are bytes. */
export const mostClasses = 256;
/** pixels, of each side; and numbers in a sample without sides */
export const largestSide = 256;
export const mostFeatures = largestSide ** 2 * 4;

/** @throws `bad-input` for a name that is taken by the program or is none */
export function checkName(name: string): void {
  const problem = datasetNameProblem(name);
  if (problem) throw badInput(`--name: ${problem}`);
}

/** Why samples of a shape are refused; null where they are not. */
export function shapeProblem(shape: readonly number[]): string | null {
  const [height, width] = shape;
  if (shape.some((d) => d < 1)) return `expected samples that hold something, got the shape (${shape.join(', ')})`;
  if (shape.length === 3 && Math.max(height, width) > largestSide)
    return `expected images of at most ${largestSide} × ${largestSide}, got ${height} × ${width}`;
  if (sizeOf(shape) > mostFeatures) return `expected at most ${mostFeatures} numbers a sample, got ${sizeOf(shape)}`;
  return null;
}

const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;
const texts = (v: unknown): v is string[] => Array.isArray(v) && v.every((t) => typeof t === 'string');

/** @throws `bad-input` naming the file for what is no header of this version */
export function parseHeader(file: string, text: string): Header {
  let h: Partial<Header> | null = null;
  try {
    h = JSON.parse(text) as Partial<Header> | null;
  } catch {
    // said below
  }
  const fine =
    h?.version === 1 &&
    Array.isArray(h.shape) &&
    (h.shape.length === 1 || h.shape.length === 3) &&
    h.shape.every((d) => isCount(d)) &&
    shapeProblem(h.shape) === null &&
    Object.keys(bytesOf).includes(h.dtype ?? '') &&
    texts(h.classNames) &&
    h.classNames.length <= mostClasses &&
    splits.every((s) => isCount(h.counts?.[s])) &&
    arrays.every((a) => typeof h.checksums?.[a] === 'string');
  if (!fine) throw badInput(`${file}: expected the header of an imported dataset, got something else or a cut file; import it again`);
  return h as Header;
}
