// What every routine asks of its input, with the value that is wrong, and how long work stays off the event loop.
import { badInput } from '../../contract/errors.ts';
import { breath } from '../breath.ts';

/** Lets other work of this process run. */
export { breath as breathe };

/** LAPACK counts elements in int32: 46,340² is the last square under 2³¹. */
export const largestOrder = 46_340;
/** dsyevd's workspace is 1 + 6n + 2n². */
export const largestEigenOrder = 32_766;
const elementsAtOnce = 4_000_000; // some 5 ms

/** @throws KernelscopeError `bad-input` unless `value` is a whole number from `least` to `most` */
export function checkCount(name: string, value: number, least = 1, most = 2 ** 31 - 1): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw badInput(`${name}: expected a whole number from ${least} to ${most}, got ${value}`);
}

/** @throws KernelscopeError `bad-input` when `array` is shorter than `length`: native code would read past its end */
export function checkLength(name: string, array: Float64Array, length: number): void {
  if (array.length < length) throw badInput(`${name}: expected ${length} numbers, got ${array.length}`);
}

/** Whether elements from … to − 1 are finite: 0·x is NaN where one is not. Four sums, or each would wait for the one before. */
export function allFinite(array: Float64Array | Float32Array, from = 0, to = array.length): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = from;
  for (; i + 4 <= to; i += 4) {
    a += array[i] * 0;
    b += array[i + 1] * 0;
    c += array[i + 2] * 0;
    d += array[i + 3] * 0;
  }
  for (; i < to; i++) a += array[i] * 0;
  return a + b + c + d === 0;
}

/** @throws KernelscopeError `bad-input` where a number among the first rows × columns is NaN or infinite, with its place */
export async function checkFinite(name: string, array: Float64Array, rows: number, columns: number): Promise<void> {
  const length = rows * columns;
  for (let from = 0; from < length; from += elementsAtOnce) {
    if (from > 0) await breath();
    const to = Math.min(length, from + elementsAtOnce);
    if (allFinite(array, from, to)) continue;
    const i = array.subarray(from, to).findIndex((v) => !Number.isFinite(v)) + from;
    throw badInput(`${name}: ${array[i]} at row ${Math.floor(i / columns)}, column ${i % columns}; expected finite numbers`);
  }
}

/** @throws KernelscopeError `bad-input` for an order that int32 LAPACK cannot address */
export function checkOrder(name: string, n: number, most = largestOrder): void {
  if (n > most) throw badInput(`${name}: an eigenproblem of order ${n} passes LAPACK's 32-bit limit of ${most}; fewer probe samples fit`);
  checkCount(name, n, 1, most);
}
