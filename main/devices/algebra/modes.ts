// Small steps between row-major arrays and what LAPACK and the kernels hold.
import type { Modes } from './tridiagonal.ts';

export interface Spectrum {
  /** descending */
  values: Float64Array;
  /** power[ρ] = ‖u_ρᵀY‖² */
  power: Float64Array;
}

/** Positions by descending value. */
export const descending = (values: Float64Array): number[] => [...values.keys()].sort((i, j) => values[j] - values[i]);

/** ‖row‖² of each row of UᵀY */
export function rowPower({ rows, columns, values }: Modes): Float64Array {
  return values.map((_, i) => {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += rows[i * columns + c] ** 2;
    return sum;
  });
}

export function spectrumOf(modes: Modes): Spectrum {
  const order = descending(modes.values);
  const power = rowPower(modes);
  return { values: Float64Array.from(order, (i) => modes.values[i]), power: Float64Array.from(order, (i) => power[i]) };
}

/** The first rows × columns numbers of A, row-major, as columns of `height` numbers. */
export function toColumns(
  A: Float64Array,
  rows: number,
  columns: number,
  into: Float64Array = new Float64Array(rows * columns),
  height = rows,
): Float64Array {
  for (let i = 0; i < rows; i++) for (let c = 0; c < columns; c++) into[c * height + i] = A[i * columns + c];
  return into;
}

/** The top `rows` of columns of `height` numbers, row-major. */
export function toRows(A: Float64Array, rows: number, columns: number, height = rows): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let c = 0; c < columns; c++) out[i * columns + c] = A[c * height + i];
  return out;
}
