// A run's config beside the defaults and the presets, and the command that starts it again.
import type { PresetInfo } from '../../main/contract/calls.ts';
import { fields, parseConfig, valueAt, type Field, type RunConfig } from '../../main/contract/config.ts';
import { relevant } from './form.ts';
import { differences } from './selection.ts';

export interface ConfigRow {
  field: Field;
  value: unknown;
  /** whether it is another than the default */
  changed: boolean;
}

const titles = { '': 'Run', data: 'Data', model: 'Model', training: 'Training', analysis: 'Analysis' } as const;
const groupOf = (path: string) => (path.includes('.') ? path.split('.')[0] : '');
/** What people call a run is not what it is. */
const named = ['name', 'tags'];

/** Every field that means something for this run, in groups. */
export function configRows(config: RunConfig): { title: string; rows: ConfigRow[] }[] {
  const own = fields.filter((f) => !named.includes(f.path) && relevant(config, f.path));
  const differs = (f: Field) => JSON.stringify(valueAt(config, f.path)) !== JSON.stringify(f.default);
  return Object.entries(titles).map(([group, title]) => ({
    title,
    rows: own
      .filter((f) => groupOf(f.path) === group)
      .map((field) => ({ field, value: valueAt(config, field.path), changed: differs(field) })),
  }));
}

export interface Nearest {
  preset: PresetInfo;
  /** fields in which the config differs from it */
  differing: { path: string; value: unknown; preset: unknown }[];
}

/** The preset from which the config differs in the fewest fields. */
export function nearestPreset(config: RunConfig, presets: readonly PresetInfo[]): Nearest | null {
  const candidates = presets
    .filter((p) => !p.sweep)
    .map((preset) => {
      const base = parseConfig(preset.config ?? {});
      const differing = differences([base, config]).map(({ path, values }) => ({ path, preset: values[0], value: values[1] }));
      return { preset, differing };
    });
  return candidates.reduce<Nearest | null>((best, c) => (best && best.differing.length <= c.differing.length ? best : c), null);
}

/** A word as a POSIX shell reads it. */
export const quoted = (word: string): string => (/^[\w.,:=@%+/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The value of `--set`: JSON, or a text that JSON does not read as something else. */
function settingText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    JSON.parse(value);
    return JSON.stringify(value);
  } catch {
    return value;
  }
}

const program = 'npm run -s kernelscope --';

/** The words that start this config from a preset. Fields of another kind of model go with `model.kind`. */
export function runWords({ preset, differing }: Nearest, name: string, tags: readonly string[]): string[] {
  const base = parseConfig(preset.config ?? {});
  const settings = differing.filter((d) => d.value !== undefined).map((d) => `${d.path}=${settingText(d.value)}`);
  // `--tag` adds to the preset's tags; to be rid of one of them takes the whole list.
  const kept = base.tags.every((t) => tags.includes(t));
  if (!kept) settings.push(`tags=${JSON.stringify(tags)}`);
  return [
    'run',
    preset.name,
    ...settings.flatMap((s) => ['--set', s]),
    ...(name && name !== preset.name ? ['--name', name] : []),
    ...(kept ? tags.filter((t) => !base.tags.includes(t)).flatMap((t) => ['--tag', t]) : []),
  ];
}

export const commandText = (words: readonly string[]): string => `${program} ${words.map(quoted).join(' ')}`;

/** The config as a file for `run CONFIG.json`. */
export const configText = (config: RunConfig): string => `${JSON.stringify(config, null, 2)}\n`;

export const exportKinds = [
  { kind: 'metrics', means: 'loss and accuracy by epoch' },
  { kind: 'alignment', means: 'CKA, KTA and debiased CKA of every layer' },
  { kind: 'spectra', means: 'eigenvalues and cumulative power' },
  { kind: 'weights', means: 'parameters at the snapshots' },
  { kind: 'features', means: 'what the kernels are formed of; computed anew' },
  { kind: 'ntk', means: 'the tangent kernel, P × P; computed anew' },
  { kind: 'outputs', means: 'the network’s outputs on the probes; computed anew' },
] as const;

/** The words that export arrays; epoch: of one snapshot alone. */
export function exportWords(run: { id: string; name: string }, what: readonly string[], epoch: number | null): string[] {
  const file = `${run.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-') || run.id}.npz`;
  return ['export', run.id, '--what', what.join(','), ...(epoch === null ? [] : ['--epoch', String(epoch)]), '--out', file];
}
