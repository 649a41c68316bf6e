// The tables, as numbered steps. A step that has been released is never changed: a new one is added.

export interface Migration {
  /** what it brings, for messages */
  brings: string;
  sql: string;
}

const runsAndResults = `
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'done', 'failed', 'interrupted')),
  created TEXT NOT NULL,
  tags TEXT NOT NULL DEFAULT '[]',
  note TEXT NOT NULL DEFAULT '',
  config TEXT NOT NULL,
  dataset TEXT NOT NULL,
  model TEXT NOT NULL,
  epochs INTEGER NOT NULL,
  device TEXT NOT NULL,
  reason TEXT,
  pid INTEGER,
  heartbeat TEXT,
  seconds REAL NOT NULL DEFAULT 0,
  epoch INTEGER NOT NULL DEFAULT 0,
  layers TEXT NOT NULL DEFAULT '[]',
  provenance TEXT
) STRICT;
CREATE INDEX runs_by_state ON runs (state);
CREATE INDEX runs_by_name ON runs (name);

CREATE TABLE metrics (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  trainLoss REAL NOT NULL, testLoss REAL NOT NULL, trainAccuracy REAL NOT NULL, testAccuracy REAL NOT NULL,
  PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

-- Named by what they hold: sha-256 of dtype, shape and bytes.
CREATE TABLE arrays (
  hash TEXT PRIMARY KEY,
  dtype TEXT NOT NULL CHECK (dtype IN ('float32', 'float64', 'int32', 'uint8')),
  shape TEXT NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL REFERENCES arrays ON DELETE CASCADE,
  position INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunks_in_order ON chunks (hash, position);

CREATE TABLE snapshots (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE layer_alignments (
  run TEXT NOT NULL, epoch INTEGER NOT NULL, split TEXT NOT NULL, position INTEGER NOT NULL,
  layer TEXT NOT NULL, features INTEGER NOT NULL,
  ckaTarget REAL NOT NULL, ckaInput REAL NOT NULL, ktaTarget REAL NOT NULL, ktaInput REAL NOT NULL,
  debiasedTarget REAL NOT NULL, debiasedInput REAL NOT NULL, nullTarget REAL NOT NULL,
  PRIMARY KEY (run, epoch, split, position),
  FOREIGN KEY (run, epoch) REFERENCES snapshots ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE ntk_alignments (
  run TEXT NOT NULL, epoch INTEGER NOT NULL, split TEXT NOT NULL,
  ntkTarget REAL NOT NULL, ntkNetwork REAL NOT NULL, networkTarget REAL NOT NULL, penultimateTarget REAL NOT NULL, gradientTarget REAL NOT NULL,
  penultimateShare REAL NOT NULL, gradientShare REAL NOT NULL, nullTarget REAL NOT NULL,
  ktaNtkTarget REAL NOT NULL, ktaNtkNetwork REAL NOT NULL, ktaNetworkTarget REAL NOT NULL,
  ktaPenultimateTarget REAL NOT NULL, ktaGradientTarget REAL NOT NULL,
  PRIMARY KEY (run, epoch, split),
  FOREIGN KEY (run, epoch) REFERENCES snapshots ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE ntk_parts (
  run TEXT NOT NULL, epoch INTEGER NOT NULL, split TEXT NOT NULL, position INTEGER NOT NULL,
  layer TEXT NOT NULL, ckaTarget REAL NOT NULL, share REAL NOT NULL,
  PRIMARY KEY (run, epoch, split, position),
  FOREIGN KEY (run, epoch, split) REFERENCES ntk_alignments ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE spectra (
  run TEXT NOT NULL, epoch INTEGER NOT NULL, split TEXT NOT NULL, position INTEGER NOT NULL,
  layer TEXT NOT NULL, samples INTEGER NOT NULL, features INTEGER NOT NULL, classes INTEGER NOT NULL,
  nullPower REAL NOT NULL, noiseFloor REAL NOT NULL, centred INTEGER NOT NULL,
  eigenvalues TEXT NOT NULL REFERENCES arrays, power TEXT NOT NULL REFERENCES arrays,
  PRIMARY KEY (run, epoch, split, position),
  FOREIGN KEY (run, epoch) REFERENCES snapshots ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX spectra_eigenvalues ON spectra (eigenvalues);
CREATE INDEX spectra_power ON spectra (power);

CREATE TABLE snapshot_weights (
  run TEXT NOT NULL, epoch INTEGER NOT NULL, position INTEGER NOT NULL,
  name TEXT NOT NULL, array TEXT NOT NULL REFERENCES arrays,
  PRIMARY KEY (run, epoch, position),
  FOREIGN KEY (run, epoch) REFERENCES snapshots ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_weights_array ON snapshot_weights (array);

CREATE TABLE checkpoints (
  run TEXT PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  epoch INTEGER NOT NULL, step INTEGER NOT NULL, generator TEXT NOT NULL, created TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint_arrays (
  run TEXT NOT NULL REFERENCES checkpoints ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('weights', 'optimizer')), position INTEGER NOT NULL,
  name TEXT NOT NULL, array TEXT NOT NULL REFERENCES arrays,
  PRIMARY KEY (run, kind, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_arrays_array ON checkpoint_arrays (array);

CREATE TABLE probe_sets (
  hash TEXT PRIMARY KEY,
  classes INTEGER NOT NULL, xShape TEXT NOT NULL,
  ids TEXT NOT NULL REFERENCES arrays, x TEXT NOT NULL REFERENCES arrays, y TEXT NOT NULL REFERENCES arrays
) STRICT, WITHOUT ROWID;
CREATE INDEX probe_sets_ids ON probe_sets (ids);
CREATE INDEX probe_sets_x ON probe_sets (x);
CREATE INDEX probe_sets_y ON probe_sets (y);
CREATE TABLE run_probes (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  split TEXT NOT NULL, hash TEXT NOT NULL REFERENCES probe_sets,
  PRIMARY KEY (run, split)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_probes_hash ON run_probes (hash);
`;

/** What a device was measured to do, so that an estimate need not measure again. */
const calibrations = `
CREATE TABLE calibrations (
  device TEXT PRIMARY KEY,
  measured TEXT NOT NULL,
  rates TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Which run each cell of a sweep has; `name` and `hash` are the cell's own, for when it has none. */
const sweeps = `
CREATE TABLE sweeps (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL,
  created TEXT NOT NULL
) STRICT;
CREATE INDEX sweeps_by_name ON sweeps (name);
CREATE TABLE sweep_cells (
  sweep TEXT NOT NULL REFERENCES sweeps ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  run TEXT REFERENCES runs ON DELETE SET NULL,
  PRIMARY KEY (sweep, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX sweep_cells_run ON sweep_cells (run);
`;

/** Deleted runs wait in the trash, out of every list, until it is emptied. `run_log`: what happened to a run, in order.
 *  `staged_…`: what is arriving from a bundle and not part of the library yet. */
const people = `
ALTER TABLE runs ADD COLUMN deleted TEXT;
CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL;
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE run_log (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  at TEXT NOT NULL,
  epoch INTEGER,
  level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
  line TEXT NOT NULL
) STRICT;
CREATE INDEX run_log_of ON run_log (run, id);
CREATE TABLE staged_arrays (
  array TEXT PRIMARY KEY REFERENCES arrays ON DELETE CASCADE,
  complete INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE staged_runs (
  run TEXT PRIMARY KEY REFERENCES runs ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`;

/** A sweep that starts is written piece by piece, out of every list (`starting`); once all of it is `written`, its runs are shown, which a
 *  crash does not undo any more. */
const starts = `
ALTER TABLE sweeps ADD COLUMN starting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sweeps ADD COLUMN written INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staged_runs ADD COLUMN sweep TEXT REFERENCES sweeps ON DELETE CASCADE;
CREATE INDEX staged_runs_sweep ON staged_runs (sweep) WHERE sweep IS NOT NULL;
`;

/** What was computed of snapshots on demand: similarity of kernels, learning curves. */
const answers = `
CREATE TABLE answers (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  key TEXT NOT NULL,
  other TEXT REFERENCES runs ON DELETE CASCADE,
  version TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_other ON answers (other) WHERE other IS NOT NULL;
`;

export const migrations: readonly Migration[] = [
  { brings: 'runs and their results', sql: runsAndResults },
  { brings: 'measured speeds of devices', sql: calibrations },
  { brings: 'sweeps', sql: sweeps },
  { brings: 'trash, settings and logs of runs', sql: people },
  { brings: 'starts of sweeps that are whole or not at all', sql: starts },
  { brings: 'answers that are kept', sql: answers },
];

/** Marks a SQLite file as a library of ours: "Ksco". */
export const applicationId = 0x4b73636f;
