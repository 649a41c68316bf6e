// Presets: the paper's experiments and smaller versions of them, one file each in resources/presets.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseConfig, shown, type RunConfig } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import { cellsOf, parseSweep, type Sweep } from '../sweeps/index.ts';

export interface Preset {
  name: string;
  title: string;
  /** the figures of the paper that it feeds */
  figures: string;
  description: string;
  /** fields that differ from the defaults; null for a sweep */
  config: unknown;
  /** null for one run */
  sweep: Sweep | null;
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
    const what = 'sweep' in json ? 'sweep' : 'config';
    let sweep: Sweep | null = null;
    try {
      if (what === 'sweep') sweep = parseSweep(json.sweep);
      else parseConfig(json.config);
    } catch (error) {
      if (error instanceof KernelscopeError) throw badInput(`${place}: ${what}.${error.message}`);
      throw error;
    }
    const name = path.basename(file, '.json');
    const words = { title: text('title'), figures: text('figures'), description: text('description') };
    const preset = { name, ...words, config: sweep ? null : json.config, sweep };
    return { preset, order: typeof json.order === 'number' ? json.order : Infinity };
  };
  const all = readdirSync(dir)
    .filter((f) => f.endsWith('.json'))
    .map(read);
  all.sort((a, b) => (a.order === b.order ? a.preset.name.localeCompare(b.preset.name) : a.order - b.order));
  return all.map(({ preset }) => preset);
}

/** @throws `not-found` with the names that there are of this kind */
export function presetNamed(presets: readonly Preset[], name: string, kind: 'run' | 'sweep'): Preset {
  const found = presets.find((p) => p.name === name);
  if (found) return found;
  const names = presets.filter((p) => (p.sweep !== null) === (kind === 'sweep')).map((p) => p.name);
  throw new KernelscopeError('not-found', `preset: expected ${names.join(' | ')}, got ${shown(name)}`);
}

/** The complete config that a person asked for: defaults, then the preset, then the config; named after the preset where it has no name. */
export function configFor(presets: readonly Preset[], asked: { preset?: string; config?: unknown; name?: string }): RunConfig {
  const layers: unknown[] = [];
  if (asked.preset !== undefined) {
    const preset = presetNamed(presets, asked.preset, 'run');
    if (preset.sweep) throw badInput(`preset: expected one run, got ${preset.name}, which is a sweep of ${cellsOf(preset.sweep).length}`);
    layers.push(preset.config);
  } else if (asked.config === undefined) throw badInput('config: expected a preset or a config, got neither');
  if (asked.config !== undefined) layers.push(asked.config);
  const config = parseConfig(...layers);
  const name = asked.name ?? (config.name || asked.preset || `${config.data.dataset} ${config.model.kind}`);
  return { ...config, name };
}
