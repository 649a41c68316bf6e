// A run as it is written down, arrays by their hashes: what a bundle carries from one library to another.
import type Sqlite from 'better-sqlite3';
import type { EpochMetrics, LayerAlignment, NtkAlignment, Provenance, RunState, Split } from '../contract/results.ts';
import { splits } from '../contract/results.ts';
import type { RunConfig } from '../contract/config.ts';
import type { AlignmentsTable } from './alignments.ts';
import { modelText } from './describe.ts';
import type { SpectraTable, SpectrumRecord } from './spectra.ts';

/** A named array by its hash. */
export interface ArrayRef {
  name: string;
  array: string;
}
export interface ProbeRecord {
  hash: string;
  classes: number;
  xShape: number[];
  /** hashes */
  ids: string;
  x: string;
  y: string;
}
export interface CheckpointRecord {
  epoch: number;
  step: number;
  generator: number[];
  weights: ArrayRef[];
  optimizer: ArrayRef[];
}
export interface LogRecord {
  at: string;
  epoch: number | null;
  level: 'info' | 'warning' | 'error';
  line: string;
}
export interface RunRecord {
  id: string;
  name: string;
  state: RunState;
  reason: string | null;
  created: string;
  tags: string[];
  note: string;
  config: RunConfig;
  device: string;
  seconds: number;
  epoch: number;
  layers: string[];
  provenance: Provenance | null;
  probes: Record<Split, ProbeRecord | null>;
  checkpoint: CheckpointRecord | null;
  /** epochs, ascending */
  snapshots: number[];
}
export type SplitRecord = { layers: LayerAlignment[]; ntk: NtkAlignment | null; spectra: SpectrumRecord[] };
export type SnapshotRecord = { epoch: number; created: string; weights: ArrayRef[] } & Record<Split, SplitRecord>;
export type { SpectrumRecord };

type Row = Omit<RunRecord, 'tags' | 'config' | 'layers' | 'provenance' | 'probes' | 'checkpoint' | 'snapshots'> &
  Record<'tags' | 'config' | 'layers', string> & { provenance: string | null };

export function recordsTable(db: Sqlite.Database, alignments: AlignmentsTable, spectra: SpectraTable) {
  const columns = 'id, name, state, reason, created, tags, note, config, device, seconds, epoch, layers, provenance';
  const selectRun = db.prepare<[string], Row>(`SELECT ${columns} FROM runs WHERE id = ?`);
  const createdAt = db.prepare<[string], string>('SELECT id FROM runs WHERE created = ? AND deleted IS NULL').pluck();
  const taken = db.prepare<[string], number>('SELECT 1 FROM runs WHERE id = ?').pluck();
  const insertRun = db.prepare(`
    INSERT INTO runs (${columns}, dataset, model, epochs, deleted)
    VALUES (${columns.replace(/\w+/g, '@$&')}, @dataset, @model, @epochs, @deleted)`);
  const selectProbe = db.prepare<[string, Split], Omit<ProbeRecord, 'xShape'> & { xShape: string }>(
    'SELECT hash, classes, xShape, ids, x, y FROM run_probes JOIN probe_sets USING (hash) WHERE run = ? AND split = ?',
  );
  const insertProbe = db.prepare('INSERT OR IGNORE INTO probe_sets (hash, classes, xShape, ids, x, y) VALUES (?, ?, ?, ?, ?, ?)');
  const link = db.prepare('INSERT INTO run_probes (run, split, hash) VALUES (?, ?, ?)');
  const selectCheckpoint = db.prepare<[string], { epoch: number; step: number; generator: string }>(
    'SELECT epoch, step, generator FROM checkpoints WHERE run = ?',
  );
  const checkpointArrays = db.prepare<[string, string], ArrayRef>(
    'SELECT name, array FROM checkpoint_arrays WHERE run = ? AND kind = ? ORDER BY position',
  );
  const insertCheckpoint = db.prepare('INSERT INTO checkpoints (run, epoch, step, generator, created) VALUES (?, ?, ?, ?, ?)');
  const insertCheckpointArray = db.prepare('INSERT INTO checkpoint_arrays (run, kind, position, name, array) VALUES (?, ?, ?, ?, ?)');
  const selectEpochs = db.prepare<[string], number>('SELECT epoch FROM snapshots WHERE run = ? ORDER BY epoch').pluck();
  const selectMade = db.prepare<[string, number], string>('SELECT created FROM snapshots WHERE run = ? AND epoch = ?').pluck();
  const selectWeights = db.prepare<[string, number], ArrayRef>(
    'SELECT name, array FROM snapshot_weights WHERE run = ? AND epoch = ? ORDER BY position',
  );
  const insertSnapshot = db.prepare('INSERT INTO snapshots (run, epoch, created) VALUES (?, ?, ?)');
  const insertWeight = db.prepare('INSERT INTO snapshot_weights (run, epoch, position, name, array) VALUES (?, ?, ?, ?, ?)');
  const selectMetrics = db.prepare<[string, number, number], EpochMetrics>(
    `SELECT epoch, trainLoss, testLoss, trainAccuracy, testAccuracy FROM metrics WHERE run = ? AND epoch > ? ORDER BY epoch LIMIT ?`,
  );
  const countMetrics = db.prepare<[string], number>('SELECT count(*) FROM metrics WHERE run = ?').pluck();
  const insertMetrics = db.prepare(`
    INSERT INTO metrics (run, epoch, trainLoss, testLoss, trainAccuracy, testAccuracy)
    VALUES (@run, @epoch, @trainLoss, @testLoss, @trainAccuracy, @testAccuracy)`);
  const selectLog = db.prepare<[string, number], LogRecord>(
    'SELECT at, epoch, level, line FROM run_log WHERE run = ? ORDER BY id DESC LIMIT ?',
  );
  const insertLog = db.prepare('INSERT INTO run_log (run, at, epoch, level, line) VALUES (@run, @at, @epoch, @level, @line)');

  const probeOf = (id: string, split: Split): ProbeRecord | null => {
    const row = selectProbe.get(id, split);
    return row ? { ...row, xShape: JSON.parse(row.xShape) as number[] } : null;
  };
  const checkpointOf = (id: string): CheckpointRecord | null => {
    const row = selectCheckpoint.get(id);
    if (!row) return null;
    const [weights, optimizer] = (['weights', 'optimizer'] as const).map((kind) => checkpointArrays.all(id, kind));
    return { ...row, generator: JSON.parse(row.generator) as number[], weights, optimizer };
  };

  return {
    /** Null where there is no such run. */
    run(id: string): RunRecord | null {
      const row = selectRun.get(id);
      if (!row) return null;
      return {
        ...row,
        tags: JSON.parse(row.tags) as string[],
        config: JSON.parse(row.config) as RunConfig,
        layers: JSON.parse(row.layers) as string[],
        provenance: row.provenance === null ? null : (JSON.parse(row.provenance) as Provenance),
        probes: { train: probeOf(id, 'train'), test: probeOf(id, 'test') },
        checkpoint: checkpointOf(id),
        snapshots: selectEpochs.all(id),
      };
    },
    snapshot: (id: string, epoch: number): SnapshotRecord => {
      const split = (which: Split): SplitRecord => ({
        layers: alignments.layers(id, epoch, which),
        ntk: alignments.ntk(id, epoch, which),
        spectra: spectra.records(id, epoch, which),
      });
      const created = selectMade.get(id, epoch) as string;
      return { epoch, created, weights: selectWeights.all(id, epoch), train: split('train'), test: split('test') };
    },
    metricsCount: (id: string): number => countMetrics.get(id) as number,
    /** At most `most` rows, those of the epochs after `epoch`. */
    metrics: (id: string, epoch: number, most: number): EpochMetrics[] => selectMetrics.all(id, epoch, most),
    /** The newest lines, in their order. */
    log: (id: string, most: number): LogRecord[] => selectLog.all(id, most).reverse(),
    /** Whether an id belongs to some run, be it in the trash. */
    taken: (id: string): boolean => taken.get(id) !== undefined,
    /** Ids of the runs that were made at this moment. */
    createdAt: (created: string): string[] => createdAt.all(created),

    /** Writes a run out of every list, without snapshots and metrics. */
    insert: db.transaction((record: RunRecord) => {
      const { config, probes, checkpoint } = record;
      const texts = { tags: record.tags, config, layers: record.layers, provenance: record.provenance };
      insertRun.run({
        ...record,
        ...Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, value === null ? null : JSON.stringify(value)])),
        dataset: config.data.dataset,
        model: modelText(config),
        epochs: config.training.epochs,
        deleted: new Date().toISOString(),
      });
      for (const split of splits) {
        const probe = probes[split];
        if (!probe) continue;
        insertProbe.run(probe.hash, probe.classes, JSON.stringify(probe.xShape), probe.ids, probe.x, probe.y);
        link.run(record.id, split, probe.hash);
      }
      if (!checkpoint) return;
      insertCheckpoint.run(record.id, checkpoint.epoch, checkpoint.step, JSON.stringify(checkpoint.generator), new Date().toISOString());
      for (const kind of ['weights', 'optimizer'] as const)
        checkpoint[kind].forEach(({ name, array }, position) => insertCheckpointArray.run(record.id, kind, position, name, array));
    }),
    insertSnapshot: db.transaction((run: string, { epoch, created, weights, ...of }: SnapshotRecord) => {
      insertSnapshot.run(run, epoch, created);
      for (const split of splits) {
        const { layers, ntk, spectra: found } = of[split];
        alignments.putLayers(run, epoch, split, layers);
        if (ntk) alignments.putNtk(run, epoch, split, ntk);
        spectra.putRecords(run, epoch, split, found);
      }
      weights.forEach(({ name, array }, position) => insertWeight.run(run, epoch, position, name, array));
    }),
    insertMetrics: db.transaction((run: string, rows: readonly EpochMetrics[]) =>
      rows.forEach((row) => insertMetrics.run({ run, ...row })),
    ),
    insertLog: db.transaction((run: string, lines: readonly LogRecord[]) => lines.forEach((line) => insertLog.run({ run, ...line }))),
  };
}
export type RecordsTable = ReturnType<typeof recordsTable>;
