// A library of experiments: one SQLite file, one writer, any number of readers beside it.
import Sqlite from 'better-sqlite3';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import { alignmentsTable, type AlignmentsTable } from './alignments.ts';
import { answersTable, type AnswersTable } from './answers.ts';
import { arraysTable, type ArraysTable } from './arrays.ts';
import { calibrationsTable, type CalibrationsTable } from './calibrations.ts';
import { candidatesTable, type CandidatesTable } from './candidates.ts';
import { checkpointsTable, type CheckpointsTable } from './checkpoints.ts';
import { guarded, guardedTable } from './errors.ts';
import { logTable, type LogTable } from './log.ts';
import { metricsTable, type MetricsTable } from './metrics.ts';
import { migrate, versionOf } from './migrate.ts';
import { probesTable, type ProbesTable } from './probes.ts';
import { recordsTable, type RecordsTable } from './records.ts';
import { runsTable, type RunsTable } from './runs.ts';
import { migrations, type Migration } from './schema.ts';
import { settingsTable, type SettingsTable } from './settings.ts';
import { snapshotsTable, type SnapshotsTable } from './snapshots.ts';
import { spectraTable, type SpectraTable } from './spectra.ts';
import { stagingTable, type StagingTable } from './staging.ts';
import { startsTable, type StartsTable } from './starts.ts';
import { sweepsTable, type SweepsTable } from './sweeps.ts';
import { trashTable, type TrashTable } from './trash.ts';
import { lockForWriting, holderOf } from './writer.ts';

export interface LibraryOptions {
  write: boolean;
  /** what this process does, as other processes will read it: `serve`, `run`, `app` … */
  owner: string;
  /** the library may not grow past this */
  limitBytes?: number;
  /** default: this program's own; a test may stop earlier */
  migrations?: readonly Migration[];
}

export interface Library {
  readonly dir: string;
  readonly file: string;
  readonly readOnly: boolean;
  /** who holds it for writing, where that is why it is read-only */
  readonly readOnlyReason: string | null;
  /** false: there is no library yet (reading), and this stands for an empty one */
  readonly present: boolean;
  readonly runs: RunsTable;
  readonly metrics: MetricsTable;
  readonly snapshots: SnapshotsTable;
  readonly alignments: Omit<AlignmentsTable, `put${string}`>;
  readonly spectra: Pick<SpectraTable, 'all' | 'one'>;
  readonly checkpoints: CheckpointsTable;
  readonly probes: ProbesTable;
  readonly answers: AnswersTable;
  readonly calibrations: CalibrationsTable;
  readonly sweeps: SweepsTable;
  readonly settings: SettingsTable;
  readonly trash: TrashTable;
  readonly log: LogTable;
  readonly candidates: CandidatesTable;
  /** runs as they are written down, and their arrays by hash: for bundles */
  readonly records: RecordsTable;
  readonly arrays: Pick<ArraysTable, 'has' | 'head' | 'chunks'>;
  readonly staging: StagingTable;
  readonly starts: StartsTable;
  /** Several writes that are kept together or not at all. */
  transaction<T>(work: () => T): T;
  /** Removes a run with all it has; one that is at work is refused. */
  removeRun(id: string): void;
  close(): void;
}

/** Opens the library in `dir`. Writing makes it where there is none, brings it up to date, and marks runs whose process is gone.
 *  @throws KernelscopeError `locked` naming the process that holds it, `failed` for a damaged or newer library */
export function openLibrary(dir: string, options: LibraryOptions): Library {
  const file = path.join(dir, 'library.sqlite');
  return options.write ? openToWrite(dir, file, options) : openToRead(dir, file, options.migrations ?? migrations);
}

function openToWrite(dir: string, file: string, { owner, limitBytes, migrations: steps = migrations }: LibraryOptions): Library {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw badInput(`${dir}: cannot hold a library (${error instanceof Error ? error.message : String(error)})`);
  }
  const lock = lockForWriting(dir, owner);
  let db: Sqlite.Database | null = null;
  try {
    const library = guarded(file, () => {
      db = new Sqlite(file, { timeout: 5000 });
      if (versionOf(db, file, steps.length) === 0) db.pragma('auto_vacuum = INCREMENTAL'); // only before the first table
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL'); // what was shown is on disk, also when the power goes
      db.pragma('foreign_keys = ON');
      migrate(db, file, steps);
      if (limitBytes !== undefined)
        db.pragma(`max_page_count = ${Math.ceil(limitBytes / (db.pragma('page_size', { simple: true }) as number))}`);
      return assemble(db, { dir, file, readOnly: false, readOnlyReason: null, present: true }, () => lock.release());
    });
    while (library.starts.showSome().length > 0);
    while (library.starts.abandonSome());
    while (library.staging.abandonSome());
    library.transaction(() => markAbandoned(library));
    while (library.staging.releaseSome());
    return library;
  } catch (error) {
    (db as Sqlite.Database | null)?.close();
    lock.release();
    throw error;
  }
}

function openToRead(dir: string, file: string, steps: readonly Migration[]): Library {
  const present = existsSync(file);
  return guarded(file, () => {
    const db = present ? new Sqlite(file, { readonly: true, timeout: 5000 }) : new Sqlite(':memory:');
    try {
      if (!present) {
        migrate(db, file, steps);
        db.pragma('query_only = ON');
      }
      const version = versionOf(db, file, steps.length);
      if (version < steps.length)
        throw new KernelscopeError(
          'failed',
          `${file}: a library of version ${version}; this Kernelscope reads version ${steps.length}. Open it once for writing to bring it up to date`,
        );
      const by = present ? holderOf(dir) : null;
      const readOnlyReason = by ? `held by process ${by.pid} (${by.owner}) since ${by.since}` : null;
      return assemble(db, { dir, file, readOnly: true, readOnlyReason, present }, () => {});
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

type Facts = Pick<Library, 'dir' | 'file' | 'readOnly' | 'readOnlyReason' | 'present'>;

function assemble(db: Sqlite.Database, facts: Facts, onClose: () => void): Library {
  const { file } = facts;
  const arrays = arraysTable(db);
  const log = logTable(db);
  const runs = runsTable(db, log);
  const alignments = alignmentsTable(db);
  const spectra = spectraTable(db, arrays);
  const snapshots = snapshotsTable(db, arrays, alignments, spectra);
  const checkpoints = checkpointsTable(db, arrays);
  const probes = probesTable(db, arrays);
  const removeRun = db.transaction((id: string) => {
    const { state } = runs.get(id);
    if (state === 'running' || state === 'paused') throw badInput(`run ${id}: is ${state}; cancel it before it is deleted`);
    const held = [...spectra.arraysOf(id), ...snapshots.arraysOf(id), ...checkpoints.arraysOf(id)];
    runs.remove(id);
    arrays.sweep([...held, ...probes.removeUnused()]);
  });
  return {
    ...facts,
    runs: guardedTable(file, runs),
    metrics: guardedTable(file, metricsTable(db)),
    snapshots: guardedTable(file, snapshots),
    alignments: guardedTable(file, alignments),
    spectra: guardedTable(file, spectra),
    checkpoints: guardedTable(file, checkpoints),
    probes: guardedTable(file, probes),
    answers: guardedTable(file, answersTable(db)),
    calibrations: guardedTable(file, calibrationsTable(db)),
    sweeps: guardedTable(file, sweepsTable(db)),
    settings: guardedTable(file, settingsTable(db)),
    trash: guardedTable(file, trashTable(db)),
    log: guardedTable(file, log),
    candidates: guardedTable(file, candidatesTable(db)),
    records: guardedTable(file, recordsTable(db, alignments, spectra)),
    arrays: guardedTable(file, arrays),
    staging: guardedTable(file, stagingTable(db, arrays)),
    starts: guardedTable(file, startsTable(db, runs)),
    transaction: <T>(work: () => T) => guarded(file, () => db.transaction(work)()),
    removeRun: (id) =>
      guarded(file, () => {
        removeRun(id);
        db.pragma('incremental_vacuum'); // gives the room back to the disk
      }),
    close() {
      if (!db.open) return;
      db.close();
      onClose();
    },
  };
}

/** Whoever worked on these runs is gone: this process alone holds the library. */
function markAbandoned({ runs }: Library): void {
  for (const id of runs.inStates('running', 'paused')) {
    const { pid, heartbeat } = runs.owner(id);
    const when = heartbeat ? `; last heard of ${heartbeat}` : '';
    runs.move(id, 'interrupted', `its process${pid ? ` ${pid}` : ''} ended without a word${when}`);
  }
  for (const id of runs.inStates('queued')) runs.move(id, 'interrupted', 'the program ended while it was queued');
}
