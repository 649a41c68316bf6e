// From what a form holds to a sweep's file, and back.
import { defaultConfig, fields, valueAt, type Field } from '../../main/contract/config.ts';
import type { GridAxis, LeaveOut } from '../../main/contract/sweep-grid.ts';
import type { SweepSpec } from '../../main/contract/sweeps.ts';
import { layerOf } from './form.ts';
import { count } from '../text.ts';
import { writeField } from './ranges.ts';

const byPath = new Map<string, Field>(fields.map((f) => [f.path, f]));
const pathsOf = (key: string): string[] => key.split(',').map((p) => p.trim());

/** What a sweep adds to the form of its base. */
export interface SweptTexts {
  /** of the swept fields, by path */
  texts: Record<string, string>;
  /** paths that vary together */
  together: string[][];
  /** paths in the order of the grid */
  order: string[];
}

export function textsOf(spec: SweepSpec): SweptTexts {
  const texts: Record<string, string> = { name: spec.name };
  const keys = Object.entries(spec.grid).map(([key, values]) => ({ paths: pathsOf(key), values }));
  for (const { paths, values } of keys)
    paths.forEach((path, i) => {
      const field = byPath.get(path);
      if (field) texts[path] = writeField(field, paths.length === 1 ? values : values.map((tuple) => (tuple as unknown[])[i]));
    });
  return { texts, together: keys.filter((k) => k.paths.length > 1).map((k) => k.paths), order: keys.flatMap((k) => k.paths) };
}

/** The axes of fields with several values: those of `order` first, as there, then in the order of the table of fields, seeds last. */
export function axesOf(
  lists: Readonly<Record<string, readonly unknown[]>>,
  together: readonly string[][],
  order: readonly string[],
): GridAxis[] {
  const rank = (path: string) => {
    const at = order.indexOf(path);
    return at >= 0 ? at : path === 'seed' ? 1e4 : 1e3 + fields.findIndex((f) => f.path === path);
  };
  const groups = together.filter((paths) => paths.every((p) => lists[p]));
  const alone = Object.keys(lists).filter((path) => lists[path].length > 1 && !groups.some((g) => g.includes(path)));
  return [...groups.filter((g) => lists[g[0]].length > 1), ...alone.map((path) => [path])]
    .sort((a, b) => rank(a[0]) - rank(b[0]))
    .map((paths) => ({ paths, tuples: lists[paths[0]].map((_, step) => paths.map((path) => lists[path][step])) }));
}

/** A name for a sweep that has none: the fields that vary. 60 characters is what a name may have. */
export const usualName = (axes: readonly GridAxis[]): string => {
  const name = axes.flatMap((a) => a.paths.map((p) => p.split('.').at(-1))).join(' × ');
  return name.length <= 60 ? name : `${name.slice(0, 59)}…`;
};

/** The file. values: of every field, of the swept ones one */
export function specOf(
  name: string,
  values: Readonly<Record<string, unknown>>,
  axes: readonly GridAxis[],
  exclude: readonly LeaveOut[],
): SweepSpec {
  const swept = new Set(axes.flatMap((a) => a.paths));
  const defaults = defaultConfig();
  const own = (path: string) => {
    const standard = valueAt(defaults, path) ?? byPath.get(path)?.default;
    return path === 'model.kind' || JSON.stringify(values[path]) !== JSON.stringify(standard);
  };
  const base = Object.fromEntries(Object.entries(values).filter(([path]) => path !== 'name' && !swept.has(path) && own(path)));
  const grid = Object.fromEntries(
    axes.map(({ paths, tuples }) => [paths.join(', '), tuples.map((tuple) => (paths.length === 1 ? tuple[0] : [...tuple]))]),
  );
  return { name, base: layerOf(base), grid, ...(exclude.length > 0 && { exclude: exclude.map((rule) => ({ ...rule })) }) };
}

/** `4 widths × 3 rates × 2 seeds`, in the form's own words. */
export const gridWords = (axes: readonly GridAxis[]): string =>
  axes.map((a) => `${count(a.tuples.length)} ${a.paths.map((p) => p.split('.').at(-1)).join(' + ')}`).join(' × ');
