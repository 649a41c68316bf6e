// First come, first served, unless a person orders them otherwise; so many at a time.

export interface Work {
  id: string;
  /** begins at its turn; must not reject. Work that says it rests lends its place to others until it says that it does no longer. */
  begin(onRest: (resting: boolean) => void): Promise<void>;
}

export class Queue {
  #most: number;
  #held = false;
  #waiting: Work[] = [];
  readonly #busy = new Set<string>();
  readonly #resting = new Set<string>();
  #closed = false;
  #changed: () => void;

  /** changed: hears of every change of what stands below */
  constructor(most: number, changed: () => void = () => undefined) {
    this.#most = most;
    this.#changed = changed;
  }

  get most(): number {
    return this.#most;
  }
  get held(): boolean {
    return this.#held;
  }
  /** Ids in the order in which they will begin. */
  get waiting(): string[] {
    return this.#waiting.map((w) => w.id);
  }
  /** Ids in the order in which they began. */
  get busy(): string[] {
    return [...this.#busy];
  }
  get resting(): string[] {
    return [...this.#resting];
  }

  /** What is at work goes on, also where it is more than that. */
  setMost(most: number): void {
    this.#most = most;
    this.#next();
  }

  /** While it is held, nothing new begins. */
  hold(held: boolean): void {
    this.#held = held;
    this.#next();
  }

  add(work: Work): void {
    this.#waiting.push(work);
    this.#next();
  }

  /** These begin first, in this order; the others after them, in the order that they had. Ids that do not wait change nothing. */
  order(ids: readonly string[]): void {
    const place = new Map(ids.map((id, i) => [id, i]));
    const placeOf = (w: Work) => place.get(w.id) ?? ids.length;
    this.#waiting = this.#waiting.toSorted((a, b) => placeOf(a) - placeOf(b)); // stable
    this.#changed();
  }

  /** Takes out those of `ids` that have not begun, and answers them. */
  remove(ids: readonly string[]): string[] {
    const wanted = new Set(ids);
    const removed = this.#waiting.filter((w) => wanted.has(w.id)).map((w) => w.id);
    this.#waiting = this.#waiting.filter((w) => !wanted.has(w.id));
    if (removed.length > 0) this.#changed();
    return removed;
  }

  /** What waits from now on never begins. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  #rest(id: string, resting: boolean): void {
    (resting ? this.#busy : this.#resting).delete(id);
    (resting ? this.#resting : this.#busy).add(id); // also where the place has been taken meanwhile
    this.#next();
  }

  #next(): void {
    while (!this.#closed && !this.#held && this.#busy.size < this.#most && this.#waiting.length > 0) {
      const work = this.#waiting.shift() as Work;
      this.#busy.add(work.id);
      void work
        .begin((resting) => this.#rest(work.id, resting))
        .finally(() => {
          this.#busy.delete(work.id);
          this.#resting.delete(work.id);
          this.#next();
        });
    }
    this.#changed();
  }
}
