// The built command line as a process of its own, the way a script uses it.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
export const cliEntry = path.join(root, 'dist', 'node', 'cli.js');

export interface Ended {
  status: number | null;
  out: string;
  err: string;
  /** standard error's lines */
  lines: string[];
}
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** settles with the first match in standard output or error */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}
export interface CliOptions {
  library?: string;
  data?: string;
  env?: Record<string, string>;
  cwd?: string;
}

/** Starts a command; nothing of the caller's own library or data is seen. */
export function start(args: readonly string[], o: CliOptions = {}): Running {
  if (!existsSync(cliEntry)) throw new Error(`${cliEntry} is missing: npm run build`);
  const { KERNELSCOPE_LIBRARY: _, KERNELSCOPE_DATA: __, ...env } = process.env;
  const child = spawn(process.execPath, [cliEntry, ...args], {
    cwd: o.cwd ?? root,
    env: { ...env, ...(o.library && { KERNELSCOPE_LIBRARY: o.library }), ...(o.data && { KERNELSCOPE_DATA: o.data }), ...o.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  const heard = new Set<() => void>();
  child.stdout.on('data', (d: Buffer) => {
    out += d.toString();
    heard.forEach((h) => h());
  });
  child.stderr.on('data', (d: Buffer) => {
    err += d.toString();
    heard.forEach((h) => h());
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (status) => resolve({ status, out, err, lines: err.split('\n').filter(Boolean) })),
  );
  return {
    child,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(out) ?? pattern.exec(err);
          if (found) resolve(found);
        };
        heard.add(look);
        look();
        void ended.then(() => reject(new Error(`ended before ${pattern}: ${out}${err}`)));
      }),
  };
}

/** Runs a command to its end. */
export const cli = (args: readonly string[], o: CliOptions = {}): Promise<Ended> => start(args, o).ended;

/** Runs a command that has to go well under --json; answers its document. */
export async function cliJson<T>(args: readonly string[], o: CliOptions = {}): Promise<T> {
  const { status, out, err } = await cli([...args, '--json'], o);
  if (status !== 0) throw new Error(`${args.join(' ')}: status ${status}: ${err}`);
  return JSON.parse(out) as T;
}
