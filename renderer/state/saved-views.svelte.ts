// The library's views under names: filter, order, grouping and columns together.
import type { SavedView } from '../../main/contract/settings.ts';
import type { Session } from './session.svelte.ts';

const kept = ['filter', 'sort', 'group'] as const;

export class SavedViews {
  readonly #session: Pick<Session, 'router' | 'settings'>;
  constructor(session: Pick<Session, 'router' | 'settings'>) {
    this.#session = session;
  }

  readonly list: readonly SavedView[] = $derived.by(() => this.#session.settings.current.views);
  /** The table as it now stands. */
  readonly now: Record<string, string> = $derived.by(() => {
    const { params } = this.#session.router.place;
    const chosen = Object.fromEntries(kept.flatMap((key) => (params[key] ? [[key, params[key]]] : [])));
    return { ...chosen, columns: this.#session.settings.current.columns.join(',') };
  });
  /** The name of the view that is shown, if one is. */
  readonly shown: string | null = $derived(this.list.find((view) => same(view.params, this.now))?.name ?? null);

  /** Keeps the table as it stands; in place of a view of that name. */
  save(name: string): Promise<boolean> {
    const view = { name, params: this.now };
    return this.#put((list) => {
      const at = list.findIndex((v) => v.name === name);
      return at < 0 ? [...list, view] : list.with(at, view);
    });
  }
  rename(from: string, to: string): Promise<boolean> {
    return this.#put((list) => {
      const others = list.filter((v) => v.name !== to || v.name === from);
      return others.map((v) => (v.name === from ? { ...v, name: to } : v));
    });
  }
  remove = (name: string): Promise<boolean> => this.#put((list) => list.filter((v) => v.name !== name));

  async apply({ params }: SavedView): Promise<void> {
    const { router, settings } = this.#session;
    const columns = (params['columns'] ?? '').split(',').filter(Boolean);
    if (columns.join(',') !== settings.current.columns.join(',')) await settings.set({ columns });
    router.choose(Object.fromEntries(kept.map((key) => [key, params[key] ?? null])));
  }

  #put(change: (list: readonly SavedView[]) => readonly SavedView[]): Promise<boolean> {
    return this.#session.settings.set({ views: [...change(this.list)] });
  }
}

const same = (a: Record<string, string>, b: Record<string, string>) =>
  [...kept, 'columns'].every((key) => (a[key] ?? '') === (b[key] ?? ''));
