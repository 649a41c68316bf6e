// What a statement of the paper is here, and how numbers become a verdict.
import type { CheckedClaim, PaperFigureId } from '../../contract/reproduce.ts';
import type { Table1Column, Table1Row } from '../../contract/sweeps.ts';
import type { Interval } from '../../sweeps/intervals.ts';

export interface Finding {
  verdict: 'passed' | 'failed' | 'undecided';
  /** in words */
  measured: string;
  /** of an entry of Table I: the correlation itself */
  r?: Interval;
}

/** One statement as data. `check` is pure: the same numbers give the same finding, and turned round they give the opposite one. */
export interface Claim<N> {
  id: string;
  figure: PaperFigureId;
  place: string;
  statement: string;
  /** fields that must be the paper's, or the statement says nothing about these runs */
  equal?: readonly string[];
  /** of Table I: which entry it is */
  entry?: { row: Table1Row; column: Table1Column; paper: number };
  check(numbers: N): Finding;
}

export const decimal = (x: number, digits = 3): string =>
  x
    .toFixed(digits)
    .replace(/^-(0\.?0*)$/, '$1')
    .replace('-', '−');
export const percent = (x: number): string => `${decimal(100 * x, 1)} %`;
export const span = ({ value, low, high }: Interval): string => `${decimal(value)} [${decimal(low)}, ${decimal(high)}]`;

/** Of a quantity that the statement puts above `bound`: its interval must lie on one side of it. null: too few runs for an interval.
 *  `what` ends before the number: `the difference is` */
export function over(interval: Interval | null, what: string, bound = 0): Finding {
  if (!interval) return { verdict: 'undecided', measured: 'too few models for an interval, or a number that does not vary' };
  const { low, high } = interval;
  return { verdict: low > bound ? 'passed' : high < bound ? 'failed' : 'undecided', measured: `${what} ${span(interval)}` };
}

/** Of one network, where there is no interval: passes from `pass` on and fails from `fail` on; between them it is undecided. */
export function margin(value: number, { pass, fail }: { pass: number; fail: number }, measured: string): Finding {
  const rising = pass > fail;
  const reached = (bound: number, up: boolean) => (up ? value >= bound : value <= bound);
  const verdict = reached(pass, rising) ? 'passed' : reached(fail, !rising) ? 'failed' : 'undecided';
  return { verdict, measured };
}

/** A statement of several parts: all must hold. */
export function all(...parts: readonly Finding[]): Finding {
  const has = (verdict: Finding['verdict']) => parts.some((p) => p.verdict === verdict);
  return {
    verdict: has('failed') ? 'failed' : has('undecided') ? 'undecided' : 'passed',
    // Two parts of a statement may rest on the same numbers.
    measured: [...new Set(parts.map((p) => p.measured))].filter(Boolean).join('; '),
  };
}

export interface Differing {
  path: string;
  here: string;
  paper: string;
}

/** Every claim, checked. numbers null: `missing` says why there are none */
export function checked<N>(
  claims: readonly Claim<N>[],
  numbers: N | null,
  missing: string,
  differs: readonly Differing[],
): (CheckedClaim & { figure: PaperFigureId })[] {
  return claims.map(({ id, figure, place, statement, equal = [], entry, check }) => {
    const cellOf = (r: Interval | undefined): CheckedClaim['cell'] =>
      entry ? { ...entry, r: r?.value ?? null, low: r?.low ?? null, high: r?.high ?? null } : null;
    const notRun = (measured: string) => ({ id, figure, place, statement, verdict: 'not-run' as const, measured, cell: cellOf(undefined) });
    if (numbers === null) return notRun(missing);
    const other = differs.find((d) => equal.includes(d.path));
    if (other) return notRun(`says nothing about these runs: ${other.path} is ${other.here}, in the paper ${other.paper}`);
    const { verdict, measured, r } = check(numbers);
    return { id, figure, place, statement, verdict, measured, cell: cellOf(r) };
  });
}
