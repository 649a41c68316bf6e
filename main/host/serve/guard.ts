// Who may talk to the server: whoever has the token of the printed address, in a page of this server's own.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const loopback = ['127.0.0.1', 'localhost', '[::1]'];
export const isLoopback = (host: string): boolean => loopback.includes(host) || host === '::1';

export interface Guard {
  /** for the address that is printed */
  token: string;
  /** the cookie that replaces the token in the address */
  cookie: string;
  /** the name that the browser asked for is this server's: anything else is DNS rebinding */
  hostIsOurs(request: IncomingMessage): boolean;
  hasToken(url: URL): boolean;
  hasCookie(request: IncomingMessage): boolean;
  /** the page that asks is this server's own */
  originIsOurs(request: IncomingMessage): boolean;
}

/** Equal, in a time that does not tell how much of it is. */
function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** The guard of a server on `port`. `host` is a name by which it was explicitly opened to others. Cookies know no ports, so its name has one. */
export function createGuard(host: string, port: number): Guard {
  const token = randomBytes(24).toString('base64url');
  const name = `kernelscope-${port}`;
  const own = new Set([...loopback, host.includes(':') ? `[${host}]` : host]);
  // Bound to every address, the machine has names that are not known here; the token still has to be right.
  const anyName = host === '0.0.0.0' || host === '::';
  // Any port: through `ssh -L` the browser sees another one. A foreign page can be on another port, never under another Origin.
  const hostIsOurs = ({ headers }: IncomingMessage) => {
    const name = /^(?<name>\[[\da-f:.]+\]|[^:[\]/@]+)(?::\d{1,5})?$/i.exec(headers.host ?? '')?.groups?.['name'];
    return name !== undefined && (anyName || own.has(name.toLowerCase()));
  };
  return {
    token,
    cookie: `${name}=${token}; HttpOnly; SameSite=Strict; Path=/`,
    hostIsOurs,
    hasToken: (url) => same(url.searchParams.get('token') ?? '', token),
    hasCookie: ({ headers }) => {
      const pairs = (headers.cookie ?? '').split(';').map((c) => c.trim());
      return pairs.some((c) => c.startsWith(`${name}=`) && same(c.slice(name.length + 1), token));
    },
    originIsOurs: ({ headers }) => headers.origin === `http://${headers.host}`,
  };
}
