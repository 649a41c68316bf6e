// Sweeps of a bundle: those that its runs are cells of, as their files, and which cell each run is. A sweep that arrives has the cells that came
// with it, and in a library that has the sweep already they fill the cells that have no run.
import { setImmediate } from 'node:timers/promises';
import type { ImportedSweep } from '../../contract/bundles.ts';
import type { RunConfig } from '../../contract/config.ts';
import { badInput, KernelscopeError } from '../../contract/errors.ts';
import type { Library } from '../../store/index.ts';
import { configHash, sweepHash, type Cell, type Sweep } from '../../sweeps/index.ts';
import { cellsInSlices } from '../cells.ts';
import { inSlices } from '../slices.ts';
import { sweepName, type SweepRecord } from './format.ts';
import type { Bundle } from './read.ts';

/** What a bundle says of the sweeps that these runs are cells of. */
export function sweepRecords(library: Library, ids: readonly string[]): SweepRecord[] {
  const cells = new Map<string, [cell: number, run: number][]>();
  for (const [place, id] of ids.entries())
    for (const { sweep, position } of library.sweeps.having(id)) cells.set(sweep, [...(cells.get(sweep) ?? []), [position, place]]);
  return [...cells].map(([id, of]) => ({ spec: library.sweeps.get(id).spec, cells: of }));
}

/** A sweep that has been checked. */
export interface ArrivingSweep {
  sweep: Sweep;
  cells: readonly Cell[];
  hash: string;
  /** of the cells' configs */
  hashes: readonly string[];
  /** which run of the bundle each of these cells has */
  runs: readonly (readonly [cell: number, run: number])[];
}

/** @throws `bad-input` where a sweep cannot be, or a run is not the cell that it is said to be. configs: of the bundle's runs */
export async function arrivingSweeps(bundle: Bundle, configs: readonly RunConfig[]): Promise<ArrivingSweep[]> {
  const all: ArrivingSweep[] = [];
  for (let n = 0; n < bundle.sweeps; n++) {
    const here = `${bundle.what}: ${sweepName(n)}`;
    const { spec, cells: runs } = await bundle.sweep(n);
    const { sweep, cells } = await cellsInSlices(spec).catch((error: unknown) => {
      throw error instanceof KernelscopeError ? badInput(`${here}: spec.${error.message}`) : error;
    });
    const hashes: string[] = [];
    await inSlices(cells, ({ config }) => hashes.push(configHash(config)));
    const seen = new Set<number>();
    await inSlices(runs, ([cell, run]) => {
      if (cell >= cells.length || seen.has(cell))
        throw badInput(`${here}: cells: expected each of 0 … ${cells.length - 1} once, got ${cell}`);
      if (run >= configs.length) throw badInput(`${here}: cells: expected runs 0 … ${configs.length - 1}, got ${run}`);
      if (configHash(configs[run]) !== hashes[cell])
        throw badInput(`${here}: cells: run ${run} of the bundle is not cell ${cell} of the sweep`);
      seen.add(cell);
    });
    all.push({ sweep, cells, hash: sweepHash(sweep.name, hashes), hashes, runs });
  }
  return all;
}

/** Writes a sweep where it is not there yet, and fills cells that have no run. Nothing of it shows before it is settled.
 *  ids: of the bundle's runs, in this library */
export async function fillSweep(library: Library, arriving: ArrivingSweep, ids: readonly string[]): Promise<ImportedSweep> {
  const { sweep, cells, hash, hashes, runs } = arriving;
  const known = library.sweeps.find(hash);
  const id = known ?? library.starts.begin({ name: sweep.name, hash, spec: sweep.spec });
  const slice = (work: () => void) => library.transaction(work);
  if (known === null)
    await inSlices([...cells.entries()], ([i, { config }]) => library.starts.cell(id, i, { name: config.name, hash: hashes[i] }), slice);
  let filled = 0;
  await inSlices(
    runs,
    ([cell, run]) => {
      if (library.sweeps.place(id, cell).run !== null) return;
      library.sweeps.setRun(id, cell, ids[run]);
      filled++;
    },
    slice,
  );
  return { id, name: sweep.name, size: cells.length, filled, isNew: known === null };
}

/** Removes what was not settled. */
export async function forgetSweeps({ starts }: Library): Promise<void> {
  while (starts.abandonSome()) await setImmediate();
}
