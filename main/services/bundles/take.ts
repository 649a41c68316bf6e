// Takes the runs of a bundle into the library: all that are not there yet, or none. Documents are checked before anything is written; arrays
// arrive beside the library's own, runs out of every list, and all of it is shown at once or removed again.
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parseConfig, type RunConfig } from '../../contract/config.ts';
import type { BundleImport, ImportedRun, ImportedSweep } from '../../contract/bundles.ts';
import { badInput } from '../../contract/errors.ts';
import type { ArrayHead, Library, RunRecord, SnapshotRecord } from '../../store/index.ts';
import { checkShapes, stageArrays } from './arrays.ts';
import { arrayName, arraysOf, type Role } from './format.ts';
import { openBundle, type Bundle } from './read.ts';
import { arrivingSweeps, fillSweep, forgetSweeps, type ArrivingSweep } from './sweeps.ts';
import { breathe, type BundleOptions } from './write.ts';

export interface TakeRequest {
  file: string;
  /** what a person calls it, for messages */
  what: string;
  /** bytes that there is room for */
  room(): Promise<number>;
  /** lets no sweep be started meanwhile: what starts and what arrives are kept apart by it */
  alone?<T>(work: () => Promise<T>): Promise<T>;
}

interface Planned extends ImportedRun {
  place: number;
}
const metricRows = 2_000; // written at a time
const logLines = 1_000;
const spare = 256 << 20; // bytes of the disk that are left free

/** @throws `bad-input` in one line for a bundle that is cut, damaged or made up: nothing is written then; `failed` where there is no room */
export async function takeBundle(library: Library, request: TakeRequest, o: BundleOptions = {}): Promise<BundleImport> {
  const bundle = await openBundle(request.file, request.what);
  try {
    const { planned, roles, sweeps } = await plan(library, bundle, o);
    const needed = [...roles.keys()].reduce((sum, hash) => sum + (bundle.arrays.get(hash)?.size ?? 0), 0);
    if (needed + spare > (await request.room()))
      throw badInput(`${bundle.what}: expected room for ${needed} bytes on the library’s disk, there is too little`);
    await write(library, bundle, planned, roles, o);
    const alone = request.alone ?? ((work) => work());
    return {
      sweeps: await alone(() => settle(library, sweeps, planned)),
      runs: planned.map(({ id, name, outcome, was }) => ({ id, name, outcome, was })),
    };
  } finally {
    await bundle.close();
    while (library.staging.abandonSome()) await setImmediate();
    while (library.staging.releaseSome()) await setImmediate();
  }
}

async function* snapshotsOf(bundle: Bundle, place: number, run: RunRecord): AsyncGenerator<SnapshotRecord> {
  for (const epoch of run.snapshots) yield await bundle.snapshot(place, epoch);
}

/** Reads everything but the arrays, and says what is to be done with each run. */
async function plan(
  library: Library,
  bundle: Bundle,
  o: BundleOptions,
): Promise<{ planned: Planned[]; roles: Map<string, Set<Role>>; sweeps: ArrivingSweep[] }> {
  const roles = new Map<string, Set<Role>>();
  const planned: Planned[] = [];
  const shapes: { snapshots: number[] }[] = [];
  const configs: RunConfig[] = [];
  for (const [place, was] of bundle.ids.entries()) {
    const run = await bundle.run(place);
    await bundle.metrics(place);
    await bundle.log(place);
    const used: [string, Role][] = [...arraysOf(run, [])];
    for await (const snapshot of snapshotsOf(bundle, place, run))
      used.push(...arraysOf({ probes: { train: null, test: null }, checkpoint: null }, [snapshot]));
    const missing = used.find(([hash]) => !bundle.arrays.has(hash));
    if (missing) throw badInput(`${bundle.what}: ${arrayName(missing[0])}: is missing, run ${was} has it`);
    const known = await sameRun(library, bundle, place, run);
    planned.push({ place, was, id: known ?? was, name: run.name, outcome: known === null ? 'imported' : 'here' });
    shapes.push({ snapshots: run.snapshots });
    configs.push(run.config);
    if (known === null) for (const [hash, role] of used) roles.set(hash, (roles.get(hash) ?? new Set()).add(role));
    await breathe(o.signal, 'the import');
  }
  bundle.checkNames(shapes);
  return { planned, roles, sweeps: await arrivingSweeps(bundle, configs) };
}

/** As the document of a bundle has it: −0 is 0 there. */
const asWritten = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What makes a run what it is; names, tags, notes and how it ended are not part of it. */
const essence = ({ created, config, layers, provenance, probes, checkpoint, snapshots }: RunRecord) =>
  asWritten({ created, config: { ...config, name: '', tags: [] }, layers, provenance, probes, checkpoint, snapshots });

/** The id under which this very run is in the library, or null. */
async function sameRun(library: Library, bundle: Bundle, place: number, run: RunRecord): Promise<string | null> {
  for (const id of library.records.createdAt(run.created)) {
    const own = library.records.run(id);
    if (!own || !isDeepStrictEqual(essence({ ...own, config: parseConfig(own.config) }), essence(run))) continue;
    const metrics = await bundle.metrics(place);
    if (library.records.metricsCount(id) !== metrics.length) continue;
    let same = true;
    for (let at = 0; same && at < metrics.length; at += metricRows)
      same = isDeepStrictEqual(
        asWritten(library.records.metrics(id, metrics[at - 1]?.epoch ?? -1, metricRows)),
        asWritten(metrics.slice(at, at + metricRows)),
      );
    for (const epoch of same ? run.snapshots : []) {
      const { created: _, ...mine } = library.records.snapshot(id, epoch);
      const { created: __, ...theirs } = await bundle.snapshot(place, epoch);
      same &&= isDeepStrictEqual(asWritten(mine), theirs);
    }
    if (same) return id;
  }
  return null;
}

async function write(library: Library, bundle: Bundle, planned: Planned[], roles: Map<string, Set<Role>>, o: BundleOptions): Promise<void> {
  const taken = planned.filter((p) => p.outcome === 'imported');
  const share = (from: number, to: number) => (done: number) => o.onProgress?.(from + (to - from) * done);
  const heads = await stageArrays(library, bundle, roles, { ...o, onProgress: share(0, 0.9) });
  await checkAll(bundle, taken, heads);
  for (const [i, p] of taken.entries()) {
    const run = await bundle.run(p.place);
    if (library.records.taken(p.id)) p.id = library.runs.freshId();
    await insert(library, bundle, p, run);
    share(0.9, 1)((i + 1) / taken.length);
    await breathe(o.signal, 'the import');
  }
}

/** Everything that has arrived is in the library from now on, at once. */
async function settle(library: Library, sweeps: readonly ArrivingSweep[], planned: readonly Planned[]): Promise<ImportedSweep[]> {
  const ids = planned.map((p) => p.id);
  const found: ImportedSweep[] = [];
  try {
    for (const sweep of sweeps) found.push(await fillSweep(library, sweep, ids));
    library.transaction(() => {
      library.staging.settle();
      for (const { id, isNew } of found) if (isNew) library.starts.settle(id);
    });
    return found;
  } catch (error) {
    await forgetSweeps(library);
    throw error;
  }
}

async function checkAll(bundle: Bundle, taken: readonly Planned[], heads: ReadonlyMap<string, ArrayHead>): Promise<void> {
  const probes = new Set<string>();
  for (const { place } of taken) {
    const run = await bundle.run(place);
    await checkShapes(bundle, run, snapshotsOf(bundle, place, run), heads, probes);
  }
}

async function insert(library: Library, bundle: Bundle, { place, id }: Planned, run: RunRecord): Promise<void> {
  const { records, staging } = library;
  const stopped = run.state === 'queued' || run.state === 'running' || run.state === 'paused';
  const ended = stopped ? ({ state: 'interrupted', reason: `was ${run.state} when it was exported` } as const) : {};
  library.transaction(() => {
    records.insert({ ...run, ...ended, id });
    staging.run(id);
  });
  const metrics = await bundle.metrics(place);
  for (let at = 0; at < metrics.length; at += metricRows) {
    records.insertMetrics(id, metrics.slice(at, at + metricRows));
    await setImmediate();
  }
  const log = await bundle.log(place);
  for (let at = 0; at < log.length; at += logLines) {
    records.insertLog(id, log.slice(at, at + logLines));
    await setImmediate();
  }
  for await (const snapshot of snapshotsOf(bundle, place, run)) {
    records.insertSnapshot(id, snapshot);
    await setImmediate();
  }
}
