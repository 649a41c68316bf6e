// Colours of figures: the tokens of styles/tokens.css as plain values, since a figure has to carry its own.
import { interpolateLab, interpolatePlasma } from 'd3';
import type { FigureStyle } from '../../main/contract/figures.ts';

export interface Palette {
  ground: string;
  text: string;
  soft: string;
  axis: string;
  grid: string;
  /** metrics and models, in the order of Okabe and Ito */
  data: readonly string[];
  /** early, middle, late */
  epochs: readonly [string, string, string];
}

const light: Palette = {
  ground: '#ffffff',
  text: '#17181c',
  soft: '#55585f',
  axis: '#7d828d',
  grid: '#eceef1',
  data: ['#0072b2', '#d55e00', '#009e73', '#b85f92', '#b87800', '#2b8cc4'],
  epochs: ['#7488bd', '#4060b0', '#12265c'],
};
const dark: Palette = {
  ground: '#141518',
  text: '#ecedf0',
  soft: '#b0b4bd',
  axis: '#737985',
  grid: '#26292f',
  data: ['#4aa8e0', '#f0803c', '#2cc295', '#e08fbd', '#e69f00', '#7cc8f2'],
  epochs: ['#5f74ad', '#8fa6e6', '#dbe4ff'],
};

export const paletteOf = (theme: FigureStyle['theme']): Palette => (theme === 'dark' ? dark : light);

/** What each quantity is drawn in, the same in every figure. */
export const roles = { target: 0, input: 1, network: 2, penultimate: 3, gradient: 5 } as const;

/** n colours from early to late, one hue. */
export function epochColours({ epochs }: Palette, n: number): string[] {
  const [early, middle, late] = epochs;
  const [first, second] = [interpolateLab(early, middle), interpolateLab(middle, late)];
  const at = (t: number) => (t < 0.5 ? first(2 * t) : second(2 * t - 1));
  return Array.from({ length: n }, (_, i) => at(n === 1 ? 1 : i / (n - 1)));
}

/** n colours from the first layer to the last: plasma's dark end on white, its bright end on black. */
export const layerColours = (theme: FigureStyle['theme'], n: number): string[] =>
  Array.from({ length: n }, (_, i) => {
    const t = n === 1 ? 0 : i / (n - 1);
    return theme === 'dark' ? interpolatePlasma(0.4 + 0.6 * t) : interpolatePlasma(0.62 * t);
  });
