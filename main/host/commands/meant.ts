// What a word of `run` or `sweep` means: a preset of the program, one of the person's own, or a file.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { badInput } from '../../contract/errors.ts';
import { nearest } from '../../contract/nearest.ts';
import { cellsOf, parseSweep, withSettings, type Preset, type Sweep } from '../../services/index.ts';
import { loadPresets } from '../boot.ts';
import type { Args } from '../cli/args.ts';
import type { Context } from '../cli/command.ts';
import { readJson } from '../files.ts';

type Kind = 'run' | 'sweep';
const noun = { run: 'preset', sweep: 'sweep' } as const;

/** A name as a shell takes it. */
const typed = (name: string) => (/^[\w.-]+$/.test(name) ? name : `'${name}'`);

function ofKind(preset: Preset, kind: Kind): Preset {
  const { name, sweep } = preset;
  if (kind === 'run' && sweep)
    throw badInput(`${name}: expected one run, got a sweep of ${cellsOf(sweep).length}; start it with: kernelscope sweep ${typed(name)}`);
  if (kind === 'sweep' && !sweep) throw badInput(`${name}: expected a sweep, got one run; start it with: kernelscope run ${typed(name)}`);
  return preset;
}

/** The sweep that the first word means, with `--set` and `--name` laid over it; every cell is checked. */
export async function sweepMeant(args: Args, context: Context): Promise<Sweep> {
  const found = await meant(args.words[0], 'sweep', context);
  const { spec } = 'preset' in found ? (found.preset.sweep as Sweep) : parseSweep(found.json);
  const changed = withSettings(spec, args.texts('set'));
  return parseSweep({ ...changed, name: args.text('name') ?? spec.name });
}

/** The preset of this name, or the JSON of the file. The library is opened only where the word is neither a preset of the program nor ends
 *  in .json.
 *  @throws KernelscopeError `bad-input` with what is near, where it is none of them, and for a preset of the other kind */
export async function meant(word: string, kind: Kind, { paths, services }: Context): Promise<{ preset: Preset } | { json: unknown }> {
  const program = loadPresets(path.join(paths.resources, 'presets'));
  const known = program.find((p) => p.name === word);
  if (known) return { preset: ofKind(known, kind) };
  if (/\.json$/i.test(word)) return { json: await readJson(word) };
  const { presets, ownPreset } = await services('read');
  const own = ownPreset(word);
  if (own) return { preset: ofKind(own, kind) };
  if (existsSync(word)) return { json: await readJson(word) };
  const names = presets()
    .filter((p) => (p.sweep !== null) === (kind === 'sweep'))
    .map((p) => p.name);
  const near = nearest(word, names);
  const hint = near ? `did you mean ${near}?` : `${noun[kind]}s: ${names.join(', ')}`;
  throw badInput(`${word}: no ${noun[kind]} and no file of this name; ${hint}`);
}
