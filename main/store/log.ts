// What happened to each run, in order. A log is bounded: where it grows too long, every second of the older half of its info lines goes,
// so that the beginning stays readable, ever more coarsely; warnings and errors go last.
import type Sqlite from 'better-sqlite3';
import type { LogLevel, LogLine } from '../contract/log.ts';

/** Lines that a run keeps at most. */
export const mostLines = 2000;

export function logTable(db: Sqlite.Database) {
  const insert = db.prepare(`
    INSERT INTO run_log (run, at, epoch, level, line)
    VALUES (@run, @at, (SELECT epoch FROM runs WHERE id = @run), @level, @line)`);
  const count = db.prepare<[string], number>('SELECT count(*) FROM run_log WHERE run = ?').pluck();
  const thin = db.prepare(`
    DELETE FROM run_log WHERE id IN (
      SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM run_log WHERE run = @run AND level = 'info')
      WHERE place % 2 = 0 AND place <= @most / 2)`);
  const cut = db.prepare('DELETE FROM run_log WHERE id IN (SELECT id FROM run_log WHERE run = ? ORDER BY id LIMIT ?)');
  const select = db.prepare<[string, number, number], LogLine>(
    'SELECT id, at, coalesce(epoch, 0) AS epoch, level, line FROM run_log WHERE run = ? AND id > ? ORDER BY id LIMIT ?',
  );
  const listeners = new Set<(run: string) => void>();

  return {
    /** Adds a line, at the epoch that the run has reached. */
    append(run: string, level: LogLevel, line: string): void {
      insert.run({ run, at: new Date().toISOString(), level, line });
      if ((count.get(run) ?? 0) > mostLines && thin.run({ run, most: mostLines }).changes === 0) cut.run(run, mostLines / 10);
      for (const listener of listeners) listener(run);
    },
    /** Lines after the one with this id, oldest first. */
    of: (run: string, { after = 0, limit = mostLines }: { after?: number; limit?: number } = {}): LogLine[] =>
      select.all(run, after, limit),
    /** Tells of every run that has a new line; the line may still be part of a transaction. */
    onAppend: (listener: (run: string) => void): void => void listeners.add(listener),
  };
}
export type LogTable = ReturnType<typeof logTable>;
