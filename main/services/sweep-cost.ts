// What a sweep costs, and how long it will still take.
import type { Estimate } from '../contract/results.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { Calibration, DeviceWish } from '../compute/index.ts';
import type { Library, StoredCell } from '../store/index.ts';
import { estimate, type ShapeOf } from './estimate.ts';
import { inSlices } from './slices.ts';

/** Cost of all runs, one after the other: times and disk add up, memory is that of the largest. */
export function estimateAll(all: readonly Estimate[]): Estimate {
  const largest = (of: (e: Estimate) => number) => all.reduce((most, e) => Math.max(most, of(e)), 0);
  const sum = (of: (e: Estimate) => number) => all.reduce((s, e) => s + of(e), 0);
  const [first] = all;
  return {
    ...first,
    seconds: sum((e) => e.seconds),
    memoryBytes: largest((e) => e.memoryBytes),
    gpuBytes: largest((e) => e.gpuBytes),
    diskBytes: sum((e) => e.diskBytes),
    // The parts of every run are the same, whatever its config.
    parts: first.parts.map((part, i) => ({
      what: part.what,
      seconds: sum((e) => e.parts[i].seconds),
      memoryBytes: largest((e) => e.parts[i].memoryBytes),
      diskBytes: sum((e) => e.parts[i].diskBytes),
    })),
    basis: `${all.length} runs one after the other; ${first.basis}`,
  };
}

/** Tells the seconds that a whole run will take on the device that it asks for; null where that has not been measured, or its dataset is
 *  gone. */
export function createCosts(library: Library, known: (device: DeviceWish) => Calibration | null, shapeOf: ShapeOf) {
  const costs = new Map<string, number>(); // a run's config never changes, and the queue is asked for again and again
  return (run: string): number | null => {
    const found = costs.get(run);
    if (found !== undefined) return found;
    const measured = known(library.runs.owner(run).device as DeviceWish);
    if (!measured) return null;
    try {
      const { seconds } = estimate(library.runs.detail(run).config, measured, shapeOf);
      costs.set(run, seconds);
      return seconds;
    } catch (error) {
      if (error instanceof KernelscopeError) return null;
      throw error;
    }
  };
}

const atWork = ({ state }: StoredCell) => state === 'queued' || state === 'running';
const tookTime = ({ state, seconds }: StoredCell) => state === 'done' && seconds > 0;
const counts = (cell: StoredCell) => atWork(cell) || tookTime(cell);

/** Tells the seconds until all cells that are queued or running are done: their estimates, corrected by what the done ones took, shared by
 *  as many as run now; null where there are none. */
export function createOutlook(library: Library, calibration: () => Promise<Calibration>, shapeOf: ShapeOf) {
  const known = new Map<string, number>(); // by the hash of the config: asked again and again
  const costOf = (cell: StoredCell, measured: Calibration): number => {
    const cost = known.get(cell.hash) ?? estimate(library.runs.detail(cell.run as string).config, measured, shapeOf).seconds;
    known.set(cell.hash, cost);
    return cost;
  };
  return async (cells: readonly StoredCell[]): Promise<number | null> => {
    const open = cells.filter(atWork);
    if (open.length === 0) return null;
    const measured = await calibration();
    await inSlices(cells, (cell) => (counts(cell) ? costOf(cell, measured) : 0)); // each config is read once
    let [took, estimated] = [0, 0];
    for (const cell of cells) {
      if (!tookTime(cell)) continue;
      took += cell.seconds;
      estimated += costOf(cell, measured);
    }
    const pace = estimated > 0 ? took / estimated : 1;
    const left = (cell: StoredCell) => pace * costOf(cell, measured) * (1 - (cell.epoch ?? 0) / Math.max(1, cell.epochs ?? 1));
    const running = open.filter((cell) => cell.state === 'running').map(left);
    const all = open.reduce((sum, cell) => sum + left(cell), 0);
    return Math.max(all / Math.max(1, running.length), ...running);
  };
}
