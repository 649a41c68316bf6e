// Spectra of kernels: their options in columns, their numbers in arrays.
import type Sqlite from 'better-sqlite3';
import type { Spectrum, Split } from '../contract/results.ts';
import type { ArraysTable } from './arrays.ts';

/** A spectrum, its numbers by the hashes of their arrays. */
export interface SpectrumRecord extends Omit<Spectrum, 'eigenvalues' | 'power'> {
  eigenvalues: string;
  power: string;
}
interface Row extends Omit<Spectrum, 'eigenvalues' | 'power' | 'centred'> {
  centred: number;
  eigenvalues: string;
  power: string;
}

export function spectraTable(db: Sqlite.Database, arrays: ArraysTable) {
  const columns = 'layer, samples, features, classes, nullPower, noiseFloor, centred, eigenvalues, power';
  const put = db.prepare(`
    INSERT INTO spectra (run, epoch, split, position, ${columns})
    VALUES (@run, @epoch, @split, @position, ${columns.replace(/\w+/g, '@$&')})`);
  const all = db.prepare<[string, number, Split], Row>(
    `SELECT ${columns} FROM spectra WHERE run = ? AND epoch = ? AND split = ? ORDER BY position`,
  );
  const one = db.prepare<[string, number, Split, string], Row>(
    `SELECT ${columns} FROM spectra WHERE run = ? AND epoch = ? AND split = ? AND layer = ?`,
  );
  const hashes = db
    .prepare<[{ run: string }], string>('SELECT eigenvalues FROM spectra WHERE run = @run UNION SELECT power FROM spectra WHERE run = @run')
    .pluck();

  const read = (where: string, row: Row): Spectrum => {
    const numbers = (hash: string) => arrays.get(hash, `${where}, spectrum of ${row.layer}`).data as Float64Array;
    return { ...row, centred: row.centred === 1, eigenvalues: numbers(row.eigenvalues), power: numbers(row.power) };
  };

  const putRecords = (run: string, epoch: number, split: Split, records: readonly SpectrumRecord[]): void =>
    records.forEach((record, position) => put.run({ ...record, run, epoch, split, position, centred: record.centred ? 1 : 0 }));

  return {
    put(run: string, epoch: number, split: Split, spectra: readonly Spectrum[]): void {
      const stored = (numbers: Float64Array) => arrays.put([numbers.length], numbers);
      putRecords(
        run,
        epoch,
        split,
        spectra.map((s) => ({ ...s, eigenvalues: stored(s.eigenvalues), power: stored(s.power) })),
      );
    },
    /** Of arrays that are here already. */
    putRecords,
    records: (run: string, epoch: number, split: Split): SpectrumRecord[] =>
      all.all(run, epoch, split).map((row) => ({ ...row, centred: row.centred === 1 })),
    all: (run: string, epoch: number, split: Split): Spectrum[] =>
      all.all(run, epoch, split).map((row) => read(`run ${run}, epoch ${epoch}, ${split}`, row)),
    one(run: string, epoch: number, split: Split, layer: string): Spectrum | null {
      const row = one.get(run, epoch, split, layer);
      return row ? read(`run ${run}, epoch ${epoch}, ${split}`, row) : null;
    },
    /** Names of all arrays that a run's spectra refer to. */
    arraysOf: (run: string): string[] => hashes.all({ run }),
  };
}
export type SpectraTable = ReturnType<typeof spectraTable>;
