// A sweep file: a base and a grid, and the runs that they mean.
import { fields, isTree, parseConfig, parseSetting, put, shown, type RunConfig, type Tree } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import { gridSize, leftOut, mostCells, stepsAt } from '../contract/sweep-grid.ts';
import type { SweepSpec } from '../contract/sweeps.ts';
import { parseExclude } from './exclude.ts';

/** Fields that vary together: one tuple of values a step. */
export interface Axis {
  paths: string[];
  /** of the fields in names of cells: as few last parts of their paths as tell them apart */
  labels: string[];
  tuples: unknown[][];
}
export interface Sweep {
  name: string;
  spec: SweepSpec;
  axes: Axis[];
}
export interface Cell {
  /** complete; its name is `field=value …`, its tags hold the sweep's name */
  config: RunConfig;
  /** in the whole grid, with those that are left out */
  position: number;
}

const known = new Set(fields.map((f) => f.path));

/** The sweep of a file's JSON, every one of its cells checked.
 *  @throws KernelscopeError `bad-input` naming the key of the grid, or the cell and its field */
export function parseSweep(json: unknown): Sweep {
  const sweep = readSweep(json);
  cellsOf(sweep);
  return sweep;
}

/** The sweep of a file's JSON, its cells not checked yet. @throws KernelscopeError `bad-input` naming the key */
export function readSweep(json: unknown): Sweep {
  if (!isTree(json)) throw badInput(`sweep: expected {"name", "base", "grid"}, got ${shown(json)}`);
  const { name, base = {}, grid, exclude, ...others } = json;
  const [other] = Object.keys(others);
  if (other !== undefined) throw badInput(`${other}: unknown field of a sweep; known here: name, base, grid, exclude`);
  // It becomes a tag of every run.
  if (typeof name !== 'string' || name.trim() === '' || name.length > 60)
    throw badInput(`name: expected a text of 1 … 60 characters, got ${shown(name)}`);
  if (!isTree(base)) throw badInput(`base: expected an object of fields, got ${shown(base)}`);
  if ('name' in base) throw badInput(`base.name: expected none (runs are named by what differs), got ${shown(base.name)}`);
  if (!isTree(grid) || Object.keys(grid).length === 0)
    throw badInput(`grid: expected {"PATH": [values], …} with at least one path, got ${shown(grid)}`);
  const axes = axesOf(grid);
  const size = gridSize(axes);
  if (size > mostCells) throw badInput(`grid: expected at most ${mostCells} cells, got ${size}`);
  const rules = exclude === undefined ? [] : parseExclude(exclude, axes);
  const spec: SweepSpec = { name, base, grid: grid as SweepSpec['grid'], ...(rules.length > 0 && { exclude: rules }) };
  return { name, spec, axes };
}

function axesOf(grid: Tree): Axis[] {
  const keyed = Object.entries(grid).map(([key, values]) => ({ key, values, paths: key.split(',').map((p) => p.trim()) }));
  const all = keyed.flatMap((k) => k.paths);
  for (const path of all) {
    if (!known.has(path)) throw badInput(`grid: expected paths of fields (see run --print-config), got ${shown(path)}`);
    if (path === 'name' || path === 'tags') throw badInput(`grid: expected fields that change a run, got ${path}`);
    if (all.indexOf(path) !== all.lastIndexOf(path)) throw badInput(`grid: expected each path once, got ${path} twice`);
  }
  return keyed.map(({ key, values, paths }) => {
    if (!Array.isArray(values) || values.length === 0) throw badInput(`grid.${key}: expected a list of values, got ${shown(values)}`);
    const seen = new Set<string>();
    const tuples = values.map((value: unknown) => {
      const tuple: unknown = paths.length === 1 ? [value] : value;
      if (!Array.isArray(tuple) || tuple.length !== paths.length)
        throw badInput(`grid.${key}: expected tuples of ${paths.length} values, got ${shown(value)}`);
      if (seen.has(JSON.stringify(tuple))) throw badInput(`grid.${key}: expected different values, got ${shown(value)} twice`);
      seen.add(JSON.stringify(tuple));
      return tuple as unknown[];
    });
    return { paths, labels: paths.map((p) => shortest(p, all)), tuples };
  });
}

/** The fewest last parts of a path that no other path ends with. */
function shortest(path: string, all: readonly string[]): string {
  const parts = path.split('.');
  for (let n = 1; n < parts.length; n++) {
    const end = parts.slice(-n).join('.');
    if (all.every((other) => other === path || !`.${other}`.endsWith(`.${end}`))) return end;
  }
  return path;
}

/** The complete configs of a sweep without those that it leaves out, the last key of its grid fastest.
 *  @throws KernelscopeError `bad-input` naming the first cell that cannot be, and its field */
export const cellsOf = (sweep: Sweep): Cell[] => placesLeft(sweep).map((place) => cellAt(sweep, place));

/** Places of the whole grid that are not left out, ascending. */
export const placesLeft = ({ spec, axes }: Sweep): number[] =>
  leftOut(axes, spec.exclude ?? []).flatMap((out, place) => (out ? [] : [place]));

/** The cell at a place of the whole grid. @throws KernelscopeError `bad-input` naming it and its field, where it cannot be */
export function cellAt({ name, spec, axes }: Sweep, position: number): Cell {
  const layer: Tree = {};
  const steps = stepsAt(axes, position);
  axes.forEach(({ paths, tuples }, a) => paths.forEach((path, i) => put(layer, path, tuples[steps[a]][i])));
  const label = axes
    .flatMap(({ labels, tuples }, a) => labels.map((word, i) => `${word}=${wordOf(tuples[steps[a]][i], steps[a])}`))
    .join(' ');
  try {
    const config = parseConfig(spec.base, layer);
    // A tag tells the sweep; a name that began with it would be cut where the cells differ. 200 characters is what a run's name may have.
    return {
      position,
      config: { ...config, name: label.length <= 200 ? label : `cell ${position + 1}`, tags: tagged(config.tags, name) },
    };
  } catch (error) {
    if (error instanceof KernelscopeError) throw badInput(`cell ${position + 1} (${label}): ${error.message}`);
    throw error;
  }
}

const tagged = (tags: readonly string[], tag: string) => (tags.includes(tag) ? [...tags] : [...tags, tag]);

/** A value in a name: itself where it is short, else its place in the list. */
function wordOf(value: unknown, at: number): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 24 ? text : `#${at + 1}`;
}

/** The spec with `--set path=value` laid over its base. @throws `bad-input` for a field that the grid varies */
export function withSettings(spec: SweepSpec, settings: readonly string[]): SweepSpec {
  const varied = Object.keys(spec.grid).flatMap((key) => key.split(',').map((p) => p.trim()));
  const base = structuredClone(spec.base);
  const lay = (path: string, value: unknown): void => {
    if (varied.includes(path))
      throw badInput(`--set ${path}: expected a field that the grid does not vary; change it in a copy of the file`);
    if (known.has(path) || !isTree(value)) put(base, path, value);
    else for (const [key, inner] of Object.entries(value)) lay(`${path}.${key}`, inner);
  };
  for (const setting of settings) {
    const path = setting.slice(0, setting.indexOf('='));
    const value = path.split('.').reduce((node, part) => node[part] as Tree, parseSetting(setting));
    lay(path, value);
  }
  return { ...spec, base };
}
