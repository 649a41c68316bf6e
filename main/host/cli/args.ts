// A strict layer over node:util's parseArgs: nothing unknown, doubled or left empty passes.
import { parseArgs } from 'node:util';
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import { nearest } from '../../contract/nearest.ts';

export interface Flag {
  /** the name of its value in the help; a flag without one is on or off */
  value?: string;
  short?: string;
  /** may be given more than once */
  many?: boolean;
  help: string;
}
export type Flags = Readonly<Record<string, Flag>>;

export const globalFlags: Flags = {
  library: { value: 'DIR', help: 'the experiment library (or KERNELSCOPE_LIBRARY)' },
  data: { value: 'DIR', help: 'where datasets lie (or KERNELSCOPE_DATA)' },
  device: { value: 'NAME', help: 'auto | cpu | webgpu | cuda' },
  json: { help: 'one JSON document on standard output' },
  verbose: { help: 'say more, with the stack of errors' },
  help: { short: 'h', help: 'what a command does' },
  version: { short: 'V', help: 'the version' },
};

/** The flags and words of one call, checked against what the command takes. */
export interface Args {
  words: string[];
  on(flag: string): boolean;
  text(flag: string): string | undefined;
  texts(flag: string): string[];
  /** a number of a range; undefined where the flag is not given */
  number(flag: string, least: number, most: number, integer?: boolean): number | undefined;
  /** one of a few words */
  choice<T extends string>(flag: string, choices: readonly T[]): T | undefined;
}

const hint = (near: string | null, else_ = '') => (near ? `; did you mean ${near}?` : else_);

/** The words and flags of `argv` under the given flags.
 *  @throws KernelscopeError `bad-input` naming the flag, what stood there and what is accepted */
export function parseFlags(argv: readonly string[], flags: Flags, of: string): Args {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, f]) => [
      name,
      { type: f.value ? ('string' as const) : ('boolean' as const), multiple: true, ...(f.short && { short: f.short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const words: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (!flag) {
      const near = nearest(
        token.rawName,
        Object.keys(flags).map((n) => `--${n}`),
      );
      throw badInput(`${token.rawName}: unknown flag${of && ` of ${of}`}${hint(near)}`);
    }
    const name = `--${token.name}`;
    if (!flag.value && token.value !== undefined) throw badInput(`${name}: takes no value, got ${shown(token.value)}`);
    if (flag.value && (token.value === undefined || token.value === '')) throw badInput(`${name}: expected ${flag.value}, got nothing`);
    if (flag.value && !token.inlineValue && /^-[^\d.]/.test(token.value as string))
      throw badInput(`${name}: expected ${flag.value}, got ${token.value as string} (a value that begins with - is written ${name}=VALUE)`);
    const before = values.get(token.name) ?? [];
    if (flag.value && !flag.many && before.length > 0) throw badInput(`${name}: expected once, got it again`);
    values.set(token.name, [...before, token.value ?? '']);
  }
  return argsOf(words, values, flags);
}

function argsOf(words: string[], values: Map<string, string[]>, flags: Flags): Args {
  const texts = (flag: string): string[] => {
    if (!Object.hasOwn(flags, flag)) throw new RangeError(`no flag --${flag}`);
    return values.get(flag) ?? [];
  };
  return {
    words,
    texts,
    on: (flag) => texts(flag).length > 0,
    text: (flag) => texts(flag)[0],
    number(flag, least, most, integer = false) {
      const raw = texts(flag)[0];
      return raw === undefined ? undefined : numberIn(`--${flag}`, raw, least, most, integer);
    },
    choice(flag, choices) {
      const raw = texts(flag)[0];
      const chosen = choices.find((c) => c === raw);
      if (raw !== undefined && chosen === undefined) throw badInput(`--${flag}: expected ${choices.join(' | ')}, got ${shown(raw)}`);
      return chosen;
    },
  };
}

/** The number that `raw` spells, within a range. */
export function numberIn(what: string, raw: string, least: number, most: number, integer = false): number {
  const value = raw.trim() === '' ? NaN : Number(raw);
  if (!(value >= least && value <= most) || (integer && !Number.isInteger(value)))
    throw badInput(`${what}: expected ${integer ? 'a whole number ' : ''}${least} … ${most}, got ${shown(raw)}`);
  return value;
}
