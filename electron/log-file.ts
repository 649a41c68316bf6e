// The app's own log: what it could not tell anybody, for the person to read and to send if they like. It never leaves the machine by itself.
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

export interface LogFile {
  readonly dir: string;
  readonly file: string;
  /** Adds a line with the time before it. At once: the next thing to happen may be the end. */
  write(text: string): void;
}
export interface LogOptions {
  /** a file that has grown past this becomes `.1`, that one `.2`, … */
  largest?: number;
  /** older files that are kept */
  kept?: number;
  now?: () => Date;
}

/** `dir/kernelscope.log`, turned over when it has grown. What cannot be written goes to standard error alone. */
export function openLog(dir: string, { largest = 1 << 20, kept = 3, now = () => new Date() }: LogOptions = {}): LogFile {
  const file = path.join(dir, 'kernelscope.log');
  const older = (n: number) => (n === 0 ? file : `${file}.${n}`);
  let size: number | null = null;
  const turnOver = () => {
    rmSync(older(kept), { force: true });
    for (let n = kept - 1; n >= 0; n--) if (statSync(older(n), { throwIfNoEntry: false })) renameSync(older(n), older(n + 1));
    size = 0;
  };
  return {
    dir,
    file,
    write(text) {
      const line = `${now().toISOString()} ${text.trimEnd()}\n`;
      try {
        if (size === null) {
          mkdirSync(dir, { recursive: true });
          size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
        }
        if (size > 0 && size + Buffer.byteLength(line) > largest) turnOver();
        appendFileSync(file, line, { mode: 0o600 });
        size = (size ?? 0) + Buffer.byteLength(line);
      } catch (error) {
        process.stderr.write(`${file}: cannot be written (${String(error)})\n`);
      }
    },
  };
}
