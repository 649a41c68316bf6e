// From something that calls back to something that is asked: each value waits until it is taken.

export class Channel<T> {
  #offer: ((value: IteratorResult<T>) => void) | null = null;
  #waiting: { value: T; taken(): void }[] = [];
  #end: { error: unknown } | 'done' | null = null;
  #fail: ((error: unknown) => void) | null = null;

  /** Settles when the value has been taken. */
  put(value: T): Promise<void> {
    if (this.#end !== null) return Promise.resolve();
    if (this.#offer) {
      this.#offer({ value, done: false });
      this.#offer = this.#fail = null;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push({ value, taken: resolve }));
  }

  /** Nothing comes any more; with an error, that is what the taker gets next. */
  end(error?: { error: unknown }): void {
    this.#end ??= error ?? 'done';
    if (error) this.#fail?.(error.error);
    else this.#offer?.({ value: undefined, done: true });
    this.#offer = this.#fail = null;
  }

  async *values(): AsyncGenerator<T, void, void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next) {
        next.taken();
        yield next.value;
        continue;
      }
      if (this.#end === 'done') return;
      if (this.#end) throw this.#end.error;
      const result = await new Promise<IteratorResult<T>>((resolve, reject) => {
        this.#offer = resolve;
        this.#fail = reject;
      });
      if (result.done) return;
      yield result.value;
    }
  }
}
