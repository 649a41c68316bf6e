// What a figure is drawn with: colours (the tokens of styles/tokens.css as plain values, since a figure has to carry its own), the shapes of
// its dots where colour alone would not do, and its letters.
import { interpolateCividis, interpolateLab, interpolatePlasma, interpolateViridis } from 'd3';
import type { FigurePalette, FigureStyle } from '../../main/contract/figure-style.ts';
import { lettersOf, type Letters } from './letters.ts';
import type { Shape } from './shapes.ts';

type Theme = FigureStyle['theme'];
type Ramp = (t: number) => string;

export interface Palette {
  ground: string;
  text: string;
  soft: string;
  axis: string;
  grid: string;
  /** metrics and models, in order */
  data: readonly string[];
  /** early, middle, late */
  epochs: readonly [string, string, string];
  /** n colours from the first layer to the last, the first furthest from the ground */
  layers(n: number): string[];
  /** of a heat map: of a value in [0, 1] */
  heat: Ramp;
  /** of dots, by the place of their series; several where colour does not tell series apart */
  shapes: readonly [Shape, ...Shape[]];
  letters: Letters;
}

type Colours = Omit<Palette, 'shapes' | 'letters' | 'layers' | 'heat'>;
const grounds = {
  light: { ground: '#ffffff', text: '#17181c', soft: '#55585f', axis: '#7d828d', grid: '#eceef1' },
  dark: { ground: '#141518', text: '#ecedf0', soft: '#b0b4bd', axis: '#737985', grid: '#26292f' },
} as const;
const series: Record<FigurePalette, Record<Theme, Pick<Colours, 'data' | 'epochs'>>> = {
  // Okabe and Ito, darkened until 3:1 on white.
  'okabe-ito': {
    light: {
      data: ['#0072b2', '#d55e00', '#009e73', '#b85f92', '#b87800', '#2b8cc4'],
      epochs: ['#7488bd', '#4060b0', '#12265c'],
    },
    dark: {
      data: ['#4aa8e0', '#f0803c', '#2cc295', '#e08fbd', '#e69f00', '#7cc8f2'],
      epochs: ['#5f74ad', '#8fa6e6', '#dbe4ff'],
    },
  },
  // Six of Tol's muted set (SRON/EPS/TN/09-002), likewise.
  tol: {
    light: {
      data: ['#332288', '#cc6677', '#117733', '#aa4499', '#8a8a2a', '#3a9c8c'],
      epochs: ['#9a7fb0', '#7a3f8f', '#3a0f4f'],
    },
    dark: {
      data: ['#8f86e8', '#ec8f9c', '#3fa566', '#d98cc9', '#dcd97c', '#8fe0d4'],
      epochs: ['#8a6a9c', '#bd8fd0', '#efdcf8'],
    },
  },
  // Lightness in steps that alternate, so that neighbours differ; markers say the rest.
  grey: {
    light: {
      data: ['#1a1a1a', '#767676', '#474747', '#8c8c8c', '#000000', '#5e5e5e'],
      epochs: ['#8f8f8f', '#5a5a5a', '#0f0f0f'],
    },
    dark: {
      data: ['#f0f0f0', '#8c8c8c', '#c4c4c4', '#787878', '#ffffff', '#a8a8a8'],
      epochs: ['#7a7a7a', '#b0b0b0', '#f5f5f5'],
    },
  },
};

/** Colours of layers lie at the dark end of their map on white, at the bright end, from `dark` on, on black: all 3:1 at least. */
const ramps: Record<FigurePalette, { layers: Ramp; heat: Ramp; dark: number }> = {
  'okabe-ito': { layers: interpolatePlasma, heat: interpolateViridis, dark: 0.4 },
  tol: { layers: interpolateCividis, heat: interpolateCividis, dark: 0.4 },
  // More is darker, as in print; dark values lie on either ground.
  grey: { layers: interpolateLab('#000000', '#e8e8e8'), heat: interpolateLab('#f4f4f4', '#141414'), dark: 0.5 },
};

/** n colours from the first layer to the last: the furthest from the ground first on white, last on black. */
export const layerColours = (theme: Theme, n: number, name: FigurePalette = 'okabe-ito'): string[] =>
  Array.from({ length: n }, (_, i) => {
    const t = n === 1 ? 0 : i / (n - 1);
    const { layers, dark } = ramps[name];
    return layers(theme === 'dark' ? dark + (1 - dark) * t : 0.62 * t);
  });

const shapesOf = (name: FigurePalette): Palette['shapes'] =>
  name === 'grey' ? ['disc', 'square', 'triangle', 'diamond', 'wedge', 'cross'] : ['disc'];

export const paletteOf = (theme: Theme, name: FigurePalette = 'okabe-ito', letters: Letters = lettersOf('inter', 8)): Palette => ({
  ...grounds[theme],
  ...series[name][theme],
  layers: (n) => layerColours(theme, n, name),
  heat: (t) => ramps[name].heat(Math.min(1, Math.max(0, t))),
  shapes: shapesOf(name),
  letters,
});

/** What each quantity is drawn in, the same in every figure. */
export const roles = { target: 0, input: 1, network: 2, penultimate: 3, gradient: 5 } as const;

/** The shape of a series' dots by its place among the others. */
export const shapeOf = ({ shapes }: Palette, i: number): Shape => shapes[i % shapes.length];
/** Whether series are told apart by shape, since their colours may look alike. */
export const byShape = ({ shapes }: Palette): boolean => shapes.length > 1;
/** The colour of words about a series. */
export const inkOf = (palette: Palette, colour: string): string => (byShape(palette) ? palette.text : colour);

/** n colours from early to late, one hue. */
export function epochColours({ epochs }: Palette, n: number): string[] {
  const [early, middle, late] = epochs;
  const [first, second] = [interpolateLab(early, middle), interpolateLab(middle, late)];
  const at = (t: number) => (t < 0.5 ? first(2 * t) : second(2 * t - 1));
  return Array.from({ length: n }, (_, i) => at(n === 1 ? 1 : i / (n - 1)));
}
