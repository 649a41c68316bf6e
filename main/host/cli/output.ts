// Standard output for results, standard error for everything else.
import type { Writable } from 'node:stream';
import { createProgress, type Progress } from './progress.ts';

export interface Terminal extends Writable {
  isTTY?: boolean;
  columns?: number;
}

export interface Output {
  readonly json: boolean;
  /** the document has been written */
  readonly hasDocument: boolean;
  /** a result for people; nothing under --json */
  line(text: string): void;
  /** the document of --json; nothing otherwise */
  document(value: unknown): void;
  /** a remark on standard error */
  log: (text: string) => void;
  /** a remark under --verbose */
  detail: (text: string) => void;
  progress(what: string, unit?: string): Progress;
}

/** Writes to the two streams of a process. A second document would break every reader of --json: it throws. */
export function createOutput(o: { json: boolean; verbose: boolean; out: Writable; err: Terminal; now?: () => number }): Output {
  let documents = 0;
  let current: Progress | null = null;
  const log = (text: string) => {
    current?.clear();
    o.err.write(`${text}\n`);
  };
  return {
    json: o.json,
    get hasDocument() {
      return documents > 0;
    },
    line: (text) => {
      if (o.json) return;
      current?.clear();
      o.out.write(`${text}\n`);
    },
    document: (value) => {
      if (!o.json) return;
      if (documents++ > 0) throw new Error('a second JSON document');
      o.out.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    log,
    detail: (text) => {
      if (o.verbose) log(text);
    },
    progress: (what, unit) => (current = createProgress({ what, unit, stream: o.err, now: o.now ?? Date.now })),
  };
}

/** A table for people: the first column to the left, numbers to the right; widths of what is in it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...[head, ...rows].map((r) => [...(r[column] ?? '')].length));
  const widths = head.map((_, i) => width(i));
  const right = head.map((_, i) => rows.length > 0 && rows.every((r) => /^[-–+]?[\d.,]*( ?%)?$/.test(r[i] ?? '')));
  const line = (r: readonly string[]) =>
    head
      .map((_, i) => (right[i] ? (r[i] ?? '').padStart(widths[i]) : (r[i] ?? '').padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}
