// Questions that take a while. Under a ticket of the asker's one tells how far it is and can be stopped; it also stops when who asked is gone.
import type { Caller, Emit, Handlers } from '../contract/calls.ts';
import type { Watch } from './shared.ts';

export interface Tickets extends Pick<Handlers, 'compare.cancel'> {
  /** Answers with what `work` answers, which is to stop when its signal says so. */
  watched<T>(ticket: string | undefined, caller: Caller | undefined, work: (watch: Watch) => Promise<T>): Promise<T>;
}

export function createTickets(emit: Emit): Tickets {
  const underway = new Map<string, AbortController>();
  return {
    async watched(ticket, caller, work) {
      const stop = new AbortController();
      const signal = caller ? AbortSignal.any([stop.signal, caller.gone]) : stop.signal;
      if (ticket === undefined) return work({ signal });
      underway.set(ticket, stop);
      let told = 0;
      const onProgress = (done: number) => {
        if (done - told < 0.01 && done < 1) return;
        emit('compare.progress', { ticket, done: (told = done) });
      };
      try {
        return await work({ signal, onProgress });
      } finally {
        if (underway.get(ticket) === stop) underway.delete(ticket);
      }
    },
    async 'compare.cancel'({ ticket }) {
      const stop = underway.get(ticket);
      stop?.abort();
      return { ticket, stopped: stop !== undefined };
    },
  };
}
