// What the help shows: the topics that a query finds, and the one that is read. Both stand in the address.
import { groups, searchTopics, topic, topics, type Topic } from '../help/index.ts';
import type { Router } from './router.svelte.ts';

export class Help {
  #router: Router;

  constructor(router: Router) {
    this.#router = router;
  }

  readonly query: string = $derived.by(() => this.#router.place.params['q'] ?? '');
  readonly found: readonly Topic[] = $derived(searchTopics(this.query));
  /** the one of the address, else the first that is found; null: none is, and none was asked for */
  readonly shown: Topic | null = $derived.by(() => topic(this.#router.place.params['topic'] ?? '') ?? this.found[0] ?? null);
  readonly byGroup: readonly { group: string; topics: readonly Topic[] }[] = $derived(
    groups
      .map((group) => ({ group, topics: (this.query ? this.found : topics).filter((t) => t.group === group) }))
      .filter((g) => g.topics.length > 0),
  );

  search(query: string): void {
    this.#router.choose({ q: query || null, topic: null });
  }

  /** The topic after (1) or before (−1) the one that is read, in the order of the list. */
  step(by: number): void {
    const list = this.byGroup.flatMap((g) => g.topics);
    const at = list.findIndex((t) => t === this.shown);
    const next = list[Math.max(0, Math.min(list.length - 1, at + by))];
    if (next) this.#router.choose({ topic: next.id });
  }
}
