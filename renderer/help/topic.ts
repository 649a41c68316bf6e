// What a topic of the help is.
import type { Formula } from './math.ts';

export const groups = ['Training', 'Alignment', 'Spectrum', 'Tangent kernel', 'Between layers', 'Over runs'] as const;
export type Group = (typeof groups)[number];

export interface Topic {
  /** stands in addresses */
  id: string;
  title: string;
  group: Group;
  /** other words to find it by */
  also: readonly string[];
  formulas: readonly Formula[];
  /** what its letters are */
  letters: string;
  meaning: string;
  /** how it misleads, a sentence or two each */
  misleads: readonly string[];
  source: string;
  /** ids of topics to read on */
  related: readonly string[];
}
