// One writer a library: a SQLite file held by BEGIN EXCLUSIVE for the life of the process (the system lets go of it however the
// process ends), and beside it a file that people and other processes can read, which says who it is.
import Sqlite from 'better-sqlite3';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KernelscopeError } from '../contract/errors.ts';
import { explained } from './errors.ts';

export interface Writer {
  pid: number;
  /** what the process does: `serve`, `run`, `app` … */
  owner: string;
  /** ISO 8601 */
  since: string;
}

/** Who says to hold the library; only of meaning while the lock is held. */
function readWriter(dir: string): Writer | null {
  try {
    return JSON.parse(readFileSync(path.join(dir, 'writer.json'), 'utf8')) as Writer;
  } catch {
    return null; // absent, or half written by a process that is just starting
  }
}

/** Who holds the library for writing now, or null. */
export function holderOf(dir: string): Writer | null {
  const file = path.join(dir, 'writer.lock');
  if (!existsSync(file)) return null;
  const lock = new Sqlite(file, { readonly: true, timeout: 0 });
  try {
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    return null; // it can be read, so nobody holds it
  } catch (error) {
    if (isBusy(error)) return readWriter(dir);
    throw error;
  } finally {
    lock.close();
  }
}

const isBusy = (error: unknown) => error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');

/** Takes the library for writing. @throws KernelscopeError `locked` naming the process that holds it */
export function lockForWriting(dir: string, owner: string): { release(): void } {
  const file = path.join(dir, 'writer.lock');
  let lock: Sqlite.Database;
  try {
    lock = new Sqlite(file, { timeout: 200 }); // a reader that looks whether it is held does so for a moment
  } catch (error) {
    throw explained(error, file);
  }
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw explained(error, file);
    const by = readWriter(dir);
    throw new KernelscopeError(
      'locked',
      by
        ? `${dir} is held by process ${by.pid} (${by.owner}) since ${by.since}; close it, or open the library for reading`
        : `${dir} is held by another process`,
    );
  }
  const note = path.join(dir, 'writer.json');
  try {
    writeFileSync(note, `${JSON.stringify({ pid: process.pid, owner, since: new Date().toISOString() } satisfies Writer)}\n`);
  } catch (error) {
    lock.close();
    throw new KernelscopeError('failed', `${note}: cannot be written (${error instanceof Error ? error.message : String(error)})`);
  }
  const release = () => {
    if (!lock.open) return;
    process.off('exit', release);
    rmSync(note, { force: true });
    lock.close();
  };
  process.on('exit', release); // also keeps the lock from being collected, which would let go of it
  return { release };
}
