// The command line under Node.
import path from 'node:path';
import { nodeLauncher } from '../boot.ts';
import { hostPaths } from '../paths.ts';
import type { Program } from './command.ts';

/** entryDir: the folder of the built entries */
export function nodeProgram(entryDir: string): Program {
  const paths = hostPaths(entryDir);
  return { kind: 'node', paths, launch: nodeLauncher(paths.compute), start: [process.execPath, path.resolve(process.argv[1])] };
}
