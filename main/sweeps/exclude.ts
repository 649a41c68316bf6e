// What a sweep's file leaves out of its grid.
import { isTree, shown } from '../contract/config.ts';
import { badInput } from '../contract/errors.ts';
import { leftOut, mostCells, placesOf, type GridAxis, type LeaveOut } from '../contract/sweep-grid.ts';

/** The rules of a file's `exclude`, every one of which leaves something out.
 *  @throws KernelscopeError `bad-input` naming the rule and its path, or where nothing is left */
export function parseExclude(json: unknown, axes: readonly GridAxis[]): LeaveOut[] {
  if (!Array.isArray(json)) throw badInput(`exclude: expected a list of {"PATH": value, …}, got ${shown(json)}`);
  if (json.length > mostCells) throw badInput(`exclude: expected at most ${mostCells} entries, got ${json.length}`);
  const rules = json.map((rule: unknown, i): LeaveOut => {
    const at = `exclude[${i}]`;
    if (!isTree(rule) || Object.keys(rule).length === 0)
      throw badInput(`${at}: expected {"PATH": value, …} of the grid, got ${shown(rule)}`);
    for (const [path, value] of Object.entries(rule)) {
      const axis = axes.find((a) => a.paths.includes(path));
      if (!axis) throw badInput(`${at}.${path}: expected a path of the grid (${axes.flatMap((a) => a.paths).join(', ')})`);
      const values = axis.tuples.map((tuple) => JSON.stringify(tuple[axis.paths.indexOf(path)]));
      if (!values.includes(JSON.stringify(value)))
        throw badInput(`${at}.${path}: expected a value of the grid (${[...new Set(values)].join(', ')}), got ${shown(value)}`);
    }
    if (placesOf(axes, rule).length === 0) throw badInput(`${at}: expected values that occur together, got ${shown(rule)}`);
    return rule;
  });
  if (leftOut(axes, rules).every(Boolean)) throw badInput('exclude: expected to leave at least one cell, got none left');
  return rules;
}
