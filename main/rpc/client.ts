// The page's end: the contract's calls and events over a port, whatever carries it.
import type { CallInput, CallName, CallResults, Client, EventName, Events } from '../contract/calls.ts';
import { KernelscopeError } from '../contract/errors.ts';
import { readToPage, type Port, type Reply, type ToHost } from './message.ts';

export { webSocketPort } from './socket.ts';
export { messagePort } from './message-port.ts';
export type { Port } from './message.ts';

interface Waiting {
  name: string;
  message: ToHost;
  sent: boolean;
  settle(reply: Reply): void;
}

const lost = (name: string): Reply => ({
  ok: false,
  error: { code: 'failed', message: `${name}: the connection to the host was lost before it answered` },
});

/** A client of the contract. While the link is down, calls wait for it; those under way when it breaks are rejected, because nobody knows
 *  whether they were done. Subscriptions are renewed with the link. */
export function createClient(port: Port): Client {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const linkListeners = new Set<(up: boolean) => void>();
  let up = false;
  let nextId = 0;

  const watch = () => {
    if (up) port.send({ kind: 'watch', events: [...listeners.keys()] } satisfies ToHost);
  };
  const settle = (id: number, reply: Reply) => {
    const call = waiting.get(id);
    waiting.delete(id);
    call?.settle(reply);
  };
  const post = (call: Waiting, id: number) => {
    call.sent = true;
    try {
      port.send(call.message);
    } catch (error) {
      // Cannot be put into a message: the caller's mistake, not the link's.
      settle(id, {
        ok: false,
        error: { code: 'bad-input', message: `${call.name}: ${error instanceof Error ? error.message : String(error)}` },
      });
    }
  };

  port.onMessage((raw) => {
    const message = readToPage(raw);
    if (message?.kind === 'reply') settle(message.id, message.reply);
    else if (message) for (const l of [...(listeners.get(message.name as EventName) ?? [])]) l(message.payload as never);
  });
  port.onState((now) => {
    if (now === up) return;
    up = now;
    if (up) {
      watch();
      for (const [id, call] of waiting) post(call, id);
    } else for (const [id, call] of [...waiting]) if (call.sent) settle(id, lost(call.name));
    for (const l of [...linkListeners]) l(up);
  });

  return {
    call<K extends CallName>(name: K, input: CallInput<K>): Promise<CallResults[K]> {
      return new Promise((resolve, reject) => {
        const id = nextId++;
        const call: Waiting = {
          name,
          message: { kind: 'call', id, name, input },
          sent: false,
          settle: (reply) => {
            if (reply.ok) resolve(reply.value as CallResults[K]);
            else reject(new KernelscopeError(reply.error.code, reply.error.message));
          },
        };
        waiting.set(id, call);
        if (up) post(call, id);
      });
    },
    on<K extends EventName>(name: K, listener: (payload: Events[K]) => void) {
      const set = listeners.get(name) ?? new Set();
      const fresh = !listeners.has(name);
      listeners.set(name, set.add(listener));
      if (fresh) watch();
      return () => {
        set.delete(listener);
        if (set.size > 0 || listeners.get(name) !== set) return;
        listeners.delete(name);
        watch();
      };
    },
    onLink(listener) {
      linkListeners.add(listener);
      listener(up);
      return () => void linkListeners.delete(listener);
    },
  };
}
