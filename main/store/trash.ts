// Runs that were deleted: out of every list, whole until the trash is emptied of them.
import type Sqlite from 'better-sqlite3';
import type { TrashedRun } from '../contract/results.ts';

export function trashTable(db: Sqlite.Database) {
  // What is arriving from a bundle is out of the lists too, and was not deleted.
  const deleted = 'deleted IS NOT NULL AND id NOT IN (SELECT run FROM staged_runs)';
  const put = db.prepare('UPDATE runs SET deleted = ? WHERE id = ? AND deleted IS NULL');
  const take = db.prepare(`UPDATE runs SET deleted = NULL WHERE id = ? AND ${deleted}`);
  const all = db.prepare<[], TrashedRun>(`SELECT id, name, deleted FROM runs WHERE ${deleted} ORDER BY deleted DESC, rowid DESC`);
  const has = db.prepare<[string], number>(`SELECT 1 FROM runs WHERE id = ? AND ${deleted}`).pluck();
  const before = db.prepare<[string], string>(`SELECT id FROM runs WHERE deleted < ? AND ${deleted} ORDER BY deleted`).pluck();
  return {
    put: (id: string): void => void put.run(new Date().toISOString(), id),
    /** Back into the library. */
    restore: (id: string): void => void take.run(id),
    /** Last deleted first. */
    list: (): TrashedRun[] => all.all(),
    has: (id: string): boolean => has.get(id) !== undefined,
    /** Ids of those deleted before a time, ISO 8601. */
    deletedBefore: (time: string): string[] => before.all(time),
  };
}
export type TrashTable = ReturnType<typeof trashTable>;
