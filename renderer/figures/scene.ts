// What a figure is made of once it is laid out: marks with pixel places (96 to the inch), their data, their words.
import type { FigureStyle } from '../../main/contract/figure-style.ts';

export interface Span {
  text: string;
  italic?: boolean;
  bold?: boolean;
  /** superscript */
  raised?: boolean;
}
export type Words = readonly Span[];

export type Mark =
  | { type: 'path'; d: string; stroke: string; width: number; dash?: string; fill?: string; opacity?: number }
  | { type: 'dot'; x: number; y: number; r: number; stroke: string; fill: string }
  | { type: 'text'; x: number; y: number; words: Words; size: number; fill: string; anchor: 'start' | 'middle' | 'end'; turned?: boolean };

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One drawn point, for the pointer. */
export interface Spot {
  x: number;
  y: number;
  /** the horizontal value in words: 'epoch 60' */
  at: string;
  series: string;
  value: number;
  colour: string;
  /** what it stands for, where it can be picked: a run's id, or two with a blank between */
  key?: string;
}

export interface Panel {
  frame: Box;
  marks: Mark[];
  spots: Spot[];
  /** pixels from a spot within which it answers the pointer; 40 if not said */
  reach?: number;
}

export type Cell = string | number | null;
/** Tidy: one row a point. */
export interface Table {
  columns: string[];
  rows: Cell[][];
}

export interface Scene {
  /** with what was left open filled in */
  style: FigureStyle;
  widthMm: number;
  heightMm: number;
  width: number;
  height: number;
  ground: string;
  text: string;
  soft: string;
  line: string;
  /** families as SVG names them */
  fonts: string;
  /** a short name for screen readers */
  title: string;
  /** the caption under it in a paper */
  caption: string;
  panels: Panel[];
  /** over all panels: the title */
  above: Mark[];
  table: Table;
  /** how its numbered axes are scaled; null where an axis has names. Of several panels, the last: what limits and scales are for */
  scales: { x: 'linear' | 'log' | null; y: 'linear' | 'log' | null };
  /** numbers that are drawn and are no points: C, N, noise floors */
  facts: Record<string, Cell | Cell[]>;
}

export const pixelsPerMm = 96 / 25.4;
export const pt = 96 / 72;
/** Sizes in print: lines 1.2 pt, axes 0.6 pt, ticks 3 and 1.5 pt. Those of words are chosen (letters.ts). */
export const size = { line: 1.2 * pt, axis: 0.6 * pt, major: 3 * pt, minor: 1.5 * pt, dot: 1.6 * pt } as const;
export const dashes = { test: '4 2.5', rule: '3 2.5', null: '1 2.5' } as const;

export const plain = (text: string): Words => [{ text }];
export const bold = (text: string): Words => [{ text, bold: true }];
/** A symbol: *η*, *K*. */
export const symbol = (text: string): Span => ({ text, italic: true });
export const spell = (words: Words): string => words.map((w) => w.text).join('');
