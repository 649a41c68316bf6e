// A bundle is a zip:
//   manifest.json                 format, version, the program that wrote it, ids of the runs in their order
//   runs/<place>/run.json         one run: what was asked for, how far it came, probe sets and checkpoint with arrays by hash
//   runs/<place>/metrics.npy      [epochs measured, 5] float64: epoch, trainLoss, testLoss, trainAccuracy, testAccuracy
//   runs/<place>/log.json         the newest lines of its log
//   runs/<place>/<epoch>.json     one snapshot: alignments, spectra and weights, arrays by hash
//   sweeps/<number>.json          one sweep: its file, and which of its cells the runs are (version 2; left out where no run is one)
//   arrays/<hash>.npy             every array once, named by the SHA-256 of its dtype, shape and bytes
// Nothing in it is taken on trust: the schemas below are strict, and a name that is not one of these is refused.
import { z } from 'zod';
import { mostCells } from '../../contract/sweep-grid.ts';
import { runStates, splits, type LayerAlignment, type NtkAlignment, type Provenance } from '../../contract/results.ts';
import type { LogRecord, ProbeRecord, RunRecord, SnapshotRecord, SpectrumRecord } from '../../store/index.ts';

export const formatName = 'kernelscope-bundle';
/** The newest that is read. A bundle without sweeps is of version 1, which older programs read. */
export const formatVersion = 2;
export const mostSweeps = 1_000;
export const metricColumns = ['epoch', 'trainLoss', 'testLoss', 'trainAccuracy', 'testAccuracy'] as const;

/** Entries that a zip's directory of the size that is read has room for. */
export const mostEntries = 450_000;
export const mostRuns = 10_000;
/** bytes of one JSON entry: more would hold up everything else while it is parsed */
export const mostJson = 4 << 20;
export const mostEpochs = 1_000_001;
/** lines of a log that travel, and characters of one */
export const mostLines = 5_000;

export const manifestName = 'manifest.json';
export const arrayName = (hash: string) => `arrays/${hash}.npy`;
export const sweepName = (number: number) => `sweeps/${number}.json`;
export const runName = (place: number, what: string | number) => `runs/${place}/${what}`;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z
  .int()
  .min(0)
  .max(2 ** 31);
const text = (most: number) => z.string().max(most);
const name = text(200);
const moment = text(40).refine((t) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(t) && Number.isFinite(Date.parse(t)), {
  message: 'expected a time as 2026-01-31T12:00:00Z',
});
export const runId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/);
const ref = z.strictObject({ name, array: hash });
const refs = z.array(ref).max(10_000);

export const manifestSchema = z.strictObject({
  format: z.literal(formatName),
  version: z.int(),
  program: text(60),
  runs: z.array(runId).min(1).max(mostRuns),
  /** how many */
  sweeps: z.int().min(1).max(mostSweeps).optional(),
});

export interface SweepRecord {
  /** as its file has it */
  spec: unknown;
  /** which run, by its place in the manifest, each of these cells is; both from 0 */
  cells: [cell: number, run: number][];
}
export const sweepSchema: z.ZodType<SweepRecord> = z.strictObject({
  /** parsed by readSweep */
  spec: z.unknown(),
  cells: z
    .array(
      z.tuple([
        z
          .int()
          .min(0)
          .max(mostCells - 1),
        z
          .int()
          .min(0)
          .max(mostRuns - 1),
      ]),
    )
    .min(1)
    .max(mostCells),
});

// The types say when a field has come to one side alone.
const probe: z.ZodType<ProbeRecord | null> = z
  .strictObject({ hash, classes: count, xShape: z.array(count).min(2).max(5), ids: hash, x: hash, y: hash })
  .nullable();
const provenance: z.ZodType<Provenance> = z.strictObject({
  version: text(60),
  device: text(60),
  deviceDetail: text(2000),
  blas: text(2000),
  node: text(60),
  platform: text(200),
  datasetHash: text(64),
  probeHash: z.strictObject({ train: text(64), test: text(64) }),
});

export const runSchema: z.ZodType<Omit<RunRecord, 'config'> & { config: unknown }> = z.strictObject({
  id: runId,
  name,
  state: z.enum(runStates),
  reason: text(10_000).nullable(),
  created: moment,
  tags: z.array(text(60)).max(1000),
  note: text(100_000),
  /** parsed by parseConfig */
  config: z.unknown(),
  device: z.enum(['auto', 'cpu', 'webgpu', 'cuda']),
  seconds: z.number().min(0),
  epoch: count,
  layers: z.array(name).max(10_000),
  provenance: provenance.nullable(),
  probes: z.strictObject({ train: probe, test: probe }),
  checkpoint: z
    .strictObject({ epoch: count, step: z.int().min(0), generator: z.array(z.number()).max(10_000), weights: refs, optimizer: refs })
    .nullable(),
  snapshots: z.array(count).max(100_000),
});

export const logSchema: z.ZodType<LogRecord[]> = z
  .array(z.strictObject({ at: moment, epoch: count.nullable(), level: z.enum(['info', 'warning', 'error']), line: text(20_000) }))
  .max(mostLines);

const layer: z.ZodType<LayerAlignment> = z.strictObject({
  layer: name,
  features: count,
  ckaTarget: z.number(),
  ckaInput: z.number(),
  ktaTarget: z.number(),
  ktaInput: z.number(),
  debiasedTarget: z.number(),
  debiasedInput: z.number(),
  nullTarget: z.number(),
});
const pairs = { ntkTarget: z.number(), ntkNetwork: z.number(), networkTarget: z.number(), penultimateTarget: z.number() };
const ntk: z.ZodType<NtkAlignment> = z.strictObject({
  ...pairs,
  gradientTarget: z.number(),
  penultimateShare: z.number(),
  gradientShare: z.number(),
  nullTarget: z.number(),
  kta: z.strictObject({ ...pairs, gradientTarget: z.number() }),
  parts: z.array(z.strictObject({ layer: name, ckaTarget: z.number(), share: z.number() })).max(10_000),
});
const spectrum: z.ZodType<SpectrumRecord> = z.strictObject({
  layer: name,
  samples: count,
  features: count,
  classes: count,
  nullPower: z.number(),
  noiseFloor: z.number(),
  centred: z.boolean(),
  eigenvalues: hash,
  power: hash,
});
const split = z.strictObject({ layers: z.array(layer).max(10_000), ntk: ntk.nullable(), spectra: z.array(spectrum).max(10_000) });

export const snapshotSchema: z.ZodType<SnapshotRecord> = z.strictObject({
  epoch: count,
  created: moment,
  weights: refs,
  train: split,
  test: split,
});

/** What an array is used as decides what it may be. */
export type Role = 'spectrum' | 'weights' | 'optimizer' | 'ids' | 'x' | 'y';

/** Every array of a run's document and of its snapshots', with its use. */
export function* arraysOf(
  run: Pick<RunRecord, 'probes' | 'checkpoint'>,
  snapshots: Iterable<SnapshotRecord>,
): Generator<[hash: string, role: Role]> {
  for (const which of splits) {
    const p = run.probes[which];
    if (p) yield* [[p.ids, 'ids'] as const, [p.x, 'x'] as const, [p.y, 'y'] as const].map(([h, role]): [string, Role] => [h, role]);
  }
  for (const kind of ['weights', 'optimizer'] as const) for (const { array } of run.checkpoint?.[kind] ?? []) yield [array, kind];
  for (const snapshot of snapshots) {
    for (const { array } of snapshot.weights) yield [array, 'weights'];
    for (const which of splits)
      for (const { eigenvalues, power } of snapshot[which].spectra) {
        yield [eigenvalues, 'spectrum'];
        yield [power, 'spectrum'];
      }
  }
}
