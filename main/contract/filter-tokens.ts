// The words of a filter, with their places: for its parser, and for what the page completes and marks.
import { shown } from './config.ts';
import { KernelscopeError } from './errors.ts';

export interface Token {
  kind: 'word' | 'text' | 'operator' | 'end';
  text: string;
  /** 1-based place, for messages */
  at: number;
  /** how many characters it takes, quotes too */
  length: number;
}

/** A filter that cannot be read, and where. */
export class FilterError extends KernelscopeError {
  /** 1-based */
  readonly at: number;
  constructor(at: number, what: string) {
    super('bad-input', `filter, at ${at}: ${what}`);
    this.at = at;
  }
}

/** Signs that may be written in more than one way. */
const written: Record<string, string> = { '==': '=', '≠': '!=', '≤': '<=', '≥': '>=' };
const anywhere = /\s*(?:(?<operator>==|[<>!]=|[=<>()≠≤≥])|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<word>[^\s()=<>!"'≠≤≥]+))/y;
/** Between the brackets of `in (…)` a comma separates. */
const inList = /\s*(?:(?<operator>[=<>(),≠≤≥])|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<word>[^\s()=<>!"',≠≤≥]+))/y;

/** The tokens of a filter, an `end` after the last.
 *  @throws FilterError at a quote without an end and at signs that mean nothing */
export function filterTokens(text: string): Token[] {
  const found: Token[] = [];
  const end = text.trimEnd().length;
  let listed = false;
  for (let from = 0; from < end;) {
    const pattern: RegExp = listed ? inList : anywhere;
    pattern.lastIndex = from;
    const groups = pattern.exec(text)?.groups;
    const start = from + /^\s*/.exec(text.slice(from))![0].length;
    if (!groups)
      throw new FilterError(
        start + 1,
        /["']/.test(text[start]) ? 'this quote has no end' : `expected a field or a value, got ${shown(text[start])}`,
      );
    from = pattern.lastIndex;
    const place = { at: start + 1, length: from - start };
    const { operator, word, double, single } = groups;
    if (operator !== undefined) {
      listed = operator === '(' ? found.at(-1)?.kind === 'word' && found.at(-1)?.text === 'in' : listed && operator !== ')';
      found.push({ kind: 'operator', text: written[operator] ?? operator, ...place });
    } else if (word !== undefined) found.push({ kind: 'word', text: word, ...place });
    else found.push({ kind: 'text', text: double ?? single, ...place });
  }
  return [...found, { kind: 'end', text: '', at: text.length + 1, length: 0 }];
}
