// What runs can be ordered by and laid along the axes of a figure: columns of the list, fields of the config, and CKA on the training probe.
import { badInput } from './errors.ts';
import { filterFields, runField, unknownField, type RunField } from './filter.ts';

/** CKA with the target on the training probe at the newest snapshot: what the list does not hold. */
export const trainColumns = ['meanCkaTrain', 'lastCkaTrain'] as const;
export type TrainColumn = (typeof trainColumns)[number];

export interface Column {
  name: string;
  type: RunField['type'];
  /** as written on an axis: `test accuracy` */
  words: string;
  /** of the list or the config; null: a train column */
  field: RunField | null;
}

const said: Record<string, string> = {
  created: 'date',
  meanCka: 'mean CKA (test)',
  lastCka: 'CKA of the last layer (test)',
  meanCkaTrain: 'mean CKA (train)',
  lastCkaTrain: 'CKA of the last layer (train)',
  ntkTarget: 'CKA of the NTK (test)',
  seconds: 'seconds of compute',
};
/** `training.learningRate` → `learning rate` */
const spaced = (name: string): string =>
  (name.split('.').at(-1) ?? name).replaceAll(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`).replace(/^cka|^ntk/, (w) => w.toUpperCase());
const wordsOf = (name: string): string => {
  if (said[name]) return said[name];
  const [group, ...rest] = name.split('.');
  // Fields of these groups do not say by themselves what they are of.
  return rest.length > 0 && ['data', 'analysis'].includes(group) && ['train', 'test'].includes(rest[rest.length - 1])
    ? `${rest.length > 1 ? 'probe' : 'data'}, ${spaced(name)}`
    : spaced(name);
};

/** The column of a name. field: what asked for it, for the refusal. @throws KernelscopeError `bad-input` with what is near */
export function columnNamed(name: string, field: string): Column {
  if ((trainColumns as readonly string[]).includes(name)) return { name, type: 'number', words: wordsOf(name), field: null };
  const found = runField(name);
  if (!found) throw badInput(`${field}: ${unknownField(name)}`);
  return { name, type: found.type, words: wordsOf(name), field: found };
}

/** An order as it is written: a column's name, with `-` before it from the largest down.
 *  @throws KernelscopeError `bad-input` for what is no column, or one without an order */
export function parseOrder(text: string): { column: Column; descending: boolean } {
  const descending = text.startsWith('-');
  const column = columnNamed(descending ? text.slice(1) : text, 'order');
  if (column.type === 'list') throw badInput(`order: ${column.name} is a list and has no order`);
  return { column, descending };
}

/** A column along an axis. @throws KernelscopeError `bad-input` where its values are no numbers */
export function axisColumn(name: string, field: 'x' | 'y'): Column {
  const column = columnNamed(name, field);
  if (column.type !== 'number' && column.type !== 'truth')
    throw badInput(
      `${field}: expected a column of numbers or of true and false, ${name} is a ${column.type}; known: ${axisColumns.join(', ')}`,
    );
  return column;
}

/** Names that serve as an axis, in the order of the list and the config. */
export const axisColumns: readonly string[] = [...filterFields, ...trainColumns].filter((name) =>
  ['number', 'truth'].includes(columnNamed(name, 'x').type),
);
/** Names that serve as an order. */
export const orderColumns: readonly string[] = [...filterFields, ...trainColumns].filter((name) => columnNamed(name, 'x').type !== 'list');

/** Places of runs in an order: what has no value comes last either way; equal ones by name. values: of each run */
export function placesBy(values: readonly unknown[], names: readonly string[], descending: boolean): number[] {
  const sign = descending ? -1 : 1;
  const order = (a: unknown, b: unknown): number =>
    typeof a === 'string' ? a.localeCompare(String(b), 'en', { numeric: true }) : Number(a) - Number(b);
  const missing = (v: unknown) => v === null || v === undefined;
  return [...values.keys()].sort((i, j) => {
    const [a, b] = [values[i], values[j]];
    if (missing(a) || missing(b))
      return Number(missing(a)) - Number(missing(b)) || names[i].localeCompare(names[j], 'en', { numeric: true });
    return sign * order(a, b) || names[i].localeCompare(names[j], 'en', { numeric: true });
  });
}
