// One instance a user data folder. Taken and asked for at once, as in Electron; what a second instance says lies in a file that the first watches.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync, type FSWatcher } from 'node:fs';
import path from 'node:path';

interface Said {
  argv: string[];
  cwd: string;
  data: unknown;
}

export class InstanceLock {
  held = false;
  readonly #dir: string;
  #watcher: FSWatcher | null = null;
  constructor(userData: string) {
    this.#dir = path.join(userData, 'SingletonLock');
  }

  request(data: unknown, heard: (argv: string[], cwd: string, data: unknown) => void): boolean {
    if (this.held) return true;
    const owner = path.join(this.#dir, 'pid');
    if (existsSync(owner) && alive(Number(readFileSync(owner, 'utf8')))) {
      const file = path.join(this.#dir, `${process.pid}`);
      writeFileSync(`${file}.part`, JSON.stringify({ argv: process.argv, cwd: process.cwd(), data } satisfies Said));
      renameSync(`${file}.part`, `${file}.said`);
      return false;
    }
    mkdirSync(this.#dir, { recursive: true });
    writeFileSync(owner, `${process.pid}`);
    this.held = true;
    this.#watcher = watch(this.#dir, () => {
      for (const name of readdirSync(this.#dir).filter((n) => n.endsWith('.said'))) {
        const file = path.join(this.#dir, name);
        const said = JSON.parse(readFileSync(file, 'utf8')) as Said;
        rmSync(file);
        heard(said.argv, said.cwd, said.data);
      }
    });
    return true;
  }
  release(): void {
    if (!this.held) return;
    this.#watcher?.close();
    rmSync(this.#dir, { recursive: true, force: true });
    this.held = false;
  }
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
