// Sweeps: their files, and which run each cell has.
import type Sqlite from 'better-sqlite3';
import { KernelscopeError } from '../contract/errors.ts';
import type { CellState, SweepCell, SweepSpec, SweepSummary } from '../contract/sweeps.ts';

export interface NewSweep {
  name: string;
  /** of its name and cells */
  hash: string;
  spec: SweepSpec;
  /** in their order */
  cells: { name: string; hash: string }[];
}
export interface StoredCell extends SweepCell {
  /** of its config */
  hash: string;
  /** seconds of compute so far; 0 without a run */
  seconds: number;
}

type Named = Pick<SweepSummary, 'id' | 'name' | 'created'>;

export function sweepsTable(db: Sqlite.Database) {
  const insert = db.prepare('INSERT INTO sweeps (id, name, hash, spec, created) VALUES (?, ?, ?, ?, ?)');
  const insertCell = db.prepare('INSERT INTO sweep_cells (sweep, position, name, hash) VALUES (?, ?, ?, ?)');
  const setRun = db.prepare('UPDATE sweep_cells SET run = ? WHERE sweep = ? AND position = ?');
  const all = db.prepare<[], Named>('SELECT id, name, created FROM sweeps ORDER BY created DESC, rowid DESC');
  const one = db.prepare<[string], Named>('SELECT id, name, created FROM sweeps WHERE id = ?');
  const specOf = db.prepare<[string], string>('SELECT spec FROM sweeps WHERE id = ?').pluck();
  const byHash = db.prepare<[string], string>('SELECT id FROM sweeps WHERE hash = ?').pluck();
  const byName = db.prepare<[string], Named>('SELECT id, name, created FROM sweeps WHERE name = ? ORDER BY created');
  const byPrefix = db.prepare<[string, string], Named>(
    'SELECT id, name, created FROM sweeps WHERE substr(id, 1, length(?)) = ? ORDER BY id',
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
  const done = db.prepare<[string], { id: string; config: string }>(
    `SELECT id, config FROM runs WHERE state = 'done' AND deleted IS NULL AND dataset IN (SELECT value FROM json_each(?)) ORDER BY created DESC, rowid DESC`,
  );

  const summaryOf = (named: Named): SweepSummary => {
    const counted = states.all(named.id);
    const size = counted.reduce((sum, { n }) => sum + n, 0);
    return { ...named, size, counts: Object.fromEntries(counted.map(({ state, n }) => [state, n])) };
  };
  const create = db.transaction(({ name, hash, spec, cells: of }: NewSweep): string => {
    let length = 8;
    while (one.get(hash.slice(0, length))) length++;
    const id = hash.slice(0, length);
    insert.run(id, name, hash, JSON.stringify(spec), new Date().toISOString());
    of.forEach((cell, position) => insertCell.run(id, position, cell.name, cell.hash));
    return id;
  });

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
    /** Its id: the first digits of its hash. Its cells have no runs yet. */
    create: (sweep: NewSweep): string => create(sweep),
    setRun: (id: string, position: number, run: string): void => void setRun.run(run, id, position),
    /** In their order. */
    cells: (id: string): StoredCell[] => cells.all(id),
    /** Configs of the runs on these datasets that are done, newest first, as they were stored: those of an older version lack fields. */
    doneConfigs: (datasets: readonly string[]): { id: string; config: unknown }[] =>
      done.all(JSON.stringify(datasets)).map(({ id, config }) => ({ id, config: JSON.parse(config) as unknown })),
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
