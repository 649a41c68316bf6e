// What can be asked of a run in the list: its columns, and every field of its config, by name.
import { fields } from './config.ts';
import { nearest } from './nearest.ts';
import type { RunSummary } from './results.ts';

export type FieldType = 'number' | 'text' | 'truth' | 'list';
export interface RunField {
  type: FieldType;
  /** undefined where the run's kind of model has no such field */
  read(run: RunSummary): unknown;
}

/** Columns of the list, by the names under which they can be asked for. */
const columns: Record<string, RunField> = {
  id: { type: 'text', read: (r) => r.id },
  name: { type: 'text', read: (r) => r.name },
  state: { type: 'text', read: (r) => r.state },
  created: { type: 'text', read: (r) => r.created },
  tag: { type: 'list', read: (r) => r.tags },
  tags: { type: 'list', read: (r) => r.tags },
  dataset: { type: 'text', read: (r) => r.dataset },
  model: { type: 'text', read: (r) => r.model },
  epochs: { type: 'number', read: (r) => r.epochs },
  epoch: { type: 'number', read: (r) => r.epoch },
  trainAccuracy: { type: 'number', read: (r) => r.trainAccuracy },
  testAccuracy: { type: 'number', read: (r) => r.testAccuracy },
  ntkTarget: { type: 'number', read: (r) => r.ntkTarget },
  meanCka: { type: 'number', read: (r) => r.meanCka },
  lastCka: { type: 'number', read: (r) => r.cka.at(-1) ?? null },
  seconds: { type: 'number', read: (r) => r.seconds },
  note: { type: 'text', read: (r) => r.note },
};
/** Fields of the config by their path; `name` and `tags` are columns already. */
const configFields = new Map(fields.filter((f) => f.path.includes('.') || f.path === 'seed').map((f) => [f.path, f]));

function typeOfDefault(value: unknown): FieldType {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'truth';
  return Array.isArray(value) ? 'list' : 'text';
}
const kindOf = (run: RunSummary): unknown => run.fields['model.kind'] ?? configFields.get('model.kind')?.default;

export const configPaths: readonly string[] = [...configFields.keys()];
export const filterFields: readonly string[] = [...Object.keys(columns), ...configPaths];

/** A column of the list or a field of the config by its name; null where there is none. */
export function runField(name: string): RunField | null {
  if (Object.hasOwn(columns, name)) return columns[name];
  const field = configFields.get(name);
  if (!field) return null;
  const { path, of, default: usual } = field;
  const read = (run: RunSummary): unknown =>
    Object.hasOwn(run.fields, path) ? run.fields[path] : of === undefined || of === kindOf(run) ? usual : undefined;
  return { type: typeOfDefault(usual), read };
}

/** What is known instead of an unknown field. */
export function unknownField(name: string): string {
  const part = (field: string) => field.slice(field.lastIndexOf('.') + 1);
  const known = nearest(name, [...filterFields, ...filterFields.map(part)]);
  const near = known === null || filterFields.includes(known) ? known : filterFields.find((f) => part(f) === known);
  return `unknown field ${name}${near ? `; did you mean ${near}?` : `; known: ${filterFields.join(', ')}`}`;
}
