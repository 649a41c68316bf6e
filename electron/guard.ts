// What pages may not do, whichever they are: go elsewhere, open windows, ask for permissions, reach the network. And whose words are heard.
import { app, session, type Session, type WebContents } from 'electron';
import { fromOurPage, isOurs } from './trust.ts';

/** What a page is held to. Whatever has no rules of its own may do nothing at all. */
export interface PageRules {
  /** where it may be */
  home(address: string): boolean;
  /** what it is granted when it asks */
  permissions: ReadonlySet<string>;
  /** whether the calls of the content page are heard from it */
  content: boolean;
}
/** A window that a person sees: our page, which may write a copied config to the clipboard. */
export const contentRules: PageRules = { home: isOurs, permissions: new Set(['clipboard-sanitized-write']), content: true };

const nothing: PageRules = { home: () => false, permissions: new Set(), content: false };
const given = new WeakMap<WebContents, PageRules>();
const rulesOf = (contents: WebContents | null): PageRules => (contents && given.get(contents)) ?? nothing;

/** What every page of the app is made with: no Node, a sandbox, a world of its own for the preload. */
export const pageRights = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const;

/** Gives a page its rules; to be called before it loads anything. */
export const holdTo = (contents: WebContents, rules: PageRules): void => void given.set(contents, rules);

/** Whether a message comes from the top frame of our own page in a window of ours, and from nothing within it or in its place. */
export const heard = (event: Parameters<typeof fromOurPage>[0] & { sender: WebContents }): boolean =>
  rulesOf(event.sender).content && fromOurPage(event);

/** Refuses, for every page that ever exists in this app, new windows, foreign addresses and embedded browsers. */
export function guardPages(log: (line: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    const refuse = (what: string, event: { preventDefault(): void; url: string; isMainFrame?: boolean }) => {
      if (event.isMainFrame !== false && rulesOf(contents).home(event.url)) return;
      event.preventDefault();
      log(`refused: ${what} to ${event.url.slice(0, 200)}`);
    };
    contents.setWindowOpenHandler(({ url }) => {
      log(`refused: a new window on ${url.slice(0, 200)}`);
      return { action: 'deny' };
    });
    contents.on('will-frame-navigate', (event) => refuse('going', event));
    contents.on('will-redirect', (event) => refuse('being led', event));
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** Grants a page what its rules name, and nothing to anybody else; no page reaches a network, or a file by its path. */
export function denyPermissions(ours: Session = session.defaultSession): void {
  const may = (contents: WebContents | null, permission: string, address: string) =>
    rulesOf(contents).permissions.has(permission) && rulesOf(contents).home(address);
  ours.setPermissionRequestHandler((contents, permission, answer, { requestingUrl }) => answer(may(contents, permission, requestingUrl)));
  // `requestingOrigin` is an origin alone, which for our scheme lacks a path: an address of that host is as much home as any.
  ours.setPermissionCheckHandler((contents, permission, requestingOrigin) => may(contents, permission, requestingOrigin));
  ours.setDevicePermissionHandler(() => false);
  // The development server is the one place from which the page may come otherwise.
  if (!process.env['ELECTRON_RENDERER_URL'])
    ours.webRequest.onBeforeRequest(
      { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file:///*'] },
      (_request, answer) => answer({ cancel: true }),
    );
}
