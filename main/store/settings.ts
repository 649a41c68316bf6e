// What people have chosen, by name: any JSON.
import type Sqlite from 'better-sqlite3';

export function settingsTable(db: Sqlite.Database) {
  const get = db.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck();
  const put = db.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM settings WHERE key = ?');
  const keys = db.prepare<[string, string], string>('SELECT key FROM settings WHERE substr(key, 1, length(?)) = ? ORDER BY key').pluck();
  return {
    /** undefined where nothing is kept under this name */
    get(key: string): unknown {
      const value = get.get(key);
      return value === undefined ? undefined : (JSON.parse(value) as unknown);
    },
    put: (key: string, value: unknown): void => void put.run(key, JSON.stringify(value)),
    /** Whether there was one. */
    remove: (key: string): boolean => remove.run(key).changes > 0,
    /** Names that begin so, in order. */
    keys: (prefix: string): string[] => keys.all(prefix, prefix),
  };
}
export type SettingsTable = ReturnType<typeof settingsTable>;
