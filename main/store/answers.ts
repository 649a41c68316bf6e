// What was computed of snapshots when someone asked for it: a snapshot never changes, so an answer stays right for the version that gave it.
import type Sqlite from 'better-sqlite3';

/** Of one run's snapshots, or of two runs'. */
export interface Question {
  run: string;
  other?: string;
  key: string;
}

export function answersTable(db: Sqlite.Database) {
  const put = db.prepare('INSERT OR REPLACE INTO answers (run, key, other, version, value) VALUES (?, ?, ?, ?, ?)');
  const get = db
    .prepare<[string, string, string | null, string], string>(
      'SELECT value FROM answers WHERE run = ? AND key = ? AND other IS ? AND version = ?',
    )
    .pluck();
  return {
    /** value: JSON */
    put: ({ run, other, key }: Question, version: string, value: unknown): void =>
      void put.run(run, key, other ?? null, version, JSON.stringify(value)),
    /** undefined: not known, or only from another version of the program */
    get({ run, other, key }: Question, version: string): unknown {
      const value = get.get(run, key, other ?? null, version);
      return value === undefined ? undefined : (JSON.parse(value) as unknown);
    },
  };
}
export type AnswersTable = ReturnType<typeof answersTable>;
