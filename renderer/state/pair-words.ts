// Two runs in words: what they share of what sets the compared runs apart, and what they differ in.
import { toText } from './form.ts';
import type { Difference } from './selection.ts';

const spaced = (path: string) => (path.split('.').at(-1) ?? path).replaceAll(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
/** These values say by themselves what they are of. */
const telling = ['optimizer', 'activation', 'kind', 'schedule', 'loss', 'dataset'];

function said(path: string, value: unknown): string {
  const name = spaced(path);
  if (value === undefined) return `no ${name}`;
  if (typeof value === 'boolean') return value ? name : `no ${name}`;
  return telling.includes(name) ? toText(value) : `${name} ${toText(value)}`;
}
const listed = (words: readonly string[], most: number) =>
  words.length > most ? `${words.slice(0, most).join(', ')} and ${words.length - most} more` : words.join(', ');

/** differing: over all compared runs, values in their order; a, b: places of the two. `share momentum; differ in augment, skip` */
export function pairWords(differing: readonly Difference[], a: number, b: number): string {
  const same = (v: unknown, w: unknown) => JSON.stringify(v) === JSON.stringify(w);
  const shared = differing.filter(({ values }) => same(values[a], values[b])).map(({ path, values }) => said(path, values[a]));
  const other = differing.filter(({ values }) => !same(values[a], values[b])).map(({ path }) => spaced(path));
  const parts = [
    ...(shared.length > 0 ? [`share ${listed(shared, 4)}`] : []),
    ...(other.length > 0 ? [`differ in ${listed(other, 4)}`] : ['have the same config']),
  ];
  return parts.join('; ');
}
