// What to say when a filter finds nothing: what there is instead.
import type { Filter } from '../../main/contract/filter.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { plural } from '../text.ts';
import { valuesHere, type FieldValues } from './field-values.ts';

/** `model.batchNorm` → `Batch norms` */
export function manyOf(field: string): string {
  const last = (field.split('.').at(-1) as string).replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const many = /(ss|us|bias)$/.test(last)
    ? `${last}es`
    : /s$/.test(last)
      ? last
      : /[^aeiou]y$/.test(last)
        ? `${last.slice(0, -1)}ies`
        : `${last}s`;
  return many[0].toUpperCase() + many.slice(1);
}

/** What there is instead of what was looked for. `text`: the filter as it was typed. */
export function instead(text: string, filter: Filter, runs: readonly RunSummary[], values: FieldValues): string {
  const here = (field: string) => {
    const there = valuesHere(values.of(field));
    return there ? `${manyOf(field)} here: ${there}.` : `No run here has ${field}.`;
  };
  if (filter.comparisons.length === 0) {
    const tags = valuesHere(values.of('tags'));
    return [here('dataset'), tags && `Tags here: ${tags}.`].filter(Boolean).join(' ');
  }
  const alone = filter.comparisons.map((c) => ({ ...c, n: runs.filter(c.test).length }));
  const nothing = alone.filter((c) => c.n === 0);
  if (nothing.length > 0) return [...new Set(nothing.map((c) => c.field))].map(here).join(' ');
  return `Alone, ${alone.map((c) => `${text.slice(c.from, c.to)} takes ${plural(c.n, 'run')}`).join(', ')}.`;
}
