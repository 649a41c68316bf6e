// Where things lie and which device: flags over the environment over the operating system's habits.
import os from 'node:os';
import path from 'node:path';
import type { Args } from './args.ts';

export const deviceNames = ['auto', 'cpu', 'webgpu', 'cuda'] as const;
export type DeviceChoice = (typeof deviceNames)[number];

export interface Settings {
  library: string;
  data: string;
  device: DeviceChoice;
  json: boolean;
  verbose: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's data folder of the operating system, with ours in it. */
export function userFolder(env: Environment, platform: NodeJS.Platform, home: string): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Kernelscope');
  if (platform === 'win32') return path.join(env['APPDATA'] || path.join(home, 'AppData', 'Roaming'), 'Kernelscope');
  return path.join(env['XDG_DATA_HOME'] || path.join(home, '.local', 'share'), 'kernelscope');
}

/** The settings of one call of the command line. */
export function settingsOf(args: Args, env: Environment = process.env): Settings {
  const folder = userFolder(env, process.platform, os.homedir());
  return {
    library: path.resolve(args.text('library') ?? (env['KERNELSCOPE_LIBRARY'] || path.join(folder, 'library'))),
    data: path.resolve(args.text('data') ?? (env['KERNELSCOPE_DATA'] || path.join(folder, 'data'))),
    device: args.choice('device', deviceNames) ?? 'auto',
    json: args.on('json'),
    verbose: args.on('verbose'),
  };
}
