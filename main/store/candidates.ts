// Runs on one dataset with as little as it takes to choose among them: a library may hold thousands.
import type Sqlite from 'better-sqlite3';
import type { RunConfig } from '../contract/config.ts';
import type { RunState } from '../contract/results.ts';

export interface Candidate {
  id: string;
  state: RunState;
}

export function candidatesTable(db: Sqlite.Database) {
  const on = db.prepare<[string], Candidate>(
    'SELECT id, state FROM runs WHERE dataset = ? AND deleted IS NULL ORDER BY created DESC, rowid DESC',
  );
  const config = db.prepare<[string], string>('SELECT config FROM runs WHERE id = ?').pluck();
  return {
    /** Newest first, without what is in the trash. */
    on: (dataset: string): Candidate[] => on.all(dataset),
    /** As it was stored; null: the run is gone. */
    config(id: string): RunConfig | null {
      const json = config.get(id);
      return json === undefined ? null : (JSON.parse(json) as RunConfig);
    },
  };
}
export type CandidatesTable = ReturnType<typeof candidatesTable>;
