// What a command is, and what it is given.
import type { Args, Flags } from './args.ts';
import type { Output } from './output.ts';
import type { Settings } from './settings.ts';
import type { Access, Launch, Services } from '../boot.ts';
import type { HostPaths } from '../paths.ts';

/** The program that a command runs in: Node, or the desktop app's own executable. */
export interface Program {
  kind: 'node' | 'app';
  paths: HostPaths;
  /** starts compute processes */
  launch: Launch;
  /** the words that start it, before those of a command */
  start: readonly string[];
}

export interface Context {
  settings: Settings;
  output: Output;
  /** aborts at the first SIGINT or SIGTERM */
  signal: AbortSignal;
  program: Program;
  /** the services, opened at the first use; `write` makes the library where there is none.
   *  A command that only reads leaves no trace. */
  services: (access: Access) => Promise<Services>;
}

/** One command of the command line; one file each in commands/. */
export interface Command {
  name: string;
  /** a line for the list of commands */
  summary: string;
  /** what stands after the name: `RUN --out FILE` */
  usage: string;
  flags: Flags;
  /** how many words it takes, and what they are */
  words: { least: number; most: number; are: string };
  /** more lines for its own help */
  details?: string[];
  run(args: Args, context: Context): Promise<void>;
}
