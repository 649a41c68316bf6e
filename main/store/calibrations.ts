// Speeds that a device was measured to have.
import type Sqlite from 'better-sqlite3';

export function calibrationsTable(db: Sqlite.Database) {
  const put = db.prepare('INSERT OR REPLACE INTO calibrations (device, measured, rates) VALUES (?, ?, ?)');
  const get = db.prepare<[string], { measured: string; rates: string }>('SELECT measured, rates FROM calibrations WHERE device = ?');
  return {
    put: (device: string, rates: Record<string, unknown>): void => void put.run(device, new Date().toISOString(), JSON.stringify(rates)),
    get(device: string): { measured: string; rates: Record<string, unknown> } | null {
      const row = get.get(device);
      return row ? { measured: row.measured, rates: JSON.parse(row.rates) as Record<string, unknown> } : null;
    },
  };
}
export type CalibrationsTable = ReturnType<typeof calibrationsTable>;
