// Writes runs of a library into a bundle, array by array, chunk by chunk: no more than a few mebibytes are held.
import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { badInput, KernelscopeError } from '../../contract/errors.ts';
import type { BundleReport } from '../../contract/bundles.ts';
import { npyHeader } from '../../formats/npy.ts';
import { openZip, type ZipWriter } from '../../formats/zip-write.ts';
import type { Dtype, Library, RunRecord } from '../../store/index.ts';
import {
  arrayName,
  arraysOf,
  formatName,
  formatVersion,
  manifestName,
  metricColumns,
  mostEntries,
  mostLines,
  mostRuns,
  mostSweeps,
  runName,
  sweepName,
} from './format.ts';
import { sweepRecords } from './sweeps.ts';

export interface BundleOptions {
  signal?: AbortSignal;
  onProgress?(share: number): void;
}
export interface WriteRequest {
  /** ids */
  runs: readonly string[];
  /** where to; written over */
  file: string;
  /** of this program */
  version: string;
}

export const descrOf: Record<Dtype, string> = { float32: '<f4', float64: '<f8', int32: '<i4', uint8: '|u1' };
const metricRows = 5_000; // read at a time
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Lets others work, and stops where that is wished. */
export async function breathe(signal: AbortSignal | undefined, what: string): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new KernelscopeError('cancelled', `${what} was stopped`);
}

/** Writes the bundle. @throws `not-found` for a run that is not there, `bad-input` for more than a bundle takes, `cancelled` */
export async function writeBundle(library: Library, { runs, file, version }: WriteRequest, o: BundleOptions = {}): Promise<BundleReport> {
  const ids = [...new Set(runs)];
  if (ids.length > mostRuns) throw badInput(`runs: expected at most ${mostRuns} in a bundle, got ${ids.length}`);
  const zip = await openZip(file);
  try {
    const { named, held, bytes } = await writeRuns(library, zip, ids, version, o);
    await writeArrays(library, zip, held, bytes, o);
    await zip.end();
    return { runs: named, arrays: held.size, bytes: (await stat(file)).size };
  } catch (error) {
    await zip.abandon();
    throw error;
  } finally {
    if (!library.readOnly) while (library.staging.releaseSome()) await setImmediate();
  }
}

/** Everything but the arrays; those are held from then on, so that none goes before it is written. */
async function writeRuns(library: Library, zip: ZipWriter, ids: readonly string[], program: string, o: BundleOptions) {
  const { records } = library;
  const held = new Map<string, string>(); // hash → whose it is
  const named: { id: string; name: string }[] = [];
  let bytes = 0;
  const sweeps = sweepRecords(library, ids);
  let entries = 1 + sweeps.length;
  if (sweeps.length > mostSweeps) throw badInput(`runs: expected those of at most ${mostSweeps} sweeps in a bundle, got ${sweeps.length}`);
  const alone = sweeps.length === 0;
  const head = { format: formatName, version: alone ? 1 : formatVersion, program, runs: ids };
  await zip.add(manifestName, [json(alone ? head : { ...head, sweeps: sweeps.length })]);
  for (const [n, sweep] of sweeps.entries()) await zip.add(sweepName(n), [json(sweep)]);
  for (const [place, id] of ids.entries()) {
    const run = records.run(id);
    if (!run) throw new KernelscopeError('not-found', `run: no run ${JSON.stringify(id)}; see list`);
    if (run.state === 'running' && library.readOnly)
      throw badInput(`run ${id}: is running in another process; export it there, or when it has ended`);
    named.push({ id, name: run.name });
    const what = `run ${id}`;
    const take = (used: Iterable<[string, unknown]>) => {
      const fresh = [...new Set([...used].map(([hash]) => hash))].filter((hash) => !held.has(hash));
      for (const hash of fresh) {
        bytes += library.arrays.head(hash, what).bytes;
        held.set(hash, what);
      }
      if (!library.readOnly) library.staging.hold(fresh);
    };
    take(arraysOf(run, []));
    await zip.add(runName(place, 'run.json'), [json(run)]);
    await zip.add(runName(place, 'log.json'), [json(records.log(id, mostLines))]);
    await writeMetrics(library, zip, place, run);
    for (const epoch of run.snapshots) {
      const snapshot = records.snapshot(id, epoch);
      take(arraysOf({ probes: { train: null, test: null }, checkpoint: null }, [snapshot]));
      await zip.add(runName(place, `${epoch}.json`), [json(snapshot)]);
      await breathe(o.signal, 'the export');
    }
    entries += 3 + run.snapshots.length;
    if (entries + held.size > mostEntries)
      throw badInput(
        `runs: expected at most ${mostEntries} arrays and snapshots in a bundle, got more by run ${place + 1}; export fewer runs`,
      );
    await breathe(o.signal, 'the export');
  }
  return { named, held, bytes };
}

async function writeMetrics({ records }: Library, zip: ZipWriter, place: number, { id }: RunRecord): Promise<void> {
  const rows = records.metricsCount(id);
  const header = npyHeader('<f8', [rows, metricColumns.length]);
  const parts = function* (): Generator<Uint8Array> {
    yield header;
    for (let done = 0, after = -1; done < rows;) {
      const block = records.metrics(id, after, Math.min(metricRows, rows - done)); // epochs measured meanwhile stay out
      const values = Float64Array.from(block.flatMap((m) => metricColumns.map((column) => m[column])));
      yield new Uint8Array(values.buffer);
      done += block.length;
      after = block[block.length - 1].epoch;
    }
  };
  await zip.stream(runName(place, 'metrics.npy'), header.length + rows * metricColumns.length * 8, parts());
}

async function writeArrays(library: Library, zip: ZipWriter, held: ReadonlyMap<string, string>, bytes: number, o: BundleOptions) {
  let done = 0;
  const { signal, onProgress } = o;
  for (const [hash, what] of held) {
    const { dtype, shape, bytes: size } = library.arrays.head(hash, what);
    const header = npyHeader(descrOf[dtype], shape);
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      yield header;
      for (const chunk of library.arrays.chunks(hash, what)) {
        yield chunk;
        done += chunk.length;
        onProgress?.(bytes > 0 ? done / bytes : 1);
        await breathe(signal, 'the export');
      }
    };
    await zip.stream(arrayName(hash), header.length + size, parts());
  }
}
