// A gate that training passes between two steps: closed, it waits there with all that it has in memory.

export interface Gate {
  readonly closed: boolean;
  /** Settles when the gate is open, or the signal says stop. */
  passed(signal?: AbortSignal): Promise<void>;
}

export class PauseGate implements Gate {
  #opened: PromiseWithResolvers<void> | null = null;

  get closed(): boolean {
    return this.#opened !== null;
  }

  close(): void {
    this.#opened ??= Promise.withResolvers();
  }

  open(): void {
    this.#opened?.resolve();
    this.#opened = null;
  }

  async passed(signal?: AbortSignal): Promise<void> {
    // It may be closed again in the moment in which it opened.
    while (this.#opened && !signal?.aborted) {
      const stopped = Promise.withResolvers<void>();
      signal?.addEventListener('abort', () => stopped.resolve(), { once: true });
      await Promise.race([this.#opened.promise, stopped.promise]);
    }
  }
}
