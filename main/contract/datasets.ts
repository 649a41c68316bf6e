// Datasets as a person sees them.
import type { Split } from './results.ts';

export interface DatasetInfo {
  name: string;
  /** generated: as many samples as are asked for; fetched: from its authors; imported: by the person */
  kind: 'generated' | 'fetched' | 'imported';
  present: boolean;
  /** what it is, in a sentence */
  about: string;
  /** what is wrong or missing; null where it can be used */
  problem: string | null;
  /** null: as many as are asked for, or not here */
  counts: Record<Split, number> | null;
  /** of one sample: [height, width, channels] or [numbers] */
  shape: number[];
  classes: number;
  /** where it lies; null for a generated one */
  folder: string | null;
  /** on disk */
  bytes: number;
  /** runs that were made with it, and how many of them are not over */
  runs: number;
  busy: number;
}

export interface ClassCount {
  name: string;
  train: number;
  test: number;
}
/** A closer look at a dataset: read from its files. */
export interface DatasetPreview {
  dataset: string;
  /** null for a generated one, whose classes are balanced */
  classes: ClassCount[] | null;
  /** SHA-256: of its files in their order, or the checksum of its samples; null for a generated one */
  hash: string | null;
  /** [height, width, channels] of the pictures; null where samples are no pictures */
  shape: [number, number, number] | null;
  /** a few training samples of each class; bytes, by rows, channels last */
  samples: { label: number; id: number; pixels: Uint8Array }[];
  names: string[];
}

/** What an import made, and what it left out. */
export interface DatasetImport {
  name: string;
  kind: 'idx' | 'cifar' | 'npz' | 'images';
  shape: number[];
  classes: ClassCount[];
  counts: Record<Split, number>;
  split: { kind: 'own' } | { kind: 'drawn'; seed: number };
  /** the first of what was left out, and how much it was in all */
  refused: { file: string; reason: string }[];
  refusedCount: number;
}

/** Names that the program's own datasets have. */
export const builtInDatasets: readonly string[] = ['mnist', 'cifar10', 'digits'];

/** Why a dataset cannot be called this; null where it can. */
export function datasetNameProblem(name: string): string | null {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(name))
    return `expected 1 … 60 letters, digits, - _ . (a letter or digit first), got ${JSON.stringify(name)}`;
  if (builtInDatasets.includes(name.toLowerCase()))
    return `expected another name than the program’s own ${builtInDatasets.join(', ')}, got ${name}`;
  return null;
}
