// What can follow in the filter box: fields, then operators, then the values that this library has.
import { filterFields, filterOperators, operatorsOf, runField } from '../../main/contract/filter.ts';
import { filterTokens, type Token } from '../../main/contract/filter-tokens.ts';
import { plural } from '../text.ts';
import { howMany, valuesInShort, type FieldValues } from './field-values.ts';

export interface Proposal {
  /** what is put in */
  text: string;
  label: string;
  /** characters of the label that were typed: from, to */
  match: readonly [number, number];
  detail: string;
  aside: string;
}
export interface Completion {
  kind: 'field' | 'operator' | 'value';
  /** what a proposal takes the place of: 0-based, the end not included */
  from: number;
  to: number;
  proposals: readonly Proposal[];
  /** proposals that are not shown */
  more: number;
}

const most = 10;
/** Of numbers with more values than this only the least and the most are proposed. */
const listedNumbers = 30;
type Wanted =
  | { kind: 'field' }
  | { kind: 'join' }
  | { kind: 'operator'; field: string }
  | { kind: 'value'; field: string; operator: string; listed: boolean };

/** What may stand after these tokens; null where they are no beginning of an expression. */
function wantedAfter(tokens: readonly Token[]): Wanted | null {
  let wanted: Wanted = { kind: 'field' };
  for (const { kind, text } of tokens) {
    const sign = kind === 'operator' || kind === 'word' ? text : '';
    if (wanted.kind === 'field') {
      if (sign === '(' || sign === 'not') continue;
      if (kind !== 'word' || !runField(text)) return null;
      wanted = { kind: 'operator', field: text };
    } else if (wanted.kind === 'operator') {
      if (!filterOperators.includes(sign as (typeof filterOperators)[number])) return null;
      wanted = { kind: 'value', field: wanted.field, operator: sign, listed: false };
    } else if (wanted.kind === 'value') {
      if (wanted.operator === 'in' && !wanted.listed) {
        if (sign !== '(') return null;
        wanted = { kind: 'value', field: wanted.field, operator: 'in', listed: true };
      } else if (wanted.listed) {
        if (sign === ')') wanted = { kind: 'join' };
      } else wanted = { kind: 'join' };
    } else if (sign === 'and' || sign === 'or') wanted = { kind: 'field' };
    else if (sign !== ')') return null;
  }
  return wanted;
}

/** Where `typed` stands in `label`, and how good that is: its beginning, the beginning of a part of it, its middle; null: nowhere. */
export function matchOf(typed: string, label: string): { rank: number; at: number } | null {
  const [t, l] = [typed.toLowerCase(), label.toLowerCase()];
  if (l.startsWith(t)) return { rank: 0, at: 0 };
  const part = l.indexOf(`.${t}`);
  if (part >= 0) return { rank: 1, at: part + 1 };
  const at = l.indexOf(t);
  return at < 0 ? null : { rank: 2, at };
}

type Raw = Omit<Proposal, 'match' | 'detail' | 'aside'> & { say: () => { detail: string; aside: string } };
function ranked(typed: string, all: readonly Raw[]): { proposals: Proposal[]; more: number } {
  const found = all.flatMap((raw) => {
    const match = matchOf(typed, raw.label);
    return match ? [{ raw, ...match }] : [];
  });
  found.sort((a, b) => a.rank - b.rank); // stable: else as they stood
  const proposals = found.slice(0, most).map(({ raw: { text, label, say }, at }): Proposal => {
    return { text, label, match: [at, at + typed.length], ...say() };
  });
  return { proposals, more: found.length - proposals.length };
}

/** A value as it has to be written. */
export function quoted(value: string): string {
  if (value !== '' && !/[\s()=<>!"',≠≤≥]/.test(value) && !['and', 'or', 'not'].includes(value)) return value;
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

const meanings: Record<string, string> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  has: 'contains',
  in: 'one of (a, b, …)',
};
/** Fields that nearly every run has a value of its own in; counting them would say nothing. */
const free: Record<string, string> = { id: 'the run’s short name', name: 'any text', created: 'like 2026-11', note: 'any text' };
const saying =
  (detail: string, aside = '') =>
  () => ({ detail, aside });
const fieldsOf = (values: FieldValues, before = ''): Raw[] =>
  filterFields
    .filter((name) => name !== 'tag')
    .map((name) => ({
      text: `${before}${name} `,
      label: name,
      say: free[name] ? saying(free[name]) : () => ({ detail: valuesInShort(values.of(name)), aside: howMany(values.of(name)) }),
    }));

/** What can be put in at the caret; null where nothing can. */
export function complete(text: string, caret: number, values: FieldValues): Completion | null {
  const head = text.slice(0, caret);
  const half = /(?:"[^"]*|'[^']*|[^\s()=<>!"',≠≤≥]*)$/.exec(head)?.[0] ?? '';
  const open = /^["']/.test(half) && (head.split(half[0]).length - 1) % 2 === 1; // in a quote that has not ended
  const word = open ? half : (/[^\s()=<>!"',≠≤≥]*$/.exec(head)?.[0] ?? '');
  const from = caret - word.length;
  const rest = /^[^\s()=<>!"',≠≤≥]*/.exec(text.slice(caret))![0].length;
  let wanted: Wanted | null;
  try {
    wanted = wantedAfter(filterTokens(text.slice(0, from)).slice(0, -1));
  } catch {
    return null; // a quote before it has no end
  }
  if (!wanted) return null;
  const typed = open ? word.slice(1) : word;
  const answer = (kind: Completion['kind'], all: readonly Raw[]): Completion | null => {
    const found = ranked(typed, all);
    return found.proposals.length === 0 ? null : { kind, from, to: caret + rest, ...found };
  };
  if (wanted.kind === 'field') return open ? null : answer('field', fieldsOf(values));
  if (wanted.kind === 'join') {
    if (open || (from > 0 && !/[\s)]/.test(text[from - 1]))) return null;
    const joins: Raw[] = [
      { text: 'and ', label: 'and', say: saying('both hold') },
      { text: 'or ', label: 'or', say: saying('one of them holds') },
    ];
    const found = answer('operator', joins);
    return found ?? (typed ? answer('field', fieldsOf(values, 'and ')) : null);
  }
  const type = runField(wanted.field)?.type ?? 'text';
  if (wanted.kind === 'operator')
    return open
      ? null
      : answer(
          'operator',
          operatorsOf(type).map((sign) => ({ text: sign === 'in' ? 'in (' : `${sign} `, label: sign, say: saying(meanings[sign] ?? '') })),
        );
  if (wanted.operator === 'in' && !wanted.listed) return null;
  if (wanted.field === 'created') return null; // no two runs share one
  const { counts, least, most: greatest } = values.of(wanted.field);
  const after = wanted.listed ? '' : ' ';
  const value = (label: string, detail: string, aside: string): Raw => ({
    text: `${quoted(label)}${after}`,
    label,
    say: saying(detail, aside),
  });
  if (type === 'number' && counts.length > listedNumbers)
    return answer('value', [value(String(least), 'least', plural(counts.length, 'value')), value(String(greatest), 'most', '')]);
  return answer(
    'value',
    counts.map(([label, n]) => value(label, '', plural(n, 'run'))),
  );
}

/** The text with a proposal put in, and where the caret then stands. */
export function putIn(text: string, { from, to }: Completion, proposal: Proposal): { text: string; caret: number } {
  const rest = text.slice(to);
  const put = proposal.text.endsWith(' ') && rest.startsWith(' ') ? proposal.text.slice(0, -1) : proposal.text;
  const caret = from + put.length + (put.length < proposal.text.length ? 1 : 0);
  return { text: text.slice(0, from) + put + rest, caret };
}
