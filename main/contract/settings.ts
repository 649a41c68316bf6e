// What a person has chosen for the page, kept with the library: every setting once, with its parser and its default.
import { z } from 'zod';
import { figureStyle } from './calls/figures.ts';
import { dpiRange } from './figure-style.ts';

/** A library view under a name: filter, order, grouping, columns, as they stand in the address. */
const savedView = z.strictObject({ name: z.string().min(1).max(80), params: z.record(z.string().max(40), z.string().max(2000)) });

export const settings = {
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** of the library's table, in their order; empty: the usual ones */
  columns: z.array(z.string().max(200)).max(60).default([]),
  views: z.array(savedView).max(200).default([]),
  /** with which figures are exported unless something else is asked for */
  figure: z
    .strictObject({ style: figureStyle, dpi: z.number().int().min(dpiRange[0]).max(dpiRange[1]), unit: z.enum(['mm', 'in']) })
    .default({
      style: { widthMm: 85, theme: 'light' },
      dpi: 300,
      unit: 'mm',
    }),
} as const;

export type SettingName = keyof typeof settings;
export type Settings = { [K in SettingName]: z.output<(typeof settings)[K]> };
export type SavedView = z.output<typeof savedView>;
export const settingNames = Object.keys(settings) as SettingName[];

/** The settings that `read` answers, defaults where it has none, or one that this version cannot read. */
export function settingsFrom(read: (name: SettingName) => unknown): Settings {
  const one = (name: SettingName): unknown => {
    const found = settings[name].safeParse(read(name));
    return found.success ? found.data : settings[name].parse(undefined);
  };
  return Object.fromEntries(settingNames.map((name) => [name, one(name)])) as Settings;
}
