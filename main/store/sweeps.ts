// Sweeps: their files, and which run each cell has. One that is being started is none yet.
import type Sqlite from 'better-sqlite3';
import { KernelscopeError } from '../contract/errors.ts';
import type { CellState, SweepCell, SweepSpec, SweepSummary } from '../contract/sweeps.ts';

export interface StoredCell extends SweepCell {
  /** of its config */
  hash: string;
  /** seconds of compute so far; 0 without a run */
  seconds: number;
}

type Named = Pick<SweepSummary, 'id' | 'name' | 'created'>;

export function sweepsTable(db: Sqlite.Database) {
  const setRun = db.prepare('UPDATE sweep_cells SET run = ? WHERE sweep = ? AND position = ?');
  const all = db.prepare<[], Named>('SELECT id, name, created FROM sweeps WHERE starting = 0 ORDER BY created DESC, rowid DESC');
  const one = db.prepare<[string], Named>('SELECT id, name, created FROM sweeps WHERE id = ? AND starting = 0');
  const specOf = db.prepare<[string], string>('SELECT spec FROM sweeps WHERE id = ?').pluck();
  const byHash = db.prepare<[string], string>('SELECT id FROM sweeps WHERE hash = ? AND starting = 0').pluck();
  const byName = db.prepare<[string], Named>('SELECT id, name, created FROM sweeps WHERE name = ? AND starting = 0 ORDER BY created');
  const byPrefix = db.prepare<[string, string], Named>(
    'SELECT id, name, created FROM sweeps WHERE substr(id, 1, length(?)) = ? AND starting = 0 ORDER BY id',
  );
  const states = db.prepare<[string], { state: CellState; n: number }>(`
    SELECT coalesce(runs.state, 'none') AS state, count(*) AS n
    FROM sweep_cells LEFT JOIN runs ON runs.id = sweep_cells.run AND runs.deleted IS NULL WHERE sweep = ? GROUP BY 1`);
  // The name that the run has by now, where there is one.
  const cells = db.prepare<[string], StoredCell>(`
    SELECT coalesce(runs.name, sweep_cells.name) AS name, runs.id AS run, coalesce(runs.state, 'none') AS state, runs.epoch, runs.epochs,
      (SELECT testAccuracy FROM metrics WHERE metrics.run = runs.id ORDER BY metrics.epoch DESC LIMIT 1) AS testAccuracy,
      runs.reason, sweep_cells.hash, coalesce(runs.seconds, 0) AS seconds
    FROM sweep_cells LEFT JOIN runs ON runs.id = sweep_cells.run AND runs.deleted IS NULL WHERE sweep = ? ORDER BY position`);
  const place = db.prepare<[string, number], { run: string | null; state: CellState }>(`
    SELECT runs.id AS run, coalesce(runs.state, 'none') AS state
    FROM sweep_cells LEFT JOIN runs ON runs.id = sweep_cells.run AND runs.deleted IS NULL WHERE sweep = ? AND position = ?`);
  const having = db.prepare<[string], { sweep: string; position: number }>(
    `SELECT sweep, position FROM sweep_cells JOIN sweeps ON sweeps.id = sweep WHERE run = ? AND starting = 0 ORDER BY created, sweep, position`,
  );
  const done = db
    .prepare<[string], string>(
      `SELECT id FROM runs WHERE state = 'done' AND deleted IS NULL AND dataset IN (SELECT value FROM json_each(?)) ORDER BY created DESC, rowid DESC`,
    )
    .pluck();

  const summaryOf = (named: Named): SweepSummary => {
    const counted = states.all(named.id);
    const size = counted.reduce((sum, { n }) => sum + n, 0);
    return { ...named, size, counts: Object.fromEntries(counted.map(({ state, n }) => [state, n])) };
  };

  return {
    /** Newest first. */
    list: (): SweepSummary[] => all.all().map(summaryOf),
    get(id: string): SweepSummary & { spec: SweepSpec } {
      const named = one.get(id);
      if (!named) throw new KernelscopeError('not-found', `sweep: no sweep ${JSON.stringify(id)}`);
      return { ...summaryOf(named), spec: JSON.parse(specOf.get(id) as string) as SweepSpec };
    },
    /** The id of the sweep that has this hash. */
    find: (hash: string): string | null => byHash.get(hash) ?? null,
    setRun: (id: string, position: number, run: string): void => void setRun.run(run, id, position),
    /** In their order. */
    cells: (id: string): StoredCell[] => cells.all(id),
    /** The run of one cell. */
    place: (id: string, position: number): { run: string | null; state: CellState } =>
      place.get(id, position) ?? { run: null, state: 'none' },
    /** Which cells of which sweeps a run is, oldest sweep first. */
    having: (run: string): { sweep: string; position: number }[] => having.all(run),
    /** Ids of the runs on these datasets that are done, newest first. */
    done: (datasets: readonly string[]): string[] => done.all(JSON.stringify(datasets)),
    /** The id of the sweep that a person named: by its id, its name, or a prefix of the id that no other sweep shares; null: there is none.
     *  @throws KernelscopeError `bad-input` where it could be several */
    resolve(ref: string): string | null {
      if (one.get(ref)) return ref;
      const named = byName.all(ref);
      const found = named.length > 0 || ref === '' ? named : byPrefix.all(ref, ref);
      if (found.length <= 1) return found[0]?.id ?? null;
      const some = found.slice(0, 10).map((s) => `${s.id} (${s.name}, ${s.created})`);
      throw new KernelscopeError('bad-input', `sweep: ${JSON.stringify(ref)} could be ${some.join(', ')}; give more of its id`);
    },
  };
}
export type SweepsTable = ReturnType<typeof sweepsTable>;
