// A sweep's cells and their costs, made in slices: there may be thousands of them, and others are to be answered meanwhile.
import type { RunConfig } from '../contract/config.ts';
import type { Estimate } from '../contract/results.ts';
import type { Calibration } from '../compute/index.ts';
import { cellAt, placesLeft, readSweep, type Cell, type Sweep } from '../sweeps/index.ts';
import { estimate, type ShapeOf } from './estimate.ts';
import { inSlices } from './slices.ts';

/** As `parseSweep` and `cellsOf`. */
export async function cellsInSlices(json: unknown): Promise<{ sweep: Sweep; cells: Cell[] }> {
  const sweep = readSweep(json);
  const cells: Cell[] = [];
  await inSlices(placesLeft(sweep), (place) => cells.push(cellAt(sweep, place)));
  return { sweep, cells };
}

export async function estimatesInSlices(configs: readonly RunConfig[], calibration: Calibration, shapeOf: ShapeOf): Promise<Estimate[]> {
  const all: Estimate[] = [];
  await inSlices(configs, (config) => all.push(estimate(config, calibration, shapeOf)));
  return all;
}
