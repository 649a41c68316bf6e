// The commands that hold everywhere: views, figures from files, themes.
import type { MenuCommand } from '../../main/contract/desktop.ts';
import type { Command } from './commands.svelte.ts';
import type { View } from './place.ts';
import type { Session } from './session.svelte.ts';
import { themeChoices } from './theme.svelte.ts';

const places: { view: View & MenuCommand; label: string; key?: string }[] = [
  { view: 'library', label: 'Library', key: 'l' },
  { view: 'compare', label: 'Compare', key: 'c' },
  { view: 'new', label: 'New experiment', key: 'n' },
  { view: 'reproduce', label: 'Reproduce the paper' },
  { view: 'datasets', label: 'Datasets' },
  { view: 'devices', label: 'Devices' },
  { view: 'help', label: 'Help' },
  { view: 'settings', label: 'Settings' },
];

export function pageCommands({ figures, router, settings }: Session): Command[] {
  return [
    ...places.map(({ view, label, key }) => ({ id: view, label, kind: 'view', ...(key && { key }), run: () => router.go({ view }) })),
    { label: 'Open figure…', kind: 'file', detail: 'an SVG that was exported', key: 'o', run: () => figures.choose() },
    ...themeChoices.map(({ value, label }) => ({
      id: `theme-${value}` as const,
      label: `Theme: ${label}`,
      kind: 'setting',
      run: () => void settings.set({ theme: value }),
    })),
  ];
}
