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

  /** What the scheme's handler answers; null where there is none. */
  async ask(request: Request): Promise<Response | null> {
    return (await this.#schemes.get(new URL(request.url).protocol.slice(0, -1))?.(request)) ?? null;
  }
  /** Answers a request of the page by the scheme's handler. */
  async serve(route: Route, request: PageRequest): Promise<void> {
    const url = this.fromPage(request.url());
    const body = request.postDataBuffer();
    const response = await this.ask(new Request(url, { method: request.method(), ...(body ? { body: new Uint8Array(body) } : {}) }));
    if (!response) return route.abort();
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }
}

type Members = 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler';
type Handlers = Pick<Electron.Session, Members>;
type BeforeRequest = (
  details: Pick<Electron.OnBeforeRequestListenerDetails, 'url' | 'method'>,
  callback: (response: Electron.CallbackResponse) => void,
) => void;

/** A permission's handlers are kept, for tests to ask; Chromium itself is not told. Requests over a network do pass `onBeforeRequest`. */
export class SessionDouble implements Handlers {
  readonly #protocol: ProtocolDouble;
  constructor(protocol: ProtocolDouble) {
    this.#protocol = protocol;
  }
  request: Parameters<Handlers['setPermissionRequestHandler']>[0] = null;
  check: Parameters<Handlers['setPermissionCheckHandler']>[0] = null;
  device: Parameters<Handlers['setDevicePermissionHandler']>[0] = null;
  #before: { patterns: RegExp[]; listener: BeforeRequest } | null = null;
  readonly webRequest = {
    onBeforeRequest: (filter: Electron.WebRequestFilter, listener: BeforeRequest): void => {
      // A match pattern: `*` stands for anything.
      const patterns = (filter.urls ?? []).map((p) => new RegExp(`^${p.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`));
      this.#before = { patterns, listener };
    },
  };
  setPermissionRequestHandler(handler: typeof this.request): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: typeof this.check): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: typeof this.device): void {
    this.device = handler;
  }
  /** Schemes of the app's own alone: nothing goes over a network. */
  async fetch(url: string, init?: RequestInit): Promise<Response> {
    const response = await this.#protocol.ask(new Request(url, init));
    if (!response) throw new TypeError('Failed to fetch');
    return response;
  }
  /** Whether a request may go out. */
  async lets(url: string, method: string): Promise<boolean> {
    const before = this.#before;
    if (!before?.patterns.some((p) => p.test(url))) return true;
    return new Promise((resolve) => before.listener({ url, method }, ({ cancel }) => resolve(!cancel)));
  }
}
