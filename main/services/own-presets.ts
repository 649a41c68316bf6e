// Calls about presets: those of the program, and beside them a person's own, kept with the library.
import type { Emit, Handlers } from '../contract/calls.ts';
import type { PresetInfo } from '../contract/calls/presets.ts';
import { parseConfig } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { Estimate } from '../contract/results.ts';
import type { Calibration } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import { cellsOf, parseSweep, type Sweep } from '../sweeps/index.ts';
import { estimate, type ShapeOf } from './estimate.ts';
import { configFor, type Preset } from './presets.ts';
import { estimateAll, estimateEach } from './sweep-cost.ts';

export interface PresetsOptions {
  library: Library;
  emit: Emit;
  /** those of the program */
  presets: readonly Preset[];
  /** @throws `locked` where the library is open for reading only */
  toWrite: () => void;
  calibration(): Promise<Calibration>;
  shapeOf: ShapeOf;
}
export interface Presets extends Pick<Handlers, 'presets.list' | 'presets.save' | 'presets.remove'> {
  /** of the program and own ones that this version can read */
  all: () => readonly Preset[];
}

const prefix = 'preset:';
/** What is kept of one under its name. */
interface Kept {
  title: string;
  config?: unknown;
  sweep?: unknown;
}

export function createPresets({ library, emit, presets, toWrite, calibration, shapeOf }: PresetsOptions): Presets {
  const own = () =>
    library.settings.keys(prefix).map((key) => ({ name: key.slice(prefix.length), kept: library.settings.get(key) as Kept }));
  /** @throws KernelscopeError where a version that kept it knew other fields */
  const read = (name: string, { title, config, sweep }: Kept): Preset => {
    const parsed: Sweep | null = sweep === undefined ? null : parseSweep(sweep);
    if (!parsed) parseConfig(config);
    return { name, title, figures: '', description: '', config: parsed ? null : config, sweep: parsed };
  };
  const info = ({ sweep, ...preset }: Preset, yours: boolean, measured: Calibration): PresetInfo => {
    const cost = (of: () => Estimate) => orNull(() => of());
    if (!sweep)
      return {
        ...preset,
        sweep,
        yours,
        estimate: cost(() => estimate(configFor([{ ...preset, sweep }], { preset: preset.name }), measured, shapeOf)),
      };
    const configs = cellsOf(sweep).map((cell) => cell.config);
    return {
      ...preset,
      sweep: { spec: sweep.spec, size: configs.length },
      yours,
      estimate: cost(() => estimateAll(estimateEach(configs, measured, shapeOf))),
    };
  };
  /** One that this version cannot read is listed all the same: it can be removed. */
  const unread = (name: string, { title, config = null }: Kept): PresetInfo => ({
    name,
    title,
    figures: '',
    description: 'of another version',
    config,
    sweep: null,
    estimate: null,
    yours: true,
  });

  return {
    all: () => [...presets, ...own().flatMap(({ name, kept }) => orNull(() => read(name, kept)) ?? [])],

    async 'presets.list'() {
      const measured = await calibration();
      const yours = own().map(({ name, kept }) => {
        const preset = orNull(() => read(name, kept));
        return preset ? info(preset, true, measured) : unread(name, kept);
      });
      return [...presets.map((preset) => info(preset, false, measured)), ...yours];
    },

    async 'presets.save'({ name, title = name, config, sweep }) {
      if (presets.some((p) => p.name === name))
        throw badInput(`name: expected one that no preset of the program has, got ${JSON.stringify(name)}`);
      if ((config === undefined) === (sweep === undefined))
        throw badInput(`preset: expected a config or a sweep, got ${config === undefined ? 'neither' : 'both'}`);
      const kept: Kept = { title, ...(config !== undefined && { config }), ...(sweep !== undefined && { sweep }) };
      const preset = read(name, kept);
      toWrite();
      const shown = info(preset, true, await calibration());
      library.settings.put(prefix + name, kept);
      emit('presets.changed', { name });
      return shown;
    },

    async 'presets.remove'({ name }) {
      toWrite();
      if (!library.settings.remove(prefix + name))
        throw new KernelscopeError('not-found', `preset: no preset of yours ${JSON.stringify(name)}`);
      emit('presets.changed', { name });
      return { name };
    },
  };
}

/** What cannot be: its dataset is not here, its fields are of another version. */
function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof KernelscopeError) return null;
    throw error;
  }
}
