// Much to do on the thread that also answers everybody: in slices, others between them.
import { setImmediate } from 'node:timers/promises';

const sliceMs = 15;

/** Works on all of `items` in their order; gives way to others after every slice of 15 ms, and `around` is called around each slice
 *  (a transaction). */
export async function inSlices<T>(
  items: readonly T[],
  work: (item: T) => void,
  around: (slice: () => void) => void = (s) => s(),
): Promise<void> {
  let at = 0;
  const slice = () => {
    const end = performance.now() + sliceMs;
    do work(items[at++]);
    while (at < items.length && performance.now() < end);
  };
  while (at < items.length) {
    around(slice);
    if (at < items.length) await setImmediate();
  }
}
