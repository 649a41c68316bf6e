// The newest checkpoint of each run: what it needs to go on as if nothing had happened.
import type Sqlite from 'better-sqlite3';
import type { Checkpoint, NamedArray } from '../contract/results.ts';
import type { ArraysTable } from './arrays.ts';

interface ArrayRow {
  kind: 'weights' | 'optimizer';
  name: string;
  array: string;
}

export function checkpointsTable(db: Sqlite.Database, arrays: ArraysTable) {
  const insert = db.prepare('INSERT INTO checkpoints (run, epoch, step, generator, created) VALUES (?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM checkpoints WHERE run = ?');
  const select = db.prepare<[string], { epoch: number; step: number; generator: string }>(
    'SELECT epoch, step, generator FROM checkpoints WHERE run = ?',
  );
  const putArray = db.prepare('INSERT INTO checkpoint_arrays (run, kind, position, name, array) VALUES (?, ?, ?, ?, ?)');
  const selectArrays = db.prepare<[string], ArrayRow>(
    'SELECT kind, name, array FROM checkpoint_arrays WHERE run = ? ORDER BY kind, position',
  );
  const arraysOf = (run: string) => selectArrays.all(run).map((row) => row.array);
  const clear = (run: string) => {
    const before = arraysOf(run);
    remove.run(run);
    return before;
  };

  return {
    /** Takes the place of the one before. */
    put: db.transaction((run: string, { epoch, step, generator, ...values }: Checkpoint) => {
      const before = clear(run);
      insert.run(run, epoch, step, JSON.stringify(generator), new Date().toISOString());
      for (const kind of ['weights', 'optimizer'] as const)
        values[kind].forEach((a, position) => putArray.run(run, kind, position, a.name, arrays.put(a.shape, a.data)));
      arrays.sweep(before);
    }),

    get(run: string): Checkpoint | null {
      const row = select.get(run);
      if (!row) return null;
      const found = selectArrays.all(run);
      const read = (kind: ArrayRow['kind']): NamedArray[] =>
        found.filter((a) => a.kind === kind).map(({ name, array }) => ({ name, ...arrays.get(array, `run ${run}, checkpoint, ${name}`) }));
      const { epoch, step } = row;
      return { epoch, step, weights: read('weights'), optimizer: read('optimizer'), generator: JSON.parse(row.generator) as number[] };
    },

    /** Of a run that needs none any more. */
    remove: db.transaction((run: string) => void arrays.sweep(clear(run))),
    arraysOf,
  };
}
export type CheckpointsTable = ReturnType<typeof checkpointsTable>;
