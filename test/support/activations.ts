// Activations as files, for the tests of `analyze`.
import type { NamedArray } from '../../main/contract/results.ts';

export async function* each(arrays: NamedArray[]) {
  yield* arrays;
}
/** The fixture of CKA: six samples of three classes. */
export const X = Float64Array.of(1, 2, 0, 1, 3, 1, 2, 2, 1, 0, 4, 3);
export const fixture: NamedArray[] = [
  { name: 'layer/x', shape: [6, 2], data: X },
  { name: 'labels', shape: [6], data: Int32Array.of(0, 0, 1, 1, 2, 2) },
];
