// What crosses a port, and the port itself.
import { errorCodes, type ErrorCode } from '../contract/errors.ts';

/** Errors cross as data, the same over every port. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: { code: ErrorCode; message: string } };

export type ToHost = { kind: 'call'; id: number; name: string; input: unknown } | { kind: 'watch'; events: string[] };
export type ToPage = { kind: 'reply'; id: number; reply: Reply } | { kind: 'event'; name: string; payload: unknown };

/** A two-way way for messages. Listeners are told at once where the link already stands. */
export interface Port {
  send(message: unknown): void;
  /** answers how to stop listening */
  onMessage(listener: (message: unknown) => void): () => void;
  /** true: messages pass; false: not now, or (after `close`) never again */
  onState(listener: (up: boolean) => void): () => void;
  close(): void;
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null;
const isId = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;

/** The message of a page, or null where it is none. Names and inputs are looked at by the dispatch. */
export function readToHost(m: unknown): ToHost | null {
  if (!isRecord(m)) return null;
  if (m['kind'] === 'call' && isId(m['id']) && typeof m['name'] === 'string')
    return { kind: 'call', id: m['id'], name: m['name'], input: m['input'] };
  const events = m['events'];
  if (m['kind'] === 'watch' && Array.isArray(events) && events.length <= 100 && events.every((e) => typeof e === 'string'))
    return { kind: 'watch', events };
  return null;
}

function readReply(r: unknown): Reply | null {
  if (!isRecord(r)) return null;
  if (r['ok'] === true) return { ok: true, value: r['value'] };
  const error = r['error'];
  if (r['ok'] !== false || !isRecord(error) || typeof error['message'] !== 'string') return null;
  const code = typeof error['code'] === 'string' && Object.hasOwn(errorCodes, error['code']) ? (error['code'] as ErrorCode) : 'internal';
  return { ok: false, error: { code, message: error['message'] } };
}

/** The message of a host, or null where it is none. */
export function readToPage(m: unknown): ToPage | null {
  if (!isRecord(m)) return null;
  if (m['kind'] === 'event' && typeof m['name'] === 'string') return { kind: 'event', name: m['name'], payload: m['payload'] };
  const reply = m['kind'] === 'reply' && isId(m['id']) ? readReply(m['reply']) : null;
  return reply && { kind: 'reply', id: m['id'] as number, reply };
}
