// Where the person is, kept in the address after `#`: reload, back and a copied link all lead to the same place,
// whether the page came over http or from the app's own scheme.

export const views = ['library', 'run', 'compare', 'new', 'reproduce', 'datasets', 'devices', 'help', 'settings'] as const;
export type View = (typeof views)[number];

export interface Place {
  view: View;
  /** the run's id, on the run page */
  run: string | null;
  /** what is chosen on the page: filter, snapshot, layer, … */
  params: Readonly<Record<string, string>>;
}

/** The place of an address's hash; an unknown one leads to the library. */
export function parsePlace(hash: string): Place {
  const [path, query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [view, run] = path.split('/').map(decode);
  const params = Object.fromEntries(new URLSearchParams(query));
  if (view === 'run' && run) return { view, run, params };
  const known = views.find((v) => v === view && v !== 'run');
  return { view: known ?? 'library', run: null, params };
}

/** The hash of a place; the other way round of `parsePlace`. */
export function placeHref({ view, run, params = {} }: { view: View; run?: string | null; params?: Record<string, string> }): string {
  const query = new URLSearchParams(params).toString();
  return `#/${view}${view === 'run' ? `/${encodeURIComponent(run ?? '')}` : ''}${query ? `?${query}` : ''}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a mangled link is still a place: the run is then not found, by its name
  }
}
