// Calls about presets: those of the program, and beside them a person's own, kept with the library.
import type { Emit, Handlers } from '../contract/calls.ts';
import type { PresetInfo } from '../contract/calls/presets.ts';
import { parseConfig } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { Calibration } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import { readSweep, type Sweep } from '../sweeps/index.ts';
import { cellsInSlices, estimatesInSlices } from './cells.ts';
import { estimate, type ShapeOf } from './estimate.ts';
import { configFor, type Preset } from './presets.ts';
import { estimateAll } from './sweep-cost.ts';

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
  /** null: there is none of this name. @throws KernelscopeError `bad-input` for one of another version */
  own: (name: string) => Preset | null;
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
  /** Its cells are not looked at again: they were when it was kept.
   *  @throws KernelscopeError where a version that kept it knew other fields */
  const read = (name: string, { title, config, sweep }: Kept): Preset => {
    const parsed: Sweep | null = sweep === undefined ? null : readSweep(sweep);
    if (!parsed) parseConfig(config);
    return { name, title, figures: '', description: '', config: parsed ? null : config, sweep: parsed };
  };
  /** @throws KernelscopeError where its fields are of another version */
  const info = async ({ sweep, ...preset }: Preset, yours: boolean, measured: Calibration): Promise<PresetInfo> => {
    if (!sweep) {
      const config = configFor([{ ...preset, sweep }], { preset: preset.name });
      return { ...preset, sweep, yours, estimate: await orNull(async () => estimate(config, measured, shapeOf)) };
    }
    const { cells } = await cellsInSlices(sweep.spec);
    const configs = cells.map((cell) => cell.config);
    const cost = await orNull(async () => estimateAll(await estimatesInSlices(configs, measured, shapeOf)));
    return { ...preset, sweep: { spec: sweep.spec, size: configs.length }, yours, estimate: cost };
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
    all: () => [...presets, ...own().flatMap(({ name, kept }) => readable(() => read(name, kept)))],
    own(name) {
      const kept = library.settings.get(prefix + name) as Kept | undefined;
      if (kept === undefined) return null;
      try {
        return read(name, kept);
      } catch (error) {
        if (error instanceof KernelscopeError) throw badInput(`${name}: your preset of this name is of another version: ${error.message}`);
        throw error;
      }
    },

    async 'presets.list'() {
      const measured = await calibration();
      const list: PresetInfo[] = [];
      for (const preset of presets) list.push(await info(preset, false, measured));
      for (const { name, kept } of own())
        list.push((await orNull(async () => info(read(name, kept), true, measured))) ?? unread(name, kept));
      return list;
    },

    async 'presets.save'({ name, title = name, config, sweep }) {
      if (presets.some((p) => p.name === name))
        throw badInput(`name: expected one that no preset of the program has, got ${JSON.stringify(name)}`);
      if ((config === undefined) === (sweep === undefined))
        throw badInput(`preset: expected a config or a sweep, got ${config === undefined ? 'neither' : 'both'}`);
      const kept: Kept = { title, ...(config !== undefined && { config }), ...(sweep !== undefined && { sweep }) };
      const preset = read(name, kept);
      toWrite();
      const shown = await info(preset, true, await calibration());
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

/** null for what cannot be: its dataset is not here, its fields are of another version. */
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KernelscopeError) return null;
    throw error;
  }
}

/** None where a version that kept it knew other fields. */
function readable(work: () => Preset): Preset[] {
  try {
    return [work()];
  } catch (error) {
    if (error instanceof KernelscopeError) return [];
    throw error;
  }
}
