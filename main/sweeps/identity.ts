// What makes two runs, or two sweeps, the same.
import { createHash } from 'node:crypto';
import type { RunConfig } from '../contract/config.ts';

/** JSON in which the order of fields does not matter. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** SHA-256 of a complete config without what people call it: name and tags. */
export const configHash = ({ seed, data, model, training, analysis }: RunConfig): string =>
  sha256(canonical({ seed, data, model, training, analysis }));

/** SHA-256 of a sweep's name and of its cells' hashes in their order. The cells, and not the file: so it does not matter how the same grid is
 *  written, and other defaults in a later version make another sweep. */
export const sweepHash = (name: string, cells: readonly string[]): string => sha256(canonical({ name, cells }));
