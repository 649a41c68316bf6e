// A small language to choose runs: `model.kind = mlp and testAccuracy > 0.7 and (name contains "x" or not tag = demo)`.
//
//   either = both {"or" both}      both = one {"and" one}      one = "not" one | "(" either ")" | field operator value
//   operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "contains"      value = number | word | "text" | 'text' | true | false | null
import { fields, shown } from './config.ts';
import { badInput } from './errors.ts';
import { nearest } from './nearest.ts';
import type { RunSummary } from './results.ts';

type Type = 'number' | 'text' | 'truth' | 'list';

/** Columns of the list, by the names under which they can be asked for. */
const columns: Record<string, { type: Type; of: (run: RunSummary) => unknown }> = {
  id: { type: 'text', of: (r) => r.id },
  name: { type: 'text', of: (r) => r.name },
  state: { type: 'text', of: (r) => r.state },
  created: { type: 'text', of: (r) => r.created },
  tag: { type: 'list', of: (r) => r.tags },
  tags: { type: 'list', of: (r) => r.tags },
  dataset: { type: 'text', of: (r) => r.dataset },
  model: { type: 'text', of: (r) => r.model },
  epochs: { type: 'number', of: (r) => r.epochs },
  epoch: { type: 'number', of: (r) => r.epoch },
  trainAccuracy: { type: 'number', of: (r) => r.trainAccuracy },
  testAccuracy: { type: 'number', of: (r) => r.testAccuracy },
  ntkTarget: { type: 'number', of: (r) => r.ntkTarget },
  meanCka: { type: 'number', of: (r) => r.meanCka },
  lastCka: { type: 'number', of: (r) => r.cka.at(-1) ?? null },
  seconds: { type: 'number', of: (r) => r.seconds },
  note: { type: 'text', of: (r) => r.note },
};
/** Fields of the config by their path; `name` and `tags` are columns already. */
const configFields = new Map(fields.filter((f) => f.path.includes('.') || f.path === 'seed').map((f) => [f.path, f]));
function typeOfDefault(value: unknown): Type {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'truth';
  return Array.isArray(value) ? 'list' : 'text';
}
export const filterFields: readonly string[] = [...Object.keys(columns), ...configFields.keys()];

export interface Filter {
  /** whether a run is chosen */
  test(run: RunSummary): boolean;
}

type Literal = string | number | boolean | null;
type Test = Filter['test'];
interface Token {
  kind: 'word' | 'text' | 'operator' | 'end';
  text: string;
  /** 1-based place, for messages */
  at: number;
}
const operators = ['=', '!=', '<', '<=', '>', '>=', 'contains'] as const;
type Operator = (typeof operators)[number];

const wrong = (at: number, what: string) => badInput(`filter, at ${at}: ${what}`);

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = /\s*(?:(?<operator>==|[<>!]=|[=<>()])|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<word>[^\s()=<>!"']+))/y;
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    const at = from + /^\s*/.exec(text.slice(from))![0].length + 1;
    if (!groups)
      throw wrong(at, /["']/.test(text[at - 1]) ? 'this quote has no end' : `expected a field or a value, got ${shown(text[at - 1])}`);
    if (groups['operator'] !== undefined) found.push({ kind: 'operator', text: groups['operator'].replace('==', '='), at });
    else if (groups['word'] !== undefined) found.push({ kind: 'word', text: groups['word'], at });
    else found.push({ kind: 'text', text: groups['double'] ?? groups['single'], at });
  }
  return [...found, { kind: 'end', text: '', at: text.length + 1 }];
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
function compare(type: Type, operator: Operator, wanted: Literal): (value: unknown) => boolean {
  const same = (v: unknown) => v === wanted || (type === 'text' && wanted !== null && v === String(wanted));
  if (operator === '=') return (v) => (Array.isArray(v) ? v.some((x) => same(x) || x === String(wanted)) : same(v ?? null));
  if (operator === '!=') return (v) => !compare(type, '=', wanted)(v);
  if (operator === 'contains') {
    if (type === 'list') return compare(type, '=', wanted);
    return (v) => typeof v === 'string' && v.toLowerCase().includes(String(wanted).toLowerCase());
  }
  const limit = type === 'text' ? String(wanted) : (wanted as number);
  return (v) => (typeof v === 'number' || typeof v === 'string') && order[operator](v, limit);
}

/** Refuses comparisons that could never be true. */
function checkComparison(field: string, type: Type, operator: Operator, wanted: Literal, token: Token): void {
  const ordered = operator in order;
  if (operator === 'contains' && type !== 'text' && type !== 'list')
    throw wrong(token.at, `${field} is a ${type === 'number' ? 'number' : 'truth'}; use =`);
  if (ordered && (type === 'truth' || type === 'list')) throw wrong(token.at, `${field} has no order; use =, != or contains`);
  if (wanted === null && operator !== '=' && operator !== '!=') throw wrong(token.at, 'null goes with = and != only');
  if (type === 'number' && typeof wanted !== 'number' && wanted !== null)
    throw wrong(token.at, `${field} is a number, got ${shown(wanted)}`);
  if (type === 'truth' && typeof wanted !== 'boolean' && wanted !== null)
    throw wrong(token.at, `${field} is true or false, got ${shown(wanted)}`);
}

export interface RunField {
  type: Type;
  /** undefined where the run's kind of model has no such field */
  read(run: RunSummary): unknown;
}

const kindOf = (run: RunSummary): unknown => run.fields['model.kind'] ?? configFields.get('model.kind')?.default;

/** A column of the list or a field of the config by its name; null where there is none. */
export function runField(name: string): RunField | null {
  if (Object.hasOwn(columns, name)) return { type: columns[name].type, read: columns[name].of };
  const field = configFields.get(name);
  if (!field) return null;
  const { path, of, default: usual } = field;
  const read = (run: RunSummary): unknown =>
    Object.hasOwn(run.fields, path) ? run.fields[path] : of === undefined || of === kindOf(run) ? usual : undefined;
  return { type: typeOfDefault(usual), read };
}

/** What is known instead of an unknown field. */
export function unknownField(name: string): string {
  const near = nearest(name, filterFields);
  return `unknown field ${name}${near ? `; did you mean ${near}?` : `; known: ${filterFields.join(', ')}`}`;
}

function fieldOf(token: Token): RunField {
  if (token.kind !== 'word')
    throw wrong(token.at, token.kind === 'end' ? 'a comparison is missing here' : `expected a field, got ${shown(token.text)}`);
  const field = runField(token.text);
  if (!field) throw wrong(token.at, unknownField(token.text));
  return field;
}

const deepest = 100;

/** The filter of an expression. The empty expression takes every run.
 *  @throws KernelscopeError `bad-input` that names the place, what stood there and what is accepted */
export function parseFilter(text: string): Filter {
  if (text.length > 10_000) throw badInput('filter: expected at most 10000 characters');
  const list = tokens(text);
  let at = 0;
  const is = (word: string) => list[at].kind !== 'text' && list[at].text === word;
  const accept = (word: string) => is(word) && ++at > 0;

  const comparison = (): Test => {
    const name = list[at++];
    const field = fieldOf(name);
    const sign = list[at];
    if (sign.kind === 'text' || !operators.includes(sign.text as Operator))
      throw wrong(sign.at, `expected ${operators.join(' ')} after ${name.text}, got ${sign.kind === 'end' ? 'the end' : shown(sign.text)}`);
    const value = list[++at];
    if (value.kind === 'operator' || value.kind === 'end')
      throw wrong(value.at, `expected a value after ${sign.text}, got ${value.kind === 'end' ? 'the end' : shown(value.text)}`);
    at++;
    const wanted = literal(value);
    checkComparison(name.text, field.type, sign.text as Operator, wanted, value);
    const test = compare(field.type, sign.text as Operator, wanted);
    return (run) => test(field.read(run));
  };
  const one = (depth: number): Test => {
    if (depth > deepest) throw wrong(list[at].at, `nested deeper than ${deepest}`);
    if (accept('not')) {
      const inner = one(depth + 1);
      return (run) => !inner(run);
    }
    const open = list[at].at;
    if (!accept('(')) return comparison();
    const inner = either(depth + 1);
    if (!accept(')')) throw wrong(list[at].at, `expected ) for the ( at ${open}`);
    return inner;
  };
  const joined = (word: string, part: (depth: number) => Test, join: (tests: Test[]) => Test) => (depth: number) => {
    const tests = [part(depth)];
    while (accept(word)) tests.push(part(depth));
    return tests.length === 1 ? tests[0] : join(tests);
  };
  const both = joined('and', one, (tests) => (run) => tests.every((t) => t(run)));
  const either = joined('or', both, (tests) => (run) => tests.some((t) => t(run)));

  if (list.length === 1) return { test: () => true };
  const test = either(0);
  if (list[at].kind !== 'end') throw wrong(list[at].at, `expected and, or or the end, got ${shown(list[at].text)}`);
  return { test };
}
