/** Strokes on an 18 × 18 grid. */
export const iconPaths = {
  library: 'M3 4h12M3 9h12M3 14h12',
  compare: 'M4 15V8M9 15V3M14 15v-5',
  new: 'M9 3v12M3 9h12',
  devices:
    'M6 4.5h6A1.5 1.5 0 0 1 13.5 6v6a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 12V6A1.5 1.5 0 0 1 6 4.5zM7 4.5V2M11 4.5V2M7 16v-2.5M11 16v-2.5M4.5 7H2M4.5 11H2M16 7h-2.5M16 11h-2.5',
  light: 'M9 6a3 3 0 1 1 0 6a3 3 0 0 1 0-6zM9 1.5v1.8M9 14.7v1.8M1.5 9h1.8M14.7 9h1.8M3.7 3.7 5 5M13 13l1.3 1.3M3.7 14.3 5 13M13 5l1.3-1.3',
  dark: 'M15 10.8A6.5 6.5 0 0 1 7.2 3a6.5 6.5 0 1 0 7.8 7.8z',
  auto: 'M9 2.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM9 2.5v13M9 5.2h4.6M9 8h6.2M9 10.8h6M9 13.4h4.2',
  search: 'M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9zM11.4 11.4 15 15',
  more: 'M4 9h.01M9 9h.01M14 9h.01',
  down: 'M5 7l4 4 4-4',
  close: 'M4.5 4.5l9 9M13.5 4.5l-9 9',
  export: 'M9 2.5v8.5M5.5 8 9 11.5 12.5 8M3 12.5V15h12v-2.5',
  check: 'M3 9l4 4 8-9',
  panel: 'M3 3.5h12v11H3zM11 3.5v11',
} as const;
export type IconName = keyof typeof iconPaths;
