// Probe sets, named by the hash in a run's provenance: runs with the same one share it, and only their results are comparable.
import type Sqlite from 'better-sqlite3';
import type { ProbeSet, Split } from '../contract/results.ts';
import type { ArraysTable } from './arrays.ts';

interface Row {
  classes: number;
  xShape: string;
  ids: string;
  x: string;
  y: string;
}

export function probesTable(db: Sqlite.Database, arrays: ArraysTable) {
  const has = db.prepare<[string], number>('SELECT 1 FROM probe_sets WHERE hash = ?').pluck();
  const insert = db.prepare('INSERT INTO probe_sets (hash, classes, xShape, ids, x, y) VALUES (?, ?, ?, ?, ?, ?)');
  const link = db.prepare('INSERT OR REPLACE INTO run_probes (run, split, hash) VALUES (?, ?, ?)');
  const select = db.prepare<[string, Split], Row>(
    'SELECT classes, xShape, ids, x, y FROM run_probes JOIN probe_sets USING (hash) WHERE run = ? AND split = ?',
  );
  const classes = db.prepare<[string], number>('SELECT classes FROM run_probes JOIN probe_sets USING (hash) WHERE run = ? LIMIT 1').pluck();
  const unused = db.prepare<[], Row>(
    'DELETE FROM probe_sets WHERE NOT EXISTS (SELECT 1 FROM run_probes WHERE run_probes.hash = probe_sets.hash) RETURNING *',
  );

  const hashOf = db.prepare<[string, Split], string>('SELECT hash FROM run_probes WHERE run = ? AND split = ?').pluck();
  const sharing = db.prepare<[string, Split], { id: string; name: string }>(`
    SELECT id, name FROM run_probes JOIN runs ON runs.id = run_probes.run
    WHERE hash = ? AND split = ? AND deleted IS NULL ORDER BY created DESC, runs.rowid DESC`);

  return {
    put: db.transaction((run: string, split: Split, hash: string, { ids, x, xShape, y, classes }: ProbeSet) => {
      const P = ids.length;
      if (!has.get(hash))
        insert.run(
          hash,
          classes,
          JSON.stringify(xShape),
          arrays.put([P], ids),
          arrays.put([P, x.length / P], x),
          arrays.put([P, classes], y),
        );
      link.run(run, split, hash);
    }),

    get(run: string, split: Split): ProbeSet | null {
      const row = select.get(run, split);
      if (!row) return null;
      const read = <T>(hash: string, what: string) => arrays.get(hash, `run ${run}, ${split} probe, ${what}`).data as T;
      return {
        ids: read<Int32Array>(row.ids, 'ids'),
        x: read<Float32Array>(row.x, 'x'),
        xShape: JSON.parse(row.xShape) as number[],
        y: read<Float32Array>(row.y, 'y'),
        classes: row.classes,
      };
    },

    /** Name of the run's probe set; null before it is known. */
    hash: (run: string, split: Split): string | null => hashOf.get(run, split) ?? null,

    /** Runs, newest first, that were probed on this set; those in the trash are left out. */
    sharing: (hash: string, split: Split): { id: string; name: string }[] => sharing.all(hash, split),

    /** C of the run's target; null before its probes are known. */
    classes: (run: string): number | null => classes.get(run) ?? null,

    /** Removes the sets that no run has any more; the names of their arrays. */
    removeUnused: (): string[] => unused.all().flatMap(({ ids, x, y }) => [ids, x, y]),
  };
}
export type ProbesTable = ReturnType<typeof probesTable>;
