// What can be done from the palette: the commands of the page, and those of the view that is open while it is.
import type { MenuCommand } from '../../main/contract/desktop.ts';

export interface Command {
  /** by which the desktop app's menu asks for it */
  id?: MenuCommand;
  /** what it is called, and found by */
  label: string;
  /** what kind of thing, in a word: view, run, preset, … */
  kind: string;
  /** more words to find it by, and what is shown beside it */
  detail?: string;
  /** the key that does it without the palette */
  key?: string;
  run: () => void;
}

export class Commands {
  #sources = $state.raw<readonly (() => readonly Command[])[]>([]);

  /** Those of all sources, the ones of the open view first. */
  list(): Command[] {
    return this.#sources.flatMap((source) => source());
  }

  /** Adds what a view can do; call the result when it closes. */
  add(source: () => readonly Command[]): () => void {
    this.#sources = [source, ...this.#sources];
    return () => (this.#sources = this.#sources.filter((s) => s !== source));
  }
}

/** Characters of `query` in `text` in their order, the nearer together and the nearer to beginnings of words the better; null: not there. */
export function rank(query: string, text: string): number | null {
  const [q, t] = [query.toLowerCase(), text.toLowerCase()];
  const whole = t.indexOf(q);
  if (whole >= 0) return (whole === 0 ? 300 : /[^\p{L}\p{N}]/u.test(t[whole - 1]) ? 200 : 100) - Math.min(50, t.length - q.length);
  let score = 0;
  let at = -1;
  for (const c of q) {
    if (c === ' ') continue;
    const next = t.indexOf(c, at + 1);
    if (next < 0) return null;
    score += next === at + 1 ? 3 : next === 0 || /[^\p{L}\p{N}]/u.test(t[next - 1]) ? 2 : -1;
    at = next;
  }
  return score - Math.min(50, t.length) / 10;
}

/** The best `most` commands for what was typed; all in their order where nothing was. */
export function found(commands: readonly Command[], query: string, most: number): Command[] {
  const wanted = query.trim();
  if (!wanted) return commands.slice(0, most);
  const scored: { command: Command; score: number }[] = [];
  for (const command of commands) {
    const own = rank(wanted, command.label);
    // Beside the name, letters far apart would find nearly everything.
    const score = own ?? (command.detail?.toLowerCase().includes(wanted.toLowerCase()) ? -50 : null);
    if (score !== null) scored.push({ command, score });
  }
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map((s) => s.command);
}
