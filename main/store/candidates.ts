// Runs on one dataset with as little as it takes to choose among them: a library may hold thousands.
import type Sqlite from 'better-sqlite3';
import type { RunConfig } from '../contract/config.ts';
import type { RunState } from '../contract/results.ts';

export interface Candidate {
  /** its place in the order of writing */
  row: number;
  id: string;
  state: RunState;
}

export function candidatesTable(db: Sqlite.Database) {
  const on = db.prepare<[string, number, number], Candidate>(
    'SELECT rowid AS row, id, state FROM runs WHERE dataset = ? AND deleted IS NULL AND rowid < ? ORDER BY rowid DESC LIMIT ?',
  );
  const config = db.prepare<[string], string>('SELECT config FROM runs WHERE id = ?').pluck();
  return {
    /** So many before a place, newest first, without what is in the trash. */
    on: (dataset: string, limit: number, before = Number.MAX_SAFE_INTEGER): Candidate[] => on.all(dataset, before, limit),
    /** As it was stored; null: the run is gone. */
    config(id: string): RunConfig | null {
      const json = config.get(id);
      return json === undefined ? null : (JSON.parse(json) as RunConfig);
    },
  };
}
export type CandidatesTable = ReturnType<typeof candidatesTable>;
