// Which command is meant, and its arguments.
import { parseArgs } from 'node:util';
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import { nearest } from '../../contract/nearest.ts';
import { commands } from '../commands/index.ts';
import { globalFlags, parseFlags, type Args } from './args.ts';
import type { Command } from './command.ts';

export interface Call {
  /** null: no command, the general help */
  command: Command | null;
  args: Args;
}

/** The words of a call, whatever its flags. */
function wordsOf(argv: readonly string[]): string[] {
  const options = Object.fromEntries(
    Object.entries(globalFlags).map(([name, f]) => [name, { type: f.value ? ('string' as const) : ('boolean' as const) }]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true }).positionals;
}

/** A command by its first one or two words. */
function find(words: readonly string[]): Command {
  const two = words.slice(0, 2).join(' ');
  const found = commands.find((c) => c.name === two) ?? commands.find((c) => c.name === words[0]);
  if (found) return found;
  const group = commands.filter((c) => c.name.startsWith(`${words[0]} `)).map((c) => c.name.slice(words[0].length + 1));
  if (group.length > 0)
    throw badInput(`${words[0]}: expected ${group.join(' | ')}, got ${words[1] === undefined ? 'nothing' : shown(words[1])}`);
  const near = nearest(words[0], [...commands.map((c) => c.name), 'help']);
  throw badInput(`${words[0]}: unknown command${near ? `; did you mean ${near}?` : '; see help'}`);
}

function checkWords(command: Command, words: readonly string[]): void {
  const { least, most, are } = command.words;
  if (words.length < least)
    throw badInput(`${command.name}: expected ${are}, got ${words.length === 0 ? 'nothing' : shown(words.join(' '))}`);
  if (words.length > most)
    throw badInput(`${command.name}: expected ${most === 0 ? 'no words' : `only ${are}`}, got also ${shown(words[most])}`);
}

/** The command that `argv` names, with its arguments.
 *  @throws KernelscopeError `bad-input` in one line, with the nearest that is known */
export function readCall(argv: readonly string[]): Call {
  const words = wordsOf(argv);
  if (words.length === 0) return { command: null, args: parseFlags(argv, globalFlags, '') };
  if (words[0] === 'help') return { command: words[1] === undefined ? null : find(words.slice(1)), args: helpArgs(argv) };
  const command = find(words);
  const args = parseFlags(argv, { ...globalFlags, ...command.flags }, command.name);
  args.words.splice(0, command.name.split(' ').length);
  if (!args.on('help') && !args.on('version')) checkWords(command, args.words);
  return { command, args };
}

const helpArgs = (argv: readonly string[]): Args => parseFlags([...argv, '--help'], globalFlags, 'help');
