// What waits for a slow socket. Bounded: progress gives way to newer progress, results never go.
import type { EventName } from '../contract/calls.ts';
import type { ToPage } from './message.ts';

/** Progress of a run supersedes the progress before it; a run's or a task's newest summary the one before. Nothing else may be dropped. */
const supersededBy = new Set<EventName>(['run.progress', 'run.changed', 'task.changed']);

const keyOf = (m: ToPage): string | null => {
  if (m.kind !== 'event' || !supersededBy.has(m.name as EventName)) return null;
  const id = typeof m.payload === 'object' && m.payload !== null && 'id' in m.payload ? String(m.payload.id) : '';
  return `${m.name} ${id}`;
};

export interface OutboxOptions {
  /** true: the socket takes no more just now; `flush` when it does */
  busy(): boolean;
  send(message: ToPage): void;
  /** more messages than this wait: the reader is lost */
  most: number;
  onOverflow(): void;
}

/** Messages for one reader, in order. While it is slow, an event that newer ones supersede is replaced by the newest, which goes to the end. */
export class Outbox {
  readonly #waiting = new Map<string | number, ToPage>();
  readonly #options: OutboxOptions;
  #next = 0;
  #closed = false;
  constructor(options: OutboxOptions) {
    this.#options = options;
  }
  get length(): number {
    return this.#waiting.size;
  }
  post(message: ToPage): void {
    if (this.#closed) return;
    const key = keyOf(message) ?? this.#next++;
    this.#waiting.delete(key);
    this.#waiting.set(key, message);
    this.flush();
    if (this.#waiting.size > this.#options.most) {
      this.close();
      this.#options.onOverflow();
    }
  }
  flush(): void {
    for (const [key, message] of this.#waiting) {
      if (this.#closed || this.#options.busy()) return;
      this.#waiting.delete(key);
      this.#options.send(message);
    }
  }
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }
}
