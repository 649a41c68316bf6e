// Runs that are pinned: each has a letter and a colour, in figures and beside them.
import { mostOverlaid } from '../../main/contract/figures.ts';

export interface Pin {
  run: string;
  letter: string;
  /** a token, so that it follows the theme */
  colour: string;
}

export const pinsOf = (ids: readonly string[], there: readonly { id: string }[]): Pin[] =>
  ids
    .filter((id) => there.some((r) => r.id === id))
    .slice(0, mostOverlaid)
    .map((run, at) => ({ run, letter: String.fromCharCode(65 + at), colour: `var(--d${at + 1})` }));

/** With or without one more; a seventh takes the place of the last. */
export const repinned = (ids: readonly string[], id: string): string[] =>
  ids.includes(id) ? ids.filter((other) => other !== id) : [...ids.slice(0, mostOverlaid - 1), id];
