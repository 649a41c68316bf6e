// Where the person is, as state that follows the address.
import { parsePlace, placeHref, type Place, type View } from './place.ts';

export class Router {
  place = $state.raw<Place>(parsePlace(location.hash));

  /** Follows the address; call the result to stop. */
  start(): () => void {
    const follow = () => (this.place = parsePlace(location.hash));
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }

  /** Goes elsewhere, as a new entry of the history. */
  go(to: { view: View; run?: string; params?: Record<string, string> }): void {
    location.hash = placeHref(to);
  }

  /** Changes choices on this page without a new entry: back leads to the page before, not through every slider step. */
  choose(change: Record<string, string | null>): void {
    const params: Record<string, string> = { ...this.place.params };
    for (const [key, value] of Object.entries(change)) {
      if (value === null) delete params[key];
      else params[key] = value;
    }
    this.place = { ...this.place, params };
    history.replaceState(history.state, '', placeHref(this.place));
  }
}
