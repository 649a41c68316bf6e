// The built page over HTTP: its files and nothing else.
import { readFile, realpath } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Guard } from './guard.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
};

/** Scripts from here alone, no frames, no forms; styles in attributes are how figures are drawn. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The file for a path of an address, or null where there is none within `folder`. */
export async function fileFor(folder: string, pathname: string): Promise<string | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const wanted = path.join(folder, decoded === '/' ? 'index.html' : decoded);
  const [home, file] = await Promise.all([folder, wanted].map((f) => realpath(f).catch(() => null)));
  return home !== null && file?.startsWith(home + path.sep) && Object.hasOwn(types, path.extname(file)) ? file : null;
}

/** Answers requests for the page in `folder`. */
export function createPages(folder: string, guard: Guard) {
  const refuse = (response: ServerResponse, status: number, text: string) =>
    void response
      .writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
      .end(`${text}\n`);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!guard.hostIsOurs(request)) return refuse(response, 421, 'this server answers to its own name only');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'only GET');
    const url = URL.parse(request.url ?? '', `http://${request.headers.host}`);
    if (!url) return refuse(response, 400, 'no such address');
    if (url.pathname === '/' && guard.hasToken(url))
      return void response.writeHead(302, { ...headers, location: '/', 'set-cookie': guard.cookie, 'cache-control': 'no-store' }).end();
    if (!guard.hasCookie(request)) return refuse(response, 403, 'open the address that serve printed');
    const file = await fileFor(folder, url.pathname);
    if (!file) return refuse(response, 404, 'there is nothing here');
    const body = await readFile(file);
    const extension = path.extname(file);
    // Built names carry a hash of their content; the index names them and must be fresh.
    const cache = url.pathname.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store';
    response.writeHead(200, { ...headers, 'content-type': types[extension], 'content-length': body.length, 'cache-control': cache });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}
