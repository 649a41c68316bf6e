// `webContents`: a tab of the real Chromium, with the preload in a world of its own.
import type Electron from 'electron';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { CDPSession, Page, Route } from 'playwright-core';
import { Preventable, type AppDouble } from './app.ts';
import type { BrowserDouble } from './browser.ts';
import { createCodec } from './codec.ts';
import type { IpcMainDouble, PortDouble } from './ports.ts';
import type { ProtocolDouble, SessionDouble } from './scheme.ts';
import { pageWorld, preloadWorld, type FromPreload, type ToPreload } from './worlds.ts';

const secret = '__electronDouble_';
const preloadName = 'electron-preload';

export interface World {
  browser: BrowserDouble;
  protocol: ProtocolDouble;
  ipcMain: IpcMainDouble;
  session: SessionDouble;
  app: AppDouble;
}
type Members =
  | 'id'
  | 'postMessage'
  | 'send'
  | 'getURL'
  | 'loadURL'
  | 'reload'
  | 'executeJavaScript'
  | 'forcefullyCrashRenderer'
  | 'isCrashed'
  | 'setWindowOpenHandler'
  | 'isDestroyed';
interface Size {
  width: number;
  height: number;
}

export class WebContentsDouble extends EventEmitter implements Pick<Electron.WebContents, Members> {
  readonly id: number;
  /** the tab; another one after a crash */
  #tab: Promise<Page>;
  readonly #world: World;
  readonly #preload: string | undefined;
  readonly #codec = createCodec();
  readonly #ports = new Map<string, PortDouble>();
  #page: Page | undefined;
  #cdp: CDPSession | undefined;
  #context: number | undefined;
  #waiting: ToPreload[] = [];
  #openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] = () => ({ action: 'allow' });
  #nextPort = 1;
  /** the address that the main process itself is loading: no `will-navigate` for it */
  #loading: string | undefined;
  #size: Size;
  /** where a page was that has crashed */
  #crashedAt: string | undefined;
  #destroyed = false;

  constructor(id: number, size: Size, preload: string | undefined, world: World) {
    super();
    this.id = id;
    this.#world = world;
    this.#preload = preload;
    this.#size = size;
    this.#tab = this.#open();
  }

  getURL = (): string => this.#world.protocol.fromPage(this.#crashedAt ?? this.#page?.url() ?? '');
  isDestroyed = (): boolean => this.#destroyed;
  isCrashed = (): boolean => this.#crashedAt !== undefined;
  setWindowOpenHandler(handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void {
    this.#openHandler = handler;
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.#alive();
    const shown = this.#world.protocol.toPage(url);
    this.#loading = shown;
    try {
      await page.goto(shown, { waitUntil: 'load' });
    } catch (error) {
      // Chromium's page about the error comes a moment later, in the way of whatever is loaded next.
      await page.waitForURL('chrome-error://**', { timeout: 2000 }).catch(() => undefined);
      throw error;
    } finally {
      this.#loading = undefined;
    }
  }
  reload(): void {
    const url = this.getURL();
    void this.#alive().then(async (page) => {
      this.#loading = this.#world.protocol.toPage(url);
      await (page.url() === this.#loading ? page.reload() : page.goto(this.#loading));
      this.#loading = undefined;
    });
  }
  async executeJavaScript(code: string): Promise<unknown> {
    return (await this.#alive()).evaluate(code);
  }
  forcefullyCrashRenderer(): void {
    // Never answered: who would answer is gone.
    this.#cdp?.send('Page.crash').catch(() => undefined);
  }
  async resize(size: Size): Promise<void> {
    this.#size = { width: size.width, height: size.height };
    await (await this.#tab).setViewportSize(this.#size);
  }
  /** Closes the tab. */
  async end(): Promise<void> {
    await (await this.#tab).close();
  }

  send(channel: string, ...args: unknown[]): void {
    this.#deliver({ type: 'event', channel, args: this.#codec.encode(args), ports: [] });
  }
  /** Ports go across: from now on the page holds them. */
  postMessage(channel: string, message: unknown, transfer: Electron.MessagePortMain[] = []): void {
    const ports = (transfer as unknown as PortDouble[]).map((port) => {
      const id = `m${this.#nextPort++}`;
      this.#ports.set(id, port);
      port.on('message', ({ data }: { data: unknown }) => this.#deliver({ type: 'port', port: id, data: this.#codec.encode(data) }));
      port.on('close', () => this.#deliver({ type: 'port-closed', port: id }));
      return id;
    });
    this.#deliver({ type: 'event', channel, args: this.#codec.encode([message]), ports });
    for (const id of ports) this.#ports.get(id)?.start();
  }

  /** The tab; where it has crashed, a new one in its place. */
  async #alive(): Promise<Page> {
    const before = await this.#tab;
    if (this.#crashedAt === undefined) return before;
    this.#crashedAt = undefined;
    this.#tab = this.#open();
    const page = await this.#tab;
    await before.close();
    return page;
  }

  async #open(): Promise<Page> {
    const browser = await this.#world.browser.start();
    const [context] = browser.contexts();
    // The first window takes the tab with which Chromium starts.
    const page = context.pages().find((p) => p.url() === 'about:blank' && this.id === 1 && !this.#page) ?? (await context.newPage());
    this.#page = page;
    await page.setViewportSize(this.#size);
    await page.route('**/*', (route) => this.#route(route, page));
    page.on('close', () => {
      if (this.#page !== page) return;
      this.#destroyed = true;
      this.emit('destroyed');
    });
    page.on('crash', () => {
      this.#crashedAt = page.url();
      this.#leave();
      const details: Electron.RenderProcessGoneDetails = { reason: 'crashed', exitCode: 1 };
      this.emit('render-process-gone', {}, details);
      this.#world.app.emit('render-process-gone', {}, this, details);
    });
    page.on('domcontentloaded', () => this.emit('dom-ready'));
    page.on('load', () => this.emit('did-finish-load'));
    page.on('popup', (popup) => {
      const answer = this.#openHandler({
        url: popup.url(),
        frameName: '',
        features: '',
        disposition: 'new-window',
        referrer: { url: '', policy: 'default' },
      });
      if (answer.action === 'deny') void popup.close();
    });
    await this.#inject(page);
    return page;
  }

  async #route(route: Route, page: Page): Promise<void> {
    const request = route.request();
    const url = request.url();
    if (request.isNavigationRequest()) {
      const isMainFrame = request.frame() === page.mainFrame();
      const address = this.#world.protocol.fromPage(url);
      if (!(isMainFrame && url === this.#loading)) {
        // Both are told of the main frame; either may refuse.
        const event = Object.assign(new Preventable(), { url: address, isMainFrame, isSameDocument: false });
        this.emit('will-frame-navigate', event);
        if (isMainFrame) this.emit('will-navigate', event, event.url);
        if (event.defaultPrevented) return route.abort('aborted');
      }
      this.emit('did-start-navigation', { url: address, isMainFrame, isSameDocument: false });
    }
    if (new URL(url).hostname.endsWith('.double')) return this.#world.protocol.serve(route, request);
    await ((await this.#world.session.lets(url, request.method())) ? route.continue() : route.abort('blockedbyclient'));
  }

  async #inject(page: Page): Promise<void> {
    const cdp = (this.#cdp = await page.context().newCDPSession(page));
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const frame = (context.auxData as { frameId?: string } | undefined)?.frameId;
      if (context.name !== preloadName || !frame) return;
      this.#context = context.id;
      for (const message of this.#waiting.splice(0)) this.#deliver(message);
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#context) this.#leave();
    });
    cdp.on('Runtime.executionContextsCleared', () => this.#leave());
    cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === `${secret}binding`) void this.#receive(JSON.parse(payload) as FromPreload, page);
    });
    page.on('close', () => this.#page === page && this.#leave());
    await cdp.send('Page.enable');
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: `${secret}binding`, executionContextName: preloadName });
    const codecSource = createCodec.toString();
    const secretSource = JSON.stringify(secret);
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${pageWorld.toString()})(${codecSource}, ${secretSource})` });
    if (!this.#preload) return;
    const preload = `(require, module, exports, process) => {${readFileSync(this.#preload, 'utf8')}\n}`;
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      worldName: preloadName,
      source: `(${preloadWorld.toString()})(${codecSource}, ${secretSource}, ${preload})\n//# sourceURL=${this.#preload}`,
    });
  }

  /** The document went: its ports close. */
  #leave(): void {
    this.#context = undefined;
    for (const [id, port] of [...this.#ports]) {
      this.#ports.delete(id);
      port.close();
    }
  }

  #deliver(message: ToPreload): void {
    if (message.type === 'port-closed') this.#ports.delete(message.port);
    if (this.#context === undefined || !this.#cdp) {
      if (message.type === 'event') this.#waiting.push(message);
      return;
    }
    this.#cdp
      .send('Runtime.callFunctionOn', {
        executionContextId: this.#context,
        functionDeclaration: `function (text) { globalThis[${JSON.stringify(`${secret}deliver`)}]?.(text); }`,
        arguments: [{ value: JSON.stringify(message) }],
      })
      .catch(() => undefined); // the document is gone; so is who would have read it
  }

  async #receive(message: FromPreload, page: Page): Promise<void> {
    if (message.type === 'port') return this.#ports.get(message.port)?.relay(this.#codec.decode(message.data), message.ports);
    const frame = { url: this.#world.protocol.fromPage(page.url()), parent: null };
    const event = { sender: this, senderFrame: frame, processId: 1, frameId: 1, type: 'frame' } as unknown as Electron.IpcMainInvokeEvent;
    const args = this.#codec.decode(message.args) as unknown[];
    if (message.type === 'send') return void this.#world.ipcMain.emit(message.channel, event, ...args);
    try {
      const value = await this.#world.ipcMain.invoke(event, message.channel, args);
      this.#deliver({ type: 'reply', id: message.id, ok: true, value: this.#codec.encode(value) });
    } catch (error) {
      this.#deliver({ type: 'reply', id: message.id, ok: false, value: String(error) });
    }
  }
}
