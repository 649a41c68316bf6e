// Reads a bundle that nobody vouches for: every document by its schema, every config by its parser, every name one that belongs there.
import { setImmediate } from 'node:timers/promises';
import type { z } from 'zod';
import { parseConfig, shown, snapshotEpochs } from '../../contract/config.ts';
import { badInput, KernelscopeError } from '../../contract/errors.ts';
import { splits, type EpochMetrics } from '../../contract/results.ts';
import { readNpy } from '../../formats/npy.ts';
import { openZipReader, type ZipEntry, type ZipReader } from '../../formats/zip-read.ts';
import type { LogRecord, RunRecord, SnapshotRecord } from '../../store/index.ts';
import {
  arrayName,
  formatVersion,
  logSchema,
  manifestName,
  manifestSchema,
  metricColumns,
  mostEntries,
  mostEpochs,
  mostJson,
  runName,
  runSchema,
  snapshotSchema,
  sweepName,
  sweepSchema,
  type SweepRecord,
} from './format.ts';

const limits = {
  entries: mostEntries,
  entryBytes: 2 ** 36,
  totalBytes: 2 ** 42,
  ratio: 20,
  kind: 'a bundle of runs (a .kernelscope file)',
};

export interface Bundle {
  /** for messages */
  what: string;
  /** ids in the bundle, in their order */
  ids: string[];
  run(place: number): Promise<RunRecord>;
  snapshot(place: number, epoch: number): Promise<SnapshotRecord>;
  metrics(place: number): Promise<EpochMetrics[]>;
  log(place: number): Promise<LogRecord[]>;
  /** how many there are */
  sweeps: number;
  sweep(number: number): Promise<SweepRecord>;
  /** by hash; all that there are */
  arrays: ReadonlyMap<string, ZipEntry>;
  /** Refuses entries that belong to no run. */
  checkNames(runs: readonly { snapshots: readonly number[] }[]): void;
  close(): Promise<void>;
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  const line = message.replaceAll(/\s+/g, ' ').slice(0, 200);
  throw badInput(`${what}: ${path.length > 0 ? `${path.map(String).join('.').slice(0, 100)}: ` : ''}${line}`);
}

async function jsonOf(entry: ZipEntry | undefined, what: string): Promise<unknown> {
  if (!entry) throw badInput(`${what}: is missing`);
  if (entry.size > mostJson) throw badInput(`${what}: expected at most ${mostJson} bytes, got ${entry.size}`);
  const bytes = await entry.read();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw badInput(`${what}: expected JSON`);
  }
}

/** Opens a bundle and reads its manifest. `what` names the file in messages. @throws `bad-input` for anything that is not one */
export async function openBundle(file: string, what: string): Promise<Bundle> {
  const zip = await openZipReader(file, what, limits);
  try {
    return await bundleOf(zip, what);
  } catch (error) {
    await zip.close();
    throw error;
  }
}

async function bundleOf(zip: ZipReader, what: string): Promise<Bundle> {
  const entries = new Map(zip.entries.map((e) => [e.name, e]));
  const json = (name: string) => jsonOf(entries.get(name), `${what}: ${name}`);
  const raw = await json(manifestName);
  const version = typeof raw === 'object' && raw !== null && 'version' in raw ? raw.version : undefined;
  if (typeof version === 'number' && version > formatVersion)
    throw badInput(`${what}: a bundle of version ${version}, made by a newer Kernelscope; this one reads versions up to ${formatVersion}`);
  const manifest = parsed(manifestSchema, raw, `${what}: ${manifestName}`);
  if (manifest.version < 1) throw badInput(`${what}: expected a bundle of version 1 or ${formatVersion}, got ${manifest.version}`);
  if (manifest.version > 1 !== (manifest.sweeps !== undefined))
    throw badInput(`${what}: ${manifestName}: sweeps: expected in version 2, and only there`);
  if (new Set(manifest.runs).size !== manifest.runs.length) throw badInput(`${what}: ${manifestName}: a run is in it twice`);
  const arrays = new Map<string, ZipEntry>();
  for (const entry of zip.entries) {
    const hash = /^arrays\/([0-9a-f]{64})\.npy$/.exec(entry.name)?.[1];
    if (hash) arrays.set(hash, entry);
  }
  return {
    what,
    ids: manifest.runs,
    arrays,
    async run(place) {
      const here = `${what}: ${runName(place, 'run.json')}`;
      const record = parsed(runSchema, await json(runName(place, 'run.json')), here);
      if (record.id !== manifest.runs[place]) throw badInput(`${here}: id: expected ${manifest.runs[place]}, got ${record.id}`);
      return checkedRun(record, here);
    },
    async snapshot(place, epoch) {
      const here = `${what}: ${runName(place, `${epoch}.json`)}`;
      const snapshot = parsed(snapshotSchema, await json(runName(place, `${epoch}.json`)), here);
      if (snapshot.epoch !== epoch) throw badInput(`${here}: epoch: expected ${epoch}, got ${snapshot.epoch}`);
      return snapshot;
    },
    metrics: (place) => metricsOf(entries.get(runName(place, 'metrics.npy')), `${what}: ${runName(place, 'metrics.npy')}`),
    log: async (place) => parsed(logSchema, await json(runName(place, 'log.json')), `${what}: ${runName(place, 'log.json')}`),
    sweeps: manifest.sweeps ?? 0,
    sweep: async (number) => parsed(sweepSchema, await json(sweepName(number)), `${what}: ${sweepName(number)}`),
    checkNames(runs) {
      const known = new Set([manifestName, ...[...arrays.keys()].map(arrayName)]);
      for (let n = 0; n < (manifest.sweeps ?? 0); n++) known.add(sweepName(n));
      for (const [place, { snapshots }] of runs.entries())
        for (const part of ['run.json', 'log.json', 'metrics.npy', ...snapshots.map((e) => `${e}.json`)]) known.add(runName(place, part));
      const strange = zip.entries.find((e) => !known.has(e.name));
      if (strange) throw badInput(`${what}: ${shown(strange.name)}: belongs to no run of the bundle`);
    },
    close: () => zip.close(),
  };
}

/** What a schema cannot say of a run: its config, and that its parts agree. */
function checkedRun(record: Omit<RunRecord, 'config'> & { config: unknown }, here: string): RunRecord {
  let run: RunRecord;
  try {
    run = { ...record, config: parseConfig(record.config) };
  } catch (error) {
    if (error instanceof KernelscopeError) throw badInput(`${here}: config.${error.message}`);
    throw error;
  }
  const { epochs } = run.config.training;
  const wrong = (field: string, accepted: string, got: unknown) => badInput(`${here}: ${field}: expected ${accepted}, got ${shown(got)}`);
  if (run.epoch > epochs) throw wrong('epoch', `at most ${epochs} (training.epochs)`, run.epoch);
  if ((run.checkpoint?.epoch ?? 0) > epochs) throw wrong('checkpoint.epoch', `at most ${epochs} (training.epochs)`, run.checkpoint?.epoch);
  const planned = snapshotEpochs(run.config.analysis.snapshots, epochs);
  const odd = run.snapshots.find((e, i) => !planned.includes(e) || (i > 0 && e <= run.snapshots[i - 1]));
  if (odd !== undefined) throw wrong('snapshots', 'epochs of the config’s plan, ascending', odd);
  for (const split of splits) {
    const probe = run.probes[split];
    if (probe && probe.hash !== run.provenance?.probeHash[split])
      throw wrong(`probes.${split}.hash`, 'the hash in the provenance', probe.hash);
    if (probe && probe.xShape[0] !== run.config.analysis.probe[split])
      throw wrong(`probes.${split}.xShape`, `${run.config.analysis.probe[split]} samples (analysis.probe)`, probe.xShape);
  }
  return run;
}

async function metricsOf(entry: ZipEntry | undefined, here: string): Promise<EpochMetrics[]> {
  if (!entry) throw badInput(`${here}: is missing`);
  if (entry.size > 1024 + mostEpochs * metricColumns.length * 8)
    throw badInput(`${here}: ${entry.size} bytes are more than a run can have`);
  const { data, shape } = readNpy(await entry.read(), here);
  if (!(data instanceof Float64Array) || shape.length !== 2 || shape[1] !== metricColumns.length)
    throw badInput(`${here}: expected float64 of the shape (epochs, ${metricColumns.length}), got (${shape.join(', ')})`);
  const rows: EpochMetrics[] = [];
  for (let i = 0; i < shape[0]; i++) {
    if (i % 20_000 === 19_999) await setImmediate(); // others get their turn
    const [epoch, trainLoss, testLoss, trainAccuracy, testAccuracy] = data.subarray(
      i * metricColumns.length,
      (i + 1) * metricColumns.length,
    );
    const fine =
      Number.isSafeInteger(epoch) &&
      epoch > (rows.at(-1)?.epoch ?? -1) &&
      [trainLoss, testLoss].every(Number.isFinite) &&
      [trainAccuracy, testAccuracy].every((a) => a >= 0 && a <= 1);
    if (!fine) throw badInput(`${here}: row ${i}: expected an epoch after the one before, finite losses and accuracies in [0, 1]`);
    rows.push({ epoch, trainLoss, testLoss, trainAccuracy, testAccuracy });
  }
  return rows;
}
