// A small language to choose runs: `model.kind = mlp and testAccuracy > 0.7 and (name has "x" or not tag in (demo, test))`.
//
//   either = both {"or" both}      both = one {"and" one}      one = "not" one | "(" either ")" | comparison
//   comparison = field operator value | field "in" "(" value {"," value} ")"
//   operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "has"      value = number | word | "text" | 'text' | true | false | null
import { shown } from './config.ts';
import { badInput } from './errors.ts';
import { FilterError, filterTokens, type Token } from './filter-tokens.ts';
import type { RunSummary } from './results.ts';
import { runField, unknownField, type FieldType, type RunField } from './run-fields.ts';

export { FilterError } from './filter-tokens.ts';
export { configPaths, filterFields, runField, unknownField, type FieldType, type RunField } from './run-fields.ts';

type Test = (run: RunSummary) => boolean;
/** One comparison of a filter, and where it stands in the text. */
export interface Comparison {
  field: string;
  /** 0-based, the end not included */
  from: number;
  to: number;
  test: Test;
}
export interface Filter {
  /** whether a run is chosen */
  test: Test;
  /** in the order of the text */
  comparisons: readonly Comparison[];
}

type Literal = string | number | boolean | null;
export const filterOperators = ['=', '!=', '<', '<=', '>', '>=', 'contains', 'has', 'in'] as const;
type Operator = Exclude<(typeof filterOperators)[number], 'has'>;

/** The operators that a field of this type takes; `has` is `contains`, shorter. */
export function operatorsOf(type: FieldType): readonly (typeof filterOperators)[number][] {
  if (type === 'truth') return ['=', '!='];
  if (type === 'list') return ['has', '=', '!=', 'in'];
  return type === 'number' ? ['=', '!=', '<', '<=', '>', '>=', 'in'] : ['=', '!=', 'has', 'in', '<', '<=', '>', '>='];
}

function literal(token: Token): Literal {
  if (token.kind === 'text') return token.text;
  if (token.text === 'true' || token.text === 'false') return token.text === 'true';
  if (token.text === 'null') return null;
  const number = Number(token.text);
  return Number.isFinite(number) ? number : token.text;
}

const order: Record<'<' | '<=' | '>' | '>=', (a: number | string, b: number | string) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** One comparison. A value that is not there (null) equals null alone and is in no order. */
function compare(type: FieldType, operator: Exclude<Operator, 'in'>, wanted: Literal): (value: unknown) => boolean {
  const text = String(wanted);
  const same = (v: unknown) => v === wanted || (type === 'text' && wanted !== null && v === text);
  if (operator === '=') return (v) => (Array.isArray(v) ? v.some((x) => same(x) || x === text) : same(v ?? null));
  if (operator === '!=') {
    const equal = compare(type, '=', wanted);
    return (v) => !equal(v);
  }
  if (operator === 'contains') {
    if (type === 'list') return compare(type, '=', wanted);
    const part = text.toLowerCase();
    return (v) => typeof v === 'string' && v.toLowerCase().includes(part);
  }
  const limit = type === 'text' ? text : (wanted as number);
  return (v) => (typeof v === 'number' || typeof v === 'string') && order[operator](v, limit);
}

/** Refuses comparisons that could never be true. */
function checkComparison(field: string, type: FieldType, operator: Operator, wanted: Literal, { at }: Token): void {
  if (operator === 'contains' && type !== 'text' && type !== 'list')
    throw new FilterError(at, `${field} is a ${type === 'number' ? 'number' : 'truth'}; use =`);
  if (operator in order && (type === 'truth' || type === 'list')) throw new FilterError(at, `${field} has no order; use =, != or contains`);
  if (wanted === null && !['=', '!=', 'in'].includes(operator)) throw new FilterError(at, 'null goes with = and != only');
  if (type === 'number' && typeof wanted !== 'number' && wanted !== null)
    throw new FilterError(at, `${field} is a number, got ${shown(wanted)}`);
  if (type === 'truth' && typeof wanted !== 'boolean' && wanted !== null)
    throw new FilterError(at, `${field} is true or false, got ${shown(wanted)}`);
}

function fieldOf(token: Token): RunField {
  if (token.kind !== 'word')
    throw new FilterError(token.at, token.kind === 'end' ? 'a comparison is missing here' : `expected a field, got ${shown(token.text)}`);
  const field = runField(token.text);
  if (!field) throw new FilterError(token.at, unknownField(token.text));
  return field;
}

const deepest = 100;

/** The filter of an expression. The empty expression takes every run.
 *  @throws FilterError `bad-input` that names the place, what stood there and what is accepted */
export function parseFilter(text: string): Filter {
  if (text.length > 10_000) throw badInput('filter: expected at most 10000 characters');
  const list = filterTokens(text);
  const comparisons: Comparison[] = [];
  let at = 0;
  const is = (word: string) => list[at].kind !== 'text' && list[at].text === word;
  const accept = (word: string) => is(word) && ++at > 0;
  const got = (token: Token) => (token.kind === 'end' ? 'the end' : shown(token.text));
  const value = (after: string): Token => {
    const token = list[at];
    if (token.kind === 'operator' || token.kind === 'end')
      throw new FilterError(token.at, `expected a value after ${after}, got ${got(token)}`);
    at++;
    return token;
  };

  const comparison = (): Test => {
    const name = list[at++];
    const field = fieldOf(name);
    const sign = list[at];
    if (sign.kind === 'text' || !filterOperators.includes(sign.text as Operator))
      throw new FilterError(sign.at, `expected ${filterOperators.join(' ')} after ${name.text}, got ${got(sign)}`);
    at++;
    const operator = sign.text === 'has' ? 'contains' : (sign.text as Operator);
    const read = (token: Token) => {
      const wanted = literal(token);
      checkComparison(name.text, field.type, operator, wanted, token);
      return compare(field.type, operator === 'in' ? '=' : operator, wanted);
    };
    let test: (value: unknown) => boolean;
    if (operator === 'in') {
      if (!accept('(')) throw new FilterError(list[at].at, `expected (a, b, …) after in, got ${got(list[at])}`);
      const tests = [read(value('('))];
      while (accept(',')) tests.push(read(value(',')));
      if (!accept(')')) throw new FilterError(list[at].at, `expected , or ) in the list after in, got ${got(list[at])}`);
      test = (v) => tests.some((t) => t(v));
    } else test = read(value(sign.text));
    const last = list[at - 1];
    const found: Comparison = { field: name.text, from: name.at - 1, to: last.at - 1 + last.length, test: (run) => test(field.read(run)) };
    comparisons.push(found);
    return found.test;
  };
  const one = (depth: number): Test => {
    if (depth > deepest) throw new FilterError(list[at].at, `nested deeper than ${deepest}`);
    if (accept('not')) {
      const inner = one(depth + 1);
      return (run) => !inner(run);
    }
    const open = list[at].at;
    if (!accept('(')) return comparison();
    const inner = either(depth + 1);
    if (!accept(')')) throw new FilterError(list[at].at, `expected ) for the ( at ${open}`);
    return inner;
  };
  const joined = (word: string, part: (depth: number) => Test, join: (tests: Test[]) => Test) => (depth: number) => {
    const tests = [part(depth)];
    while (accept(word)) tests.push(part(depth));
    return tests.length === 1 ? tests[0] : join(tests);
  };
  const both = joined('and', one, (tests) => (run) => tests.every((t) => t(run)));
  const either = joined('or', both, (tests) => (run) => tests.some((t) => t(run)));

  if (list.length === 1) return { test: () => true, comparisons };
  const test = either(0);
  if (list[at].kind !== 'end') throw new FilterError(list[at].at, `expected and, or or the end, got ${shown(list[at].text)}`);
  return { test, comparisons };
}
