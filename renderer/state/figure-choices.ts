// What fonts and palettes of figures are called, and what each is good for.
import type { FigureFont, FigurePalette } from '../../main/contract/figure-style.ts';

export const fonts: Record<FigureFont, string> = { inter: 'Inter', serif: 'STIX Two (serif)', helvetica: 'Helvetica, Arial' };
export const fontHints: Record<FigureFont, string> = { inter: '', serif: 'goes with LaTeX', helvetica: 'what many journals ask for' };
export const palettes: Record<FigurePalette, string> = { 'okabe-ito': 'Okabe–Ito', tol: 'Tol, muted', grey: 'Greys' };
export const paletteHints: Record<FigurePalette, string> = {
  'okabe-ito': '',
  tol: 'for any colour vision',
  grey: 'told apart by marker and dash',
};
