// Brings a library to this program's version, step by step, each in a transaction and, where there is something to lose, after a backup.
import type Sqlite from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { KernelscopeError } from '../contract/errors.ts';
import { applicationId, type Migration } from './schema.ts';

/** A library's version, after refusing what is not a library or is a newer one. */
export function versionOf(db: Sqlite.Database, file: string, latest: number): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  const id = db.pragma('application_id', { simple: true }) as number;
  const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  if (id !== applicationId && (tables > 0 || version > 0))
    throw new KernelscopeError('failed', `${file}: a SQLite file, but not a Kernelscope library; nothing was changed`);
  if (version > latest)
    throw new KernelscopeError(
      'failed',
      `${file}: a library of version ${version}, made by a newer Kernelscope; this one reads versions up to ${latest}. Nothing was changed`,
    );
  return version;
}

export const backupOf = (file: string, version: number) => `${file}.v${version}.backup`;

/** Runs the steps after the library's version. The caller holds the writer's lock. */
export function migrate(db: Sqlite.Database, file: string, steps: readonly Migration[]): void {
  const found = versionOf(db, file, steps.length);
  for (let version = found; version < steps.length; version++) {
    if (found > 0) backUp(db, backupOf(file, version));
    db.transaction(() => {
      db.exec(steps[version].sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${version + 1}`);
    }).immediate();
  }
}

/** A whole, compact copy as of now; an older copy of the same name gives way only to a complete one. */
function backUp(db: Sqlite.Database, target: string): void {
  rmSync(target, { force: true });
  try {
    db.prepare('VACUUM INTO ?').run(target);
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  }
}
