// What the figures share: the room they have, the axis of epochs, the curves of train and test.
import type { FigureStyle } from '../../main/contract/figures.ts';
import type { Split } from '../../main/contract/results.ts';
import type { AxisSpec } from './axis.ts';
import type { PlotSpec } from './curves.ts';
import { ends } from './frame.ts';
import type { Letters } from './letters.ts';
import type { Palette } from './palette.ts';
import { plain, type Box, type Panel, type Scene, type Table } from './scene.ts';

export interface Layout {
  /** what the figure may take, under its title */
  top: number;
  width: number;
  height: number;
  palette: Palette;
  style: FigureStyle;
  /** panels stand side by side */
  wide: boolean;
}

/** A figure before it is drawn. */
export interface Drawing {
  title: string;
  caption: string;
  plots: PlotSpec[];
  /** what stands beside the plots, once their places are known, and panels that are no plots */
  finish?(panels: readonly Panel[]): Panel[];
  table: Table;
  facts: Scene['facts'];
}

/** Two panels side by side want the width of a page and a landscape format. */
export const isWide = (widthMm: number, heightMm: number): boolean => widthMm >= 130 && widthMm >= 2 * heightMm;

export const whole = ({ top, width, height }: Layout): Box => ({ x: 0, y: top, width, height });
export function columnsOf({ top, width, height }: Layout, n: number): Box[] {
  const gap = 14;
  const each = (width - (n - 1) * gap) / n;
  return Array.from({ length: n }, (_, i) => ({ x: i * (each + gap), y: top, width: each, height }));
}
export function stacked({ top, width, height }: Layout, n: number): Box[] {
  const gap = 6;
  const each = (height - (n - 1) * gap) / n;
  return Array.from({ length: n }, (_, i) => ({ x: 0, y: top + i * (each + gap), width, height: each }));
}

/** Boxes under each other whose plots, each with its letter, are equally high, or as high as `weights` say. All but the last have the axis of
 *  the one below, and the last one too where `over` says that more follows. */
export function rowsOf(
  { x, y, width, height }: Box,
  n: number,
  over: boolean,
  letters: Letters,
  weights: readonly number[] = Array.from({ length: n }, () => 1),
): { outer: Box; shared: boolean }[] {
  const gap = 4;
  const rows = Array.from({ length: n }, (_, i) => over || i < n - 1);
  const around = rows.map((shared) => ends({ letter: 'a', shared }, letters)).map(({ top, bottom }) => top + bottom);
  const plot = Math.max(1, (height - (n - 1) * gap - around.reduce((a, b) => a + b, 0)) / weights.reduce((a, b) => a + b, 0));
  let at = y;
  return rows.map((shared, i) => {
    const outer = { x, y: at, width, height: plot * weights[i] + around[i] };
    at += outer.height + gap;
    return { outer, shared };
  });
}

/** Of axes that are logarithmic unless they are asked to be linear. */
export const axisType = (wanted: FigureStyle['xScale']) => (wanted === 'linear' ? 'linear' : 'log');

/** Epochs from 0 to the last; on a logarithm, 0 keeps its place. */
export function epochAxis(epochs: readonly number[], wanted: FigureStyle['xScale']): AxisSpec {
  const domain = [0, epochs.reduce((a, b) => Math.max(a, b), 1)] as const;
  return { type: wanted === 'log' ? 'symlog' : 'linear', domain, label: plain('epoch') };
}

/** Both sets, or the one there is; train first. */
export const splitsOf = (points: readonly { split: Split }[]): Split[] =>
  (['train', 'test'] as const).filter((split) => points.some((p) => p.split === split));

/** Points of one split in order of epoch. */
export const ofSplit = <T extends { split: Split; epoch: number }>(points: readonly T[], split: Split): T[] =>
  points.filter((p) => p.split === split).sort((a, b) => a.epoch - b.epoch);

export const measureNames = { cka: 'CKA', kta: 'KTA', debiased: 'debiased CKA' } as const;
