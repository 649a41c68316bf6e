// One array as the file formats hand it on, whatever its type in the file.

/** Values in C order. Floats keep the precision they were stored in (float16 widens to float32); whole numbers of any width are float64. */
export interface ReadArray {
  shape: number[];
  data: Float32Array | Float64Array;
  /** all values are whole numbers by type: labels, ids */
  integer: boolean;
  /** whole numbers of 64 bits where some lie beyond ±2^53 and `data` rounds them; in the order of the file */
  exact?: BigInt64Array | BigUint64Array;
}

export const countOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** The value of 16 bits as IEEE half precision: 1 sign, 5 exponent, 10 fraction. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

let table: Float32Array | undefined;

/** n half-precision values, widened, by a table of all of them. */
export function halves(view: DataView, n: number): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits));
  const data = new Float32Array(n);
  for (let i = 0; i < n; i++) data[i] = table[view.getUint16(2 * i, true)];
  return data;
}

/** From Fortran order (first index fastest) to C order (last index fastest). */
export function toCOrder<T extends Float32Array | Float64Array>(data: T, shape: readonly number[]): T {
  const rank = shape.length;
  if (rank < 2) return data;
  const result = data.slice() as T;
  const strides = shape.map((_, i) => countOf(shape.slice(0, i)));
  const index = new Array<number>(rank).fill(0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    result[to] = data[from];
    // The next index in C order, and where Fortran order keeps it.
    for (let axis = rank - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
