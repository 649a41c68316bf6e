// Libraries that were opened: the newest first, and the one that was chosen last, which is opened again at the next start.
import { app } from 'electron';
import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { badInput } from '../main/contract/errors.ts';
import { stateFile } from './state-file.ts';

const most = 10;
const folder = z.string().min(1).max(4096);
const kept = z.strictObject({ chosen: folder.nullable(), recent: z.array(folder).max(most) });

export interface Libraries {
  /** the one that a person chose last; null: none, or its folder is gone */
  chosen(): string | null;
  recent(): string[];
  /** Notes that a library is open. chosen: by a person, for the next start too */
  opened(dir: string, chosen: boolean): void;
  forget(): void;
}

export function keepLibraries(file: string, log: (line: string) => void): Libraries {
  const state = stateFile(file, kept, log);
  const read = () => state.read() ?? { chosen: null, recent: [] };
  return {
    chosen() {
      const { chosen } = read();
      return chosen !== null && isLibrary(chosen) ? chosen : null;
    },
    recent: () => read().recent,
    opened(dir, chosen) {
      const now = read();
      const recent = [dir, ...now.recent.filter((d) => d !== dir)].slice(0, most);
      state.write({ chosen: chosen ? dir : now.chosen, recent });
      // The systems that keep such a list themselves.
      if (process.platform === 'darwin' || process.platform === 'win32') app.addRecentDocument(dir);
    },
    forget() {
      state.write({ ...read(), recent: [] });
      if (process.platform === 'darwin' || process.platform === 'win32') app.clearRecentDocuments();
    },
  };
}

const databaseOf = (dir: string) => path.join(dir, 'library.sqlite');
export const isLibrary = (dir: string): boolean => statSync(databaseOf(dir), { throwIfNoEntry: false })?.isFile() ?? false;

/** How a folder stands: a library, or an empty folder, in which one can be made.
 *  @throws KernelscopeError `bad-input` that says what it is instead */
export function lookAt(dir: string): { dir: string; state: 'library' | 'empty' } {
  const refuse = (what: string) =>
    badInput(`${dir}: expected the folder of a library (it holds library.sqlite), or an empty one for a new library; ${what}`);
  if (!path.isAbsolute(dir) || dir.includes('\0')) throw refuse('this is not a whole path');
  let real: string;
  let names: string[];
  try {
    real = realpathSync(dir);
    if (!statSync(real).isDirectory()) throw refuse('this is a file');
    names = readdirSync(real);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined || (error as { code: string }).code === 'bad-input') throw error;
    throw refuse(`it cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  if (isLibrary(real)) {
    if (!isSqlite(databaseOf(real))) throw refuse('its library.sqlite is no SQLite file');
    return { dir: real, state: 'library' };
  }
  if (names.some((name) => !name.startsWith('.')))
    throw refuse(`it holds other files, such as ${names.filter((n) => !n.startsWith('.'))[0]}`);
  return { dir: real, state: 'empty' };
}

/** SQLite's first sixteen bytes; a file that was made and never written is empty, and fine too. */
function isSqlite(file: string): boolean {
  const head = Buffer.alloc(16);
  const handle = openSync(file, 'r');
  try {
    const read = readSync(handle, head);
    return read === 0 || head.toString('latin1') === 'SQLite format 3\0';
  } finally {
    closeSync(handle);
  }
}
