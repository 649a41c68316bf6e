// What a figure for a paper starts from.
import { dpiRange, type FigureStyle } from '../../main/contract/figure-style.ts';
import type { Settings } from '../../main/contract/settings.ts';

export interface FigureDefaults {
  style: Partial<FigureStyle>;
  /** dots an inch of a PNG */
  dpi: number;
  unit: 'mm' | 'in';
}

/** As a person has set it. This is the one place that export reads its defaults from. */
export const figureDefaults = ({ figure: { style, dpi, unit } }: Settings): FigureDefaults => ({
  style: Object.fromEntries(Object.entries(style).filter(([, v]) => v !== undefined)),
  dpi: Math.min(dpiRange[1], Math.max(dpiRange[0], dpi)),
  unit,
});
