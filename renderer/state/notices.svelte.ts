// Short messages about what was done, or could not be.

export interface Notice {
  id: number;
  kind: 'done' | 'failed';
  text: string;
}

/** What an error says to a person; the contract's errors are one line that says what to do. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;

  /** Says that something was done; goes by itself. */
  done(text: string): void {
    const id = this.#add('done', text);
    setTimeout(() => this.dismiss(id), 4000);
  }

  /** Says that something failed; stays until it is dismissed. */
  failed(error: unknown): void {
    this.#add('failed', messageOf(error));
  }

  dismiss(id: number): void {
    this.list = this.list.filter((n) => n.id !== id);
  }

  #add(kind: Notice['kind'], text: string): number {
    const id = this.#next++;
    this.list = [...this.list.filter((n) => n.text !== text), { id, kind, text }];
    return id;
  }
}
