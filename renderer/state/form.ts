// The form of a run, made from the contract's table of fields: which control a field gets, its value as text and back, its error.
import { fields, parseConfig, put, shown, valueAt, type Field, type RunConfig } from '../../main/contract/config.ts';
import { count } from '../text.ts';
import { messageOf } from './notices.svelte.ts';

export type Control =
  | { kind: 'choice'; values: (string | boolean)[] }
  /** only one value is accepted: nothing to choose */
  | { kind: 'fixed'; value: unknown }
  | { kind: 'text' };
export type Values = Readonly<Record<string, unknown>>;

/** The control of a field. A choice is a field whose `accepts` names every value that it takes. */
export function controlOf(field: Field): Control {
  const truth = typeof field.default === 'boolean';
  const values = field.kind.accepts.split(' | ').map((v) => (truth ? v === 'true' : v));
  const listed = (truth || typeof field.default === 'string') && values.every((v) => field.kind.test(v)) && !field.kind.test('\u0000');
  if (!listed) return { kind: 'text' };
  return values.length === 1 ? { kind: 'fixed', value: values[0] } : { kind: 'choice', values };
}

/** What a typed field takes, in few words; nothing where its meaning says it. */
export function rangeOf({ path, kind }: Field): string {
  if (path === 'analysis.snapshots') return '0, 25, last; every 5; log 6';
  if (path === 'model.hidden') return 'widths 1 … 16384, or 200 × 4';
  if (!/\d … \d|from \d/.test(kind.accepts)) return '';
  return kind.accepts
    .replace(/^a number from (\S+) to (\S+)$/, '$1 … $2')
    .replace(/^a (list of )?texts? .*$/, '')
    .replace(/\d{5,}/g, (n) => count(Number(n)));
}

/** A value as it stands in a form: lists with commas, a plan of snapshots as `every 5` or `log 4`. */
export function toText(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([k, v]) => `${k} ${String(v)}`)
      .join(', ');
  return String(value);
}

/** What a person typed, as a value; what cannot be read stays a text, which the field then refuses. */
export function fromText(field: Field, text: string): unknown {
  const clean = text.trim();
  const number = (part: string): number | string => (part !== '' && Number.isFinite(Number(part)) ? Number(part) : part);
  if (typeof field.default === 'number') return number(clean.replace(/(?<=\d),(?=\d{3}\b)/g, ''));
  if (!Array.isArray(field.default)) return clean;
  const plan = /^(every|log)\s+(\S+)$/.exec(clean);
  if (plan && field.path === 'analysis.snapshots') return { [plan[1]]: number(plan[2]) };
  const parts = clean
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((p) => p.trim().replace(/^"(.*)"$/, '$1'))
    .filter((p) => p !== '');
  // Words that look like numbers are words where the field takes no numbers (tags).
  return field.kind.test([1]) ? parts.map(number) : parts;
}

/** Fields that mean nothing unless another has a certain value. */
type Told = Pick<RunConfig, 'data' | 'training'> & { model: { kind: RunConfig['model']['kind'] } };
const needs: Record<string, (config: Told) => boolean> = {
  'data.shift': (c) => c.data.dataset === 'digits',
  'data.shear': (c) => c.data.dataset === 'digits',
  'data.noise': (c) => c.data.dataset === 'digits',
  'data.cutout': (c) => c.data.augment,
  'training.momentum': (c) => c.training.optimizer === 'momentum',
  // An MLP's features have no space to average over.
  'analysis.convFeatures': (c) => c.model.kind !== 'mlp',
};
const kindOf = new Map(fields.map((f) => [f.path, f.of]));
/** Whether a field belongs to the chosen kind of model. */
const belongs = (path: string, kind: unknown): boolean => (kindOf.get(path) ?? kind) === kind;
export const relevant = (config: Told, path: string): boolean => belongs(path, config.model.kind) && (needs[path]?.(config) ?? true);

/** Whether a field means something to at least one of the runs that lists of values make. */
export function relevantToAny(lists: Readonly<Record<string, readonly unknown[]>>, path: string): boolean {
  const some = (of: string, test: (value: unknown) => boolean) => lists[of].some(test);
  return some('model.kind', (kind) =>
    some('data.dataset', (dataset) =>
      some('data.augment', (augment) =>
        some('training.optimizer', (optimizer) =>
          relevant({ model: { kind }, data: { dataset, augment }, training: { optimizer } } as Told, path),
        ),
      ),
    ),
  );
}

export function valuesOf(config: RunConfig): Record<string, unknown> {
  // Fields of another kind of model stand at their defaults, in case a person goes over to it.
  return Object.fromEntries(fields.map((f) => [f.path, valueAt(config, f.path) ?? f.default]));
}

/** Values by path as nested objects, the layers that `parseConfig` reads; without those of another kind of model. */
export function layerOf(values: Values): Record<string, unknown> {
  const layer: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(values)) {
    if (!belongs(path, values['model.kind'] ?? kindOf.get(path))) continue;
    put(layer, path, value);
  }
  return layer;
}

/** Every field that is wrong, with what is accepted; once each is right by itself, the first that does not fit the others. */
export function errorsOf(values: Values): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { path, kind } of fields)
    if (belongs(path, values['model.kind']) && !kind.test(values[path]))
      errors[path] = `expected ${kind.accepts}, got ${shown(values[path])}`;
  if (Object.keys(errors).length > 0) return errors;
  try {
    parseConfig(layerOf(values));
  } catch (error) {
    const message = messageOf(error);
    const path = fields.find((f) => message.startsWith(`${f.path}: `))?.path;
    errors[path ?? ''] = path ? message.slice(path.length + 2) : message;
  }
  return errors;
}

/** Of fields that may have several values: what cannot be read, values that a field does not take, lists that do not go together; of one run,
 *  also what does not fit together. */
export function fieldErrors(
  readings: Readonly<Record<string, { values: readonly unknown[]; wrong?: string }>>,
  together: readonly (readonly string[])[],
): Record<string, string> {
  const lists = Object.fromEntries(Object.entries(readings).map(([path, r]) => [path, r.values]));
  const errors: Record<string, string> = {};
  for (const { path, kind } of fields) {
    if (!relevantToAny(lists, path)) continue;
    const { values, wrong } = readings[path];
    const refused = values.find((v) => !kind.test(v));
    if (wrong !== undefined) errors[path] = wrong;
    else if (refused !== undefined || values.length === 0) errors[path] = `expected ${kind.accepts}, got ${shown(refused)}`;
  }
  for (const [first, ...others] of together)
    for (const path of others)
      if (lists[path].length !== lists[first].length)
        errors[path] ??= `expected ${lists[first].length} values, one for each of ${first}, got ${lists[path].length}`;
  if (Object.keys(errors).length > 0 || Object.values(lists).some((l) => l.length > 1)) return errors;
  return errorsOf(Object.fromEntries(Object.entries(lists).map(([path, l]) => [path, l[0]])));
}
