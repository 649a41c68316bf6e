// A sweep on its way into the library. It, its cells and its new runs are written piece by piece, out of every list. Once all is written its
// runs are shown, piece by piece too, and last the sweep itself. What a program that ended before left behind goes when the library is next
// opened for writing; where it ended after, the rest is shown then.
import type Sqlite from 'better-sqlite3';
import type { SweepSpec } from '../contract/sweeps.ts';
import type { NewRun, RunsTable } from './runs.ts';

export interface NewSweep {
  name: string;
  /** of its name and cells */
  hash: string;
  spec: SweepSpec;
}

const atOnce = 100; // runs that are shown or removed between two breaths

export function startsTable(db: Sqlite.Database, runs: Pick<RunsTable, 'create'>) {
  const known = db.prepare<[string], number>('SELECT 1 FROM sweeps WHERE id = ?').pluck();
  const insert = db.prepare('INSERT INTO sweeps (id, name, hash, spec, created, starting) VALUES (?, ?, ?, ?, ?, 1)');
  const insertCell = db.prepare('INSERT INTO sweep_cells (sweep, position, name, hash) VALUES (?, ?, ?, ?)');
  const hide = db.prepare('UPDATE runs SET deleted = ? WHERE id = ?');
  const stage = db.prepare('INSERT INTO staged_runs (run, sweep) VALUES (?, ?)');
  const setWritten = db.prepare('UPDATE sweeps SET written = 1 WHERE id = ?');
  const shownRuns = db.prepare('UPDATE runs SET deleted = NULL WHERE id IN (SELECT value FROM json_each(?))');
  const forget = db.prepare('DELETE FROM staged_runs WHERE run IN (SELECT value FROM json_each(?))');
  const left = db
    .prepare<[], string>(
      `SELECT run FROM staged_runs WHERE sweep IN (SELECT id FROM sweeps WHERE written = 1) ORDER BY (SELECT runs.rowid FROM runs WHERE runs.id = run) LIMIT ${atOnce}`,
    )
    .pluck();
  const settle = db.prepare('UPDATE sweeps SET starting = 0 WHERE id = ?');
  const finish = db.prepare('UPDATE sweeps SET starting = 0, written = 0 WHERE written = 1');
  const removeRuns = db.prepare(`
    DELETE FROM runs WHERE id IN (SELECT run FROM staged_runs WHERE sweep IN (SELECT id FROM sweeps WHERE written = 0) LIMIT ${atOnce})`);
  const removeSweeps = db.prepare('DELETE FROM sweeps WHERE starting = 1 AND written = 0');

  const insertRun = db.transaction((sweep: string, run: NewRun): string => {
    const { id } = runs.create(run);
    hide.run(new Date().toISOString(), id);
    stage.run(id, sweep);
    return id;
  });

  return {
    /** A new sweep's id: the first digits of its hash. It has no cells yet. */
    begin({ name, hash, spec }: NewSweep): string {
      let length = 8;
      while (known.get(hash.slice(0, length))) length++;
      const id = hash.slice(0, length);
      insert.run(id, name, hash, JSON.stringify(spec), new Date().toISOString());
      return id;
    },
    cell: (id: string, position: number, { name, hash }: { name: string; hash: string }): void =>
      void insertCell.run(id, position, name, hash),
    /** A new run of this sweep; answers its id. */
    run: (sweep: string, run: NewRun): string => insertRun(sweep, run),
    /** All of it is written: from now on it is shown, and no longer removed. */
    written: (id: string): void => void setWritten.run(id),
    /** A sweep without new runs is in the library from now on. */
    settle: (id: string): void => void settle.run(id),
    /** Shows some of the runs that are written, in the order of their writing, and last their sweep; answers their ids, none at the end. */
    showSome: db.transaction((): string[] => {
      const ids = left.all();
      shownRuns.run(JSON.stringify(ids));
      forget.run(JSON.stringify(ids));
      if (ids.length === 0) finish.run();
      return ids;
    }),
    /** Removes some of what was not written to its end; false: there was nothing. */
    abandonSome: db.transaction((): boolean => removeRuns.run().changes > 0 || removeSweeps.run().changes > 0),
  };
}
export type StartsTable = ReturnType<typeof startsTable>;
