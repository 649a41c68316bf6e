// What can be imported, as a stream of samples.
import { badInput } from '../../contract/errors.ts';
import type { Split } from '../../contract/results.ts';
import type { Dtype } from './stored.ts';
import { mostClasses } from './stored.ts';

export interface Sample {
  /** of the source's dtype and shape */
  x: Uint8Array | Float32Array;
  /** place in the source's classNames */
  label: number;
  split: Split;
}

export interface Source {
  kind: 'idx' | 'cifar' | 'npz' | 'images';
  shape: number[];
  dtype: Dtype;
  classNames: string[];
  /** it says itself which samples are for tests */
  ownTest: boolean;
  /** samples, as far as one can know before all are decoded */
  count: number;
  samples(): AsyncIterable<Sample> | Iterable<Sample>;
}

/** Something of the source is left out; the report says so. */
export type Refuse = (file: string, reason: string) => void;

/** Whole-number labels in ascending order as class names, and each label's place among them. @throws `bad-input` for too many or too few */
export function classesOf(what: string, labels: Iterable<number>): { classNames: string[]; place: Map<number, number> } {
  const values = [...new Set(labels)].sort((a, b) => a - b);
  if (values.length < 2 || values.length > mostClasses)
    throw badInput(`${what}: expected 2 … ${mostClasses} different labels, got ${values.length}`);
  return { classNames: values.map(String), place: new Map(values.map((v, i) => [v, i])) };
}
