// The paper's statements beside what the library holds. What `reproduce.get` answers.
import type { FigureRequest } from './figures.ts';
import type { Table1Column, Table1Row } from './sweeps.ts';

export const paperFigures = ['fig1', 'fig2', 'fig3', 'fig4', 'fig5', 'fig6', 'table1', 'fig7', 'fig8'] as const;
export type PaperFigureId = (typeof paperFigures)[number];

/** `undecided`: the numbers are there, but their intervals, or a margin named in the statement, leave it open. `not-run`: they are not. */
export const verdicts = ['passed', 'failed', 'undecided', 'not-run'] as const;
export type Verdict = (typeof verdicts)[number];

/** One statement of the paper, and whether it holds here. */
export interface CheckedClaim {
  id: string;
  /** where it stands in the paper: `Section V`, `Fig. 1, caption` */
  place: string;
  /** as a sign, an order or a range, in our words */
  statement: string;
  verdict: Verdict;
  /** what was measured, in words; for `not-run`: what is missing */
  measured: string;
  /** of Table I: which entry it is */
  cell: { row: Table1Row; column: Table1Column; r: number | null; low: number | null; high: number | null; paper: number } | null;
}

/** What is drawn for a figure of the paper, by the library's own figures. */
export interface DrawnFigure {
  title: string;
  sub: string;
  request: FigureRequest;
}

export interface ReproducedFigure {
  figure: PaperFigureId;
  /** `Fig. 1`, `Table I` */
  name: string;
  shows: string;
  study: StudyId;
  /** empty where there is nothing to draw it from */
  drawn: DrawnFigure[];
  claims: CheckedClaim[];
}

export const studies = ['section-5', 'section-6'] as const;
export type StudyId = (typeof studies)[number];

/** One experiment of the paper, and the runs of this library that stand for it. */
export interface ReproducedStudy {
  study: StudyId;
  /** `Section V` */
  name: string;
  /** what the paper did, in a line */
  what: string;
  /** the runs that the claims are checked on; null: none that qualifies is done */
  used: {
    runs: string[];
    /** of a single run: its name */
    name: string | null;
    /** done, but left out because they did not fit their training samples */
    leftOut: number;
    /** fields in which they are not the paper's; empty: none */
    differs: { path: string; here: string; paper: string }[];
  } | null;
  /** runs that qualify once they are done: at work or waiting */
  underway: string[];
  /** runs that would qualify, had they not stopped or failed */
  stopped: string[];
  /** presets that bring what is missing, the small one first */
  presets: { preset: string; scale: 'small' | 'paper'; sweep: boolean }[];
}

export interface Reproduction {
  studies: ReproducedStudy[];
  figures: ReproducedFigure[];
}
