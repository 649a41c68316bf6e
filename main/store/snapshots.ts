// Snapshots: everything that is known of a run at one epoch, and its weights then. Written whole or not at all.
import type Sqlite from 'better-sqlite3';
import { KernelscopeError } from '../contract/errors.ts';
import { splits, type NamedArray, type Snapshot, type Split, type SplitAnalysis } from '../contract/results.ts';
import type { AlignmentsTable } from './alignments.ts';
import type { ArraysTable } from './arrays.ts';
import type { SpectraTable } from './spectra.ts';

interface WeightRow {
  name: string;
  array: string;
}

export function snapshotsTable(db: Sqlite.Database, arrays: ArraysTable, alignments: AlignmentsTable, spectra: SpectraTable) {
  const insert = db.prepare('INSERT INTO snapshots (run, epoch, created) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM snapshots WHERE run = ? AND epoch = ?');
  const epochs = db.prepare<[string], number>('SELECT epoch FROM snapshots WHERE run = ? ORDER BY epoch').pluck();
  const has = db.prepare<[string, number], number>('SELECT 1 FROM snapshots WHERE run = ? AND epoch = ?').pluck();
  const putWeight = db.prepare('INSERT INTO snapshot_weights (run, epoch, position, name, array) VALUES (?, ?, ?, ?, ?)');
  const weights = db.prepare<[string, number], WeightRow>(
    'SELECT name, array FROM snapshot_weights WHERE run = ? AND epoch = ? ORDER BY position',
  );
  const hashes = db.prepare<[string], string>('SELECT array FROM snapshot_weights WHERE run = ?').pluck();

  const split = (run: string, epoch: number, which: Split): SplitAnalysis => ({
    layers: alignments.layers(run, epoch, which),
    ntk: alignments.ntk(run, epoch, which),
    spectra: spectra.all(run, epoch, which),
  });

  return {
    /** A snapshot with the weights it was computed from; takes the place of an earlier one of that epoch. */
    put: db.transaction((run: string, snapshot: Snapshot, values: readonly NamedArray[]) => {
      const { epoch } = snapshot;
      const before = weights.all(run, epoch).map((w) => w.array);
      remove.run(run, epoch);
      insert.run(run, epoch, new Date().toISOString());
      for (const which of splits) {
        const { layers, ntk, spectra: found } = snapshot[which];
        alignments.putLayers(run, epoch, which, layers);
        if (ntk) alignments.putNtk(run, epoch, which, ntk);
        spectra.put(run, epoch, which, found);
      }
      values.forEach((w, position) => putWeight.run(run, epoch, position, w.name, arrays.put(w.shape, w.data)));
      arrays.sweep(before);
    }),

    get(run: string, epoch: number): Snapshot {
      if (has.get(run, epoch) === undefined) {
        const there = epochs.all(run);
        throw new KernelscopeError(
          'not-found',
          `epoch: run ${run} has no snapshot at epoch ${epoch}; ${there.length ? `it has ${there.join(', ')}` : 'it has none yet'}`,
        );
      }
      return { epoch, train: split(run, epoch, 'train'), test: split(run, epoch, 'test') };
    },

    /** Epochs with a snapshot, ascending. */
    epochs: (run: string): number[] => epochs.all(run),

    /** The parameters at a snapshot, as float32. */
    weights: (run: string, epoch: number): NamedArray[] =>
      weights.all(run, epoch).map(({ name, array }) => ({ name, ...arrays.get(array, `run ${run}, epoch ${epoch}, ${name}`) })),

    /** Names of all arrays of weights that a run's snapshots refer to. */
    arraysOf: (run: string): string[] => hashes.all(run),
  };
}
export type SnapshotsTable = ReturnType<typeof snapshotsTable>;
