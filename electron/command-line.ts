// What the app is started with, the first time and again while it runs: folders by flag or environment, and files to open.
import { app } from 'electron';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { bundleExtension } from '../main/contract/bundles.ts';
import { userFolder } from '../main/host/cli/settings.ts';
import { isLibrary } from './libraries.ts';

/** The value of `--name VALUE` or `--name=VALUE`, the last one; Electron's own switches stand among ours. */
export function flag(argv: readonly string[], name: string): string | null {
  let found: string | null = null;
  argv.forEach((word, i) => {
    if (word.startsWith(`--${name}=`)) found = word.slice(name.length + 3);
    else if (word === `--${name}` && argv[i + 1] !== undefined && !argv[i + 1].startsWith('--')) found = argv[i + 1];
  });
  return found || null;
}

/** Bundles and libraries that are named on a command line, as whole paths. The rest of it is Electron's. */
export const pathsIn = (argv: readonly string[], cwd: string): string[] =>
  argv
    .slice(1)
    .filter((word, i) => !word.startsWith('-') && !/^--(library|data)$/.test(argv[i]))
    .map((word) => path.resolve(cwd, word))
    .filter((file) => file.toLowerCase().endsWith(bundleExtension) || isLibrary(file));

/** What a second instance hands over to the first. */
const handed = z.object({ paths: z.array(z.string().min(1).max(4096)).max(100) });
export const toHand = (argv: readonly string[], cwd: string): z.output<typeof handed> => ({ paths: pathsIn(argv, cwd).slice(0, 100) });
export const pathsHanded = (data: unknown): string[] => {
  const parsed = handed.safeParse(data);
  return parsed.success ? parsed.data.paths.filter((p) => path.isAbsolute(p)) : [];
};

/** Where library and data are: as told by flag or environment; else where the command line has them. told: the library was named */
export function folders(argv: readonly string[]): { library: string; told: boolean; data: string } {
  const { KERNELSCOPE_LIBRARY, KERNELSCOPE_DATA } = process.env;
  const own = app.commandLine.hasSwitch('user-data-dir')
    ? app.getPath('userData')
    : userFolder(process.env, process.platform, os.homedir());
  const named = flag(argv, 'library') ?? (KERNELSCOPE_LIBRARY || null);
  return {
    library: path.resolve(named ?? path.join(own, 'library')),
    told: named !== null,
    data: path.resolve(flag(argv, 'data') ?? (KERNELSCOPE_DATA || path.join(own, 'data'))),
  };
}
