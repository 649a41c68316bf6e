// A compute process as its supervisor sees it, whoever hosts it.
import { fork } from 'node:child_process';
import type { DeviceWish, Down, JobName, Up } from './protocol.ts';

export interface Child {
  readonly pid: number | undefined;
  send(message: Down): void;
  onMessage(listener: (message: Up) => void): void;
  /** what it writes to its standard output and error */
  onOutput(listener: (text: string) => void): void;
  onExit(listener: (how: { code: number | null; signal: string | null }) => void): void;
  /** at once */
  kill(): void;
}
/** What a process is for: what starts it may choose by that. device: null for a job that names none */
export interface Wanted {
  job: JobName;
  device: DeviceWish | null;
}
/** Starts a compute process. */
export type Launch = (wanted: Wanted) => Child;

/** Compute processes as children of this Node process. entry: the built `compute.js`, or `entry.ts` where Node runs it as it is. */
export const nodeLauncher =
  (entry: string, { env = process.env }: { env?: NodeJS.ProcessEnv } = {}): Launch =>
  () => {
    const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [], env });
    child.on('error', () => {}); // a message to a process that has just ended; its exit tells the rest
    return {
      pid: child.pid,
      send: (message) => void (child.connected && child.send(message)),
      onMessage: (listener) => void child.on('message', (message) => listener(message as Up)),
      onOutput: (listener) => {
        child.stdout?.setEncoding('utf8').on('data', listener);
        child.stderr?.setEncoding('utf8').on('data', listener);
      },
      onExit: (listener) => {
        let over = false;
        const end = (code: number | null, signal: string | null) => {
          if (!over) listener({ code, signal });
          over = true;
        };
        child.on('close', end); // after the last of its output
        child.on('error', (error) => {
          if (child.pid === undefined) end(null, error.message); // it never started
        });
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
