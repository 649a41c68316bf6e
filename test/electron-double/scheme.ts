// `protocol` and `session`: schemes of the app's own, served by its own handlers.
// Plain Chromium cannot be taught a scheme from outside: app://host/x is shown as https://host.app.double/x, and mapped back for the handler.
import type Electron from 'electron';
import type { Request as PageRequest, Route } from 'playwright-core';
import type { AppDouble } from './app.ts';

type Handler = (request: Request) => Response | Promise<Response>;

export class ProtocolDouble implements Pick<
  Electron.Protocol,
  'registerSchemesAsPrivileged' | 'handle' | 'unhandle' | 'isProtocolHandled'
> {
  readonly #app: AppDouble;
  readonly #schemes = new Map<string, Handler | null>();
  constructor(app: AppDouble) {
    this.#app = app;
  }
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    if (this.#app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme } of schemes) this.#schemes.set(scheme, null);
  }
  handle(scheme: string, handler: Handler): void {
    if (!this.#app.isReady()) throw new Error('protocol.handle: the app is not ready');
    this.#schemes.set(scheme, handler);
  }
  unhandle(scheme: string): void {
    this.#schemes.set(scheme, null);
  }
  isProtocolHandled = (scheme: string): boolean => Boolean(this.#schemes.get(scheme));

  /** An address of the app as Chromium is given it, and back. */
  toPage(url: string): string {
    return url.replace(/^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)/, (all, scheme: string, host: string) =>
      this.#schemes.has(scheme) ? `https://${host}.${scheme}.double` : all,
    );
  }
  fromPage(url: string): string {
    return url.replace(
      /^https:\/\/([^/?#]+)\.([a-z0-9+-]+)\.double(?=[/?#]|$)/,
      (_all, host: string, scheme: string) => `${scheme}://${host}`,
    );
  }

  /** Answers a request of the page by the scheme's handler. */
  async serve(route: Route, request: PageRequest): Promise<void> {
    const url = this.fromPage(request.url());
    const handler = this.#schemes.get(new URL(url).protocol.slice(0, -1));
    if (!handler) return route.abort();
    const body = request.postDataBuffer();
    const response = await handler(new Request(url, { method: request.method(), ...(body ? { body: new Uint8Array(body) } : {}) }));
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }
}

type Permissions = Pick<Electron.Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler'>;
/** Keeps the handlers for tests to ask; Chromium itself is not told. */
export class SessionDouble implements Permissions {
  request: Parameters<Permissions['setPermissionRequestHandler']>[0] = null;
  check: Parameters<Permissions['setPermissionCheckHandler']>[0] = null;
  setPermissionRequestHandler(handler: typeof this.request): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: typeof this.check): void {
    this.check = handler;
  }
}
