// What the app remembers for itself, apart from any library: small JSON files in its own folder.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';

export interface StateFile<T> {
  /** null: never written, or not by a version whose words this one understands */
  read(): T | null;
  /** Whole or not at all: a file that is cut by a crash would be read as nothing. */
  write(value: T): void;
}

/** A file in the app's own folder. That it cannot be written is told to `log` alone: nothing but a convenience is lost. */
export function stateFile<S extends z.ZodType>(file: string, schema: S, log: (line: string) => void): StateFile<z.output<S>> {
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log(`${file}: cannot be read (${String(error)})`);
        return null;
      }
      try {
        return schema.parse(JSON.parse(text));
      } catch {
        log(`${file}: not understood, and left aside`);
        return null;
      }
    },
    write(value) {
      const fresh = `${file}.${process.pid}.new`;
      try {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { flush: true });
        renameSync(fresh, file);
      } catch (error) {
        rmSync(fresh, { force: true });
        log(`${file}: cannot be written (${String(error)})`);
      }
    },
  };
}
