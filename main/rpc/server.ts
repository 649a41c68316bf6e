// The host's end: any number of pages, each on its port; events to those that watch them.
import { eventNames, type Emit, type EventName } from '../contract/calls.ts';
import type { Dispatch } from './dispatch.ts';
import { readToHost, type Port, type ToPage } from './message.ts';
import { Outbox } from './outbox.ts';

export { createDispatch, type Dispatch } from './dispatch.ts';

/** A port whose reader may be slow. */
export interface HostPort extends Port {
  /** true while more has been sent than the reader has taken */
  busy?(): boolean;
  /** called when it is no longer busy */
  onDrain?(listener: () => void): void;
}

export interface Server {
  emit: Emit;
  /** serves a page until its port goes down */
  connect: (port: HostPort) => void;
  readonly pages: number;
  close(): void;
}

interface Page {
  port: HostPort;
  outbox: Outbox;
  watched: Set<string>;
  gone: AbortController;
}

/** How many calls of one page may be under way at once; the contract's own page needs about ten. */
const mostCalls = 256;

/** Serves the contract's calls and events over ports. */
export function createServer(dispatch: Dispatch, { mostWaiting = 10_000 } = {}): Server {
  const pages = new Set<Page>();
  const drop = (page: Page) => {
    if (!pages.delete(page)) return;
    page.outbox.close();
    page.port.close();
    page.gone.abort();
  };
  return {
    get pages() {
      return pages.size;
    },
    emit(name, payload) {
      for (const page of pages) if (page.watched.has(name)) page.outbox.post({ kind: 'event', name, payload });
    },
    connect(port) {
      const page: Page = {
        port,
        watched: new Set(),
        gone: new AbortController(),
        outbox: new Outbox({
          busy: () => port.busy?.() ?? false,
          send: (m: ToPage) => port.send(m),
          most: mostWaiting,
          onOverflow: () => drop(page),
        }),
      };
      pages.add(page);
      let underWay = 0;
      port.onDrain?.(() => page.outbox.flush());
      port.onMessage((raw) => {
        const message = readToHost(raw);
        if (!message || underWay >= mostCalls) return drop(page);
        if (message.kind === 'watch') {
          page.watched = new Set(message.events.filter((e) => eventNames.includes(e as EventName)));
          return;
        }
        underWay++;
        void dispatch(message.name, message.input, { gone: page.gone.signal }).then((reply) => {
          underWay--;
          page.outbox.post({ kind: 'reply', id: message.id, reply });
        });
      });
      port.onState((up) => {
        if (!up) drop(page);
      });
    },
    close() {
      for (const page of [...pages]) drop(page);
    },
  };
}
