// Presets: the paper's experiments and smaller versions of them, one file each in resources/presets.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseConfig, shown, type RunConfig } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';

export interface Preset {
  name: string;
  title: string;
  /** the figures of the paper that it feeds */
  figures: string;
  description: string;
  /** fields that differ from the defaults */
  config: unknown;
}

/** Reads all presets of a folder, by the `order` in their files, then by name. @throws `bad-input` naming the file */
export function loadPresets(dir: string): Preset[] {
  const read = (file: string): { order: number; preset: Preset } => {
    const place = path.join(dir, file);
    let json: Partial<Record<keyof Preset | 'order', unknown>>;
    try {
      json = JSON.parse(readFileSync(place, 'utf8')) as typeof json;
    } catch (error) {
      throw badInput(`${place}: expected JSON (${error instanceof Error ? error.message : String(error)})`);
    }
    const text = (key: 'title' | 'figures' | 'description'): string => {
      const value = json[key];
      if (typeof value !== 'string') throw badInput(`${place}: ${key}: expected a text, got ${shown(value)}`);
      return value;
    };
    try {
      parseConfig(json.config);
    } catch (error) {
      if (error instanceof KernelscopeError) throw badInput(`${place}: config.${error.message}`);
      throw error;
    }
    const name = path.basename(file, '.json');
    const preset = { name, title: text('title'), figures: text('figures'), description: text('description'), config: json.config };
    return { preset, order: typeof json.order === 'number' ? json.order : Infinity };
  };
  const all = readdirSync(dir)
    .filter((f) => f.endsWith('.json'))
    .map(read);
  all.sort((a, b) => (a.order === b.order ? a.preset.name.localeCompare(b.preset.name) : a.order - b.order));
  return all.map(({ preset }) => preset);
}

/** The complete config that a person asked for: defaults, then the preset, then the config; named after the preset where it has no name. */
export function configFor(presets: readonly Preset[], asked: { preset?: string; config?: unknown; name?: string }): RunConfig {
  const layers: unknown[] = [];
  if (asked.preset !== undefined) {
    const preset = presets.find((p) => p.name === asked.preset);
    if (!preset)
      throw new KernelscopeError('not-found', `preset: expected ${presets.map((p) => p.name).join(' | ')}, got ${shown(asked.preset)}`);
    layers.push(preset.config);
  } else if (asked.config === undefined) throw badInput('config: expected a preset or a config, got neither');
  if (asked.config !== undefined) layers.push(asked.config);
  const config = parseConfig(...layers);
  const name = asked.name ?? (config.name || asked.preset || `${config.data.dataset} ${config.model.kind}`);
  return { ...config, name };
}
