// Which runs the library lists, by what was typed.
import { FilterError, filterFields, parseFilter, runField, type Filter } from '../../main/contract/filter.ts';
import type { RunSummary } from '../../main/contract/results.ts';

/** All that words are looked for in, in small letters. */
export const wordsOf = (run: RunSummary): string =>
  [run.name, run.id, run.dataset, run.model, run.state, run.note, ...run.tags].join('\n').toLowerCase();

/** Whether a text is to be read as an expression, rather than as words: it holds a sign, or a field with `has`, `contains` or `in (`. */
export function isExpression(text: string): boolean {
  if (/[=<>≠≤≥]/.test(text)) return true;
  const found = /([\w.]+)\s+(?:(?:contains|has)(?:\s|$)|in\s*\()/.exec(text);
  return found !== null && runField(found[1]) !== null;
}

/** What was typed: an expression, or words of which each must occur in name, id, tags, dataset, model, state or note. `words`: what
 *  `wordsOf` answers, perhaps remembered.
 *  @throws FilterError where an expression is wrong */
export function readFilter(text: string, words: (run: RunSummary) => string = wordsOf): Filter {
  if (isExpression(text)) return parseFilter(text);
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return { test: (run) => wanted.every((w) => words(run).includes(w)), comparisons: [] };
}

export interface Typed {
  filter: Filter;
  problem: {
    /** 0-based place in the text */
    at: number;
    text: string;
    /** it may only lack its end */
    open: boolean;
  } | null;
}

/** A last word that can only be the beginning of a field: `model.ki`. */
const beginsField = (text: string) => {
  const word = /[\w.]+$/.exec(text)?.[0] ?? '';
  return word.includes('.') && filterFields.some((f) => f.startsWith(word));
};

/** A word that is the beginning of a field, and may become it. */
const beginning = (rest: string) => /^[\w.]+$/.test(rest) && filterFields.some((f) => f.startsWith(rest));

/** What was typed so far. Where it cannot be read, the problem, and the filter of what stands before the last `and` that can be. */
export function readTyped(text: string, words: (run: RunSummary) => string = wordsOf): Typed {
  const everything: Filter = { test: () => true, comparisons: [] };
  const begun = !isExpression(text) && beginsField(text);
  try {
    return { filter: begun ? parseFilter(text) : readFilter(text, words), problem: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const at = error instanceof FilterError ? error.at - 1 : 0;
    // The page lists the fields as they are typed; a message of all of them would cover the table.
    const what = error.message.replace(/^filter, at \d+: |^filter: /, '').replace(/; known: .*/s, '');
    const problem = { at, text: what, open: at >= text.trimEnd().length || begun || beginning(text.slice(at)) };
    for (let rest = text; ;) {
      const cut = /^(.*\S)\s+and\b/s.exec(rest)?.[1];
      if (cut === undefined) return { filter: everything, problem };
      try {
        return { filter: parseFilter(cut), problem };
      } catch {
        rest = cut; // what is wrong stands further to the left
      }
    }
  }
}

/** What happened to runs, by id: a run as it now is, null where it was removed. */
export class Changes extends Map<string, RunSummary | null> {}

/** The list with changed runs in their places, new ones at its end, removed ones gone. */
export function mergeRuns(runs: readonly RunSummary[], changes: Changes): RunSummary[] {
  const byId = new Map<string, RunSummary | null>(runs.map((r) => [r.id, r]));
  for (const [id, run] of changes) {
    if (run) byId.set(id, run);
    else byId.delete(id);
  }
  return [...byId.values()].filter((run) => run !== null);
}

/** Every tag in use, in order. */
export function tagsOf(runs: readonly RunSummary[]): string[] {
  const found = new Set<string>();
  for (const { tags } of runs) for (const tag of tags) found.add(tag);
  return [...found].sort();
}
