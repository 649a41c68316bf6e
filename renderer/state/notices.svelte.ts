// Short messages about what was done, or could not be.

export interface Notice {
  id: number;
  kind: 'done' | 'failed';
  text: string;
  /** what can be done about it, as a button */
  action?: { label: string; run: () => void };
}

/** What an error says to a person; the contract's errors are one line that says what to do. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;

  /** Says that something was done; goes by itself, later where there is something to do about it. */
  done(text: string, action?: Notice['action']): void {
    const id = this.#add({ kind: 'done', text, ...(action && { action }) });
    setTimeout(() => this.dismiss(id), action ? 10_000 : 4000);
  }

  /** Says that something failed; stays until it is dismissed. */
  failed(error: unknown): void {
    this.#add({ kind: 'failed', text: messageOf(error) });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((n) => n.id !== id);
  }

  /** Takes away those that offer this, once it is done by other means. */
  withdraw(action: Notice['action']): void {
    this.list = this.list.filter((n) => n.action !== action);
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#next++;
    this.list = [...this.list.filter((n) => n.text !== notice.text), { id, ...notice }];
    return id;
  }
}
