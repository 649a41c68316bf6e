// Arrays x [n, …] and y [n] that somebody else has read, as from an NPZ.
import { badInput } from '../../contract/errors.ts';
import { classesOf, type Sample, type Source } from './source.ts';
import { shapeProblem, sizeOf } from './stored.ts';

export interface ImportedArray {
  /** C order */
  shape: readonly number[];
  data: Float32Array | Float64Array;
  /** whole numbers by type */
  integer: boolean;
}
export interface ImportedArrays {
  x: ImportedArray;
  y: ImportedArray;
}

const list = (shape: readonly number[]) => `(${shape.join(', ')})`;

/** Bytes, where whole numbers 0 … 255 are pixels; what has no value over 1 is a mask, not an almost black image. */
const arePixels = ({ data, integer }: ImportedArray) => {
  let most = 0;
  for (const v of data) {
    if (!integer || v < 0 || v > 255) return false;
    most = Math.max(most, v);
  }
  return most > 1;
};

/** what: the file, for messages. @throws `bad-input` naming the array */
export function openArrays(what: string, { x, y }: ImportedArrays): Source {
  const [n, ...rest] = x.shape;
  if (x.shape.length < 2 || x.shape.length > 4)
    throw badInput(`${what}: x: expected the shape (n, D), (n, H, W) or (n, H, W, C), got ${list(x.shape)}`);
  const shape = rest.length === 2 ? [...rest, 1] : rest;
  const problem = shapeProblem(shape);
  if (problem) throw badInput(`${what}: x: ${problem}`);
  const inputs = sizeOf(shape);
  const bad = x.data.findIndex((v: number) => !Number.isFinite(Math.fround(v)));
  if (bad >= 0) throw badInput(`${what}: x: expected finite float32 numbers, got ${x.data[bad]} in sample ${Math.floor(bad / inputs)}`);
  if (y.data.length !== n || y.shape[0] !== n)
    throw badInput(`${what}: y: expected ${n} labels, one a sample, got the shape ${list(y.shape)}`);
  const odd = y.data.findIndex((v: number) => !Number.isSafeInteger(v));
  if (odd >= 0) throw badInput(`${what}: y: expected whole numbers, got ${y.data[odd]} for sample ${odd}`);
  const { classNames, place } = classesOf(`${what}: y`, y.data);
  const pixels = arePixels(x);
  return {
    kind: 'npz',
    shape,
    dtype: pixels ? 'uint8' : 'float32',
    classNames,
    ownTest: false,
    count: n,
    *samples(): Generator<Sample, void, void> {
      for (let i = 0; i < n; i++) {
        const values = x.data.subarray(i * inputs, (i + 1) * inputs);
        yield { x: pixels ? Uint8Array.from(values) : Float32Array.from(values), label: place.get(y.data[i]) as number, split: 'train' };
      }
    },
  };
}
