// What arrives piece by piece and is not part of the library yet: arrays without a run, runs out of every list. It is taken in as a whole or
// not at all; what a program that ended midway left behind goes when the library is next opened for writing. Runs of a sweep that starts are
// in the same table, and the business of starts.ts.
import type Sqlite from 'better-sqlite3';
import { crc32 } from 'node:zlib';
import type { ArrayHead, ArraysTable } from './arrays.ts';

/** Part of an array that arrives; parts come in order. Whoever sends the last one has checked that the whole has this hash. */
export interface ArrivingPart extends ArrayHead {
  hash: string;
  /** 0, 1, … */
  position: number;
  data: Uint8Array;
  last: boolean;
}

const atOnce = 8 << 20; // bytes of arrays that are let go of between two breaths

export function stagingTable(db: Sqlite.Database, arrays: ArraysTable) {
  const state = db.prepare<[string], number>('SELECT complete FROM staged_arrays WHERE array = ?').pluck();
  const insert = db.prepare('INSERT INTO staged_arrays (array, complete) VALUES (?, ?)');
  const complete = db.prepare('UPDATE staged_arrays SET complete = 1 WHERE array = ?');
  const insertArray = db.prepare('INSERT INTO arrays (hash, dtype, shape, bytes) VALUES (?, ?, ?, ?)');
  const insertChunk = db.prepare('INSERT INTO chunks (hash, position, checksum, data) VALUES (?, ?, ?, ?)');
  const some = db.prepare<[], { array: string; bytes: number }>(
    'SELECT array, bytes FROM staged_arrays JOIN arrays ON arrays.hash = staged_arrays.array LIMIT 256',
  );
  const letGo = db.prepare('DELETE FROM staged_arrays WHERE array IN (SELECT value FROM json_each(?))');
  const insertRun = db.prepare('INSERT INTO staged_runs (run) VALUES (?)');
  const runs = db.prepare<[], string>('SELECT run FROM staged_runs WHERE sweep IS NULL').pluck();
  const show = db.prepare('UPDATE runs SET deleted = NULL WHERE id IN (SELECT run FROM staged_runs WHERE sweep IS NULL)');
  const forgetRuns = db.prepare('DELETE FROM staged_runs WHERE sweep IS NULL');
  const removeSome = db.prepare('DELETE FROM runs WHERE id IN (SELECT run FROM staged_runs WHERE sweep IS NULL LIMIT 8)');
  const removeProbes = db.prepare(
    'DELETE FROM probe_sets WHERE NOT EXISTS (SELECT 1 FROM run_probes WHERE run_probes.hash = probe_sets.hash)',
  );

  const counted = db.prepare('SELECT (SELECT count(*) FROM arrays) AS arrays, (SELECT count(*) FROM staged_arrays) AS held');

  const put = (part: ArrivingPart): void => {
    let known = state.get(part.hash);
    if (known === undefined && arrays.has(part.hash)) insert.run(part.hash, (known = 1)); // it is here; from now on it is held
    if (known === 1) return;
    if (known === undefined) {
      if (part.position > 0) throw new Error(`array ${part.hash} was let go of while it arrived`);
      insertArray.run(part.hash, part.dtype, JSON.stringify(part.shape), part.bytes);
      insert.run(part.hash, 0);
    }
    if (part.data.length > 0) insertChunk.run(part.hash, part.position, crc32(part.data), part.data);
    if (part.last) complete.run(part.hash);
  };

  return {
    /** Keeps parts of arrays; an array that is here already is held, not written again. */
    arrays: db.transaction((parts: readonly ArrivingPart[]) => parts.forEach(put)),
    /** Keeps these arrays from going while somebody reads them, whatever happens to their runs. */
    hold: db.transaction((hashes: readonly string[]) => {
      for (const hash of hashes) if (state.get(hash) === undefined && arrays.has(hash)) insert.run(hash, 1);
    }),
    /** A run that has been written, out of every list, is one that arrives. */
    run: (id: string): void => void insertRun.run(id),
    runs: (): string[] => runs.all(),
    /** Arrays of the library, and how many of them are held for what arrives. */
    count: (): { arrays: number; held: number } => counted.get() as { arrays: number; held: number },
    /** All runs that have arrived are in the library from now on. */
    settle: db.transaction(() => {
      show.run();
      forgetRuns.run();
    }),
    /** Removes some of the runs that did not arrive as a whole; false: there was none. */
    abandonSome: db.transaction((): boolean => {
      if (removeSome.run().changes === 0) return false;
      removeProbes.run();
      return true;
    }),
    /** Lets go of some arrays: those that a run has stay, others go. False: none was held. */
    releaseSome: db.transaction((): boolean => {
      const taken: string[] = [];
      let bytes = 0;
      for (const row of some.all()) {
        if (bytes > atOnce) break;
        taken.push(row.array);
        bytes += row.bytes;
      }
      letGo.run(JSON.stringify(taken));
      arrays.sweep(taken);
      return taken.length > 0;
    }),
  };
}
export type StagingTable = ReturnType<typeof stagingTable>;
