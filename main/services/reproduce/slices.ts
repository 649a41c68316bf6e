// Work in slices: whoever shares the thread gets its turn in between.
import { setImmediate } from 'node:timers/promises';

/** Call it between small steps; it waits for the others once a slice has taken `ms`. */
export function createSlices(ms = 15): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < ms) return;
    await setImmediate();
    began = performance.now();
  };
}
