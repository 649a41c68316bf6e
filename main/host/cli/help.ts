// The help, made from the commands themselves.
import { commands } from '../commands/index.ts';
import { version } from '../paths.ts';
import { globalFlags, type Flag, type Flags } from './args.ts';
import type { Command } from './command.ts';

const flagLabel = (name: string, f: Flag) => `${f.short ? `-${f.short}, ` : ''}--${name}${f.value ? ` ${f.value}` : ''}`;
const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
};
const flagLines = (flags: Flags) =>
  columns(Object.entries(flags).map(([name, f]) => [flagLabel(name, f), `${f.help}${f.many ? ' (may be repeated)' : ''}`]));

/** All commands and the flags of every one. */
export const generalHelp = (): string =>
  [
    `Kernelscope ${version}: trains networks and shows how their kernels align with the task.`,
    '',
    'kernelscope COMMAND …',
    ...columns([...commands.map((c) => [c.name, c.summary] as const), ['help [COMMAND]', 'this, or what a command takes']]),
    '',
    'Everywhere',
    ...flagLines(globalFlags),
    '',
    'Exit status: 0 done, 1 the work failed, 2 the input is wrong, 130 interrupted (what was done is kept).',
  ].join('\n');

/** What one command takes. */
export const commandHelp = (c: Command): string =>
  [
    `kernelscope ${c.name}${c.usage ? ` ${c.usage}` : ''}`,
    `  ${c.summary}`,
    ...(c.details ?? []).map((d) => `  ${d}`),
    ...(Object.keys(c.flags).length > 0 ? ['', ...flagLines(c.flags)] : []),
    '',
    'Everywhere',
    ...flagLines(globalFlags),
  ].join('\n');
