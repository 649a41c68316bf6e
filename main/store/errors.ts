// SQLite's errors in words for a person. What is not known here is a bug and keeps its stack.
import Sqlite from 'better-sqlite3';
import { KernelscopeError } from '../contract/errors.ts';

/** The error to throw for `error`, met while working on `file`. */
export function explained(error: unknown, file: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const { code, message } = error;
  const is = (...names: string[]) => names.some((n) => code === n || code.startsWith(`${n}_`));
  if (is('SQLITE_FULL')) return new KernelscopeError('failed', `${file}: the disk is full; free some space and resume the run`);
  if (is('SQLITE_CORRUPT', 'SQLITE_NOTADB'))
    return new KernelscopeError('failed', `${file}: damaged (${message}); put back a backup, or move it away to begin a new library`);
  if (is('SQLITE_READONLY')) return new KernelscopeError('locked', `${file}: open for reading only; nothing was changed`);
  if (is('SQLITE_BUSY', 'SQLITE_LOCKED')) return new KernelscopeError('locked', `${file}: in use by another process for too long`);
  if (is('SQLITE_CANTOPEN', 'SQLITE_PERM', 'SQLITE_AUTH')) return new KernelscopeError('failed', `${file}: cannot be opened (${message})`);
  if (is('SQLITE_IOERR')) return new KernelscopeError('failed', `${file}: reading or writing failed (${message}, ${code})`);
  return error;
}

/** Runs `work`; SQLite's errors leave it in words. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explained(error, file);
  }
}

/** The same table with every method guarded. */
export function guardedTable<T extends object>(file: string, table: T): T {
  const wrap = ([name, method]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => guarded(file, () => method(...args)),
  ];
  return Object.fromEntries(Object.entries(table).map(wrap)) as T;
}
