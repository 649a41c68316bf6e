// What may be dropped on the window, by the ends of file names; a page may take the rest while it is shown.
import type { NamedFile } from '../transfer.ts';
import type { Notices } from './notices.svelte.ts';

export interface Taker {
  /** what is dropped, for the overlay and for refusals: `bundles of runs (.kernelscope)` */
  what: string;
  take(files: NamedFile[]): void;
}

export class Drops {
  #byEnd: { end: string; taker: Taker }[] = [];
  #notices: Notices;
  /** takes what no other takes, folders too */
  rest = $state.raw<Taker | null>(null);

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  /** Takes files whose names end so, wherever they are dropped. */
  on(end: string, taker: Taker): void {
    this.#byEnd.push({ end, taker });
  }

  /** The page that is shown takes what is left; call the result when it goes. */
  takeRest(taker: Taker): () => void {
    this.rest = taker;
    return () => {
      if (this.rest === taker) this.rest = null;
    };
  }

  get whats(): string[] {
    const all = [...this.#byEnd.map(({ taker }) => taker.what), ...(this.rest ? [this.rest.what] : [])];
    return all.filter((what, i) => all.indexOf(what) === i);
  }

  drop(files: readonly NamedFile[]): void {
    // What lies in a folder belongs to that folder.
    const endsSo = ({ name }: NamedFile, end: string) => name.toLowerCase().endsWith(end) && !name.includes('/');
    for (const { end, taker } of this.#byEnd) {
      const own = files.filter((f) => endsSo(f, end));
      if (own.length > 0) taker.take(own);
    }
    const left = files.filter((f) => !this.#byEnd.some(({ end }) => endsSo(f, end)));
    if (left.length === 0) return;
    if (this.rest) return this.rest.take(left);
    const more = left.length > 1 ? `; ${left.length} files were left out` : '';
    this.#notices.failed(new Error(`${left[0].name}: expected ${this.whats.join(' or ')}${more}`));
  }
}
