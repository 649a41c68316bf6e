// First come, first served; so many at a time.

export interface Work {
  id: string;
  /** begins at its turn; must not reject */
  begin(): Promise<void>;
}

export class Queue {
  #most: number;
  #waiting: Work[] = [];
  readonly #busy = new Set<string>();
  #closed = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** What is at work goes on, also where it is more than that. */
  setMost(most: number): void {
    this.#most = most;
    this.#next();
  }

  add(work: Work): void {
    this.#waiting.push(work);
    this.#next();
  }

  /** Takes out those of `ids` that have not begun, and answers them. */
  remove(ids: readonly string[]): string[] {
    const wanted = new Set(ids);
    const removed = this.#waiting.filter((w) => wanted.has(w.id)).map((w) => w.id);
    this.#waiting = this.#waiting.filter((w) => !wanted.has(w.id));
    return removed;
  }

  /** What waits from now on never begins. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  #next(): void {
    while (!this.#closed && this.#busy.size < this.#most && this.#waiting.length > 0) {
      const work = this.#waiting.shift() as Work;
      this.#busy.add(work.id);
      void work.begin().finally(() => {
        this.#busy.delete(work.id);
        this.#next();
      });
    }
  }
}
