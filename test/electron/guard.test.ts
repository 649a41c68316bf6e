// Rules a page: a hidden window with rules of its own gains nothing of a content window's, and a content window nothing of its.
import type { Session, WebContents } from 'electron';
import { EventEmitter } from 'node:events';
import { beforeAll, expect, test, vi } from 'vitest';

const app = new EventEmitter();
vi.mock('electron', () => ({ app, session: {} }));
const { contentRules, denyPermissions, guardPages, heard, holdTo } = await import('../../electron/guard.ts');

type Answer = (granted: boolean) => void;
interface Given {
  request(contents: unknown, permission: string, answer: Answer, details: { requestingUrl: string }): void;
  check(contents: unknown, permission: string, origin: string): boolean;
  device(): boolean;
  network(answer: (response: { cancel: boolean }) => void): void;
  urls: string[];
}
const given = {} as Given;
const said: string[] = [];

class Contents extends EventEmitter {
  open: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  setWindowOpenHandler(handler: typeof this.open): void {
    this.open = handler;
  }
  /** Whether it may go there. */
  goes(url: string, how = 'will-frame-navigate', isMainFrame = true): boolean {
    let prevented = false;
    this.emit(how, { url, isMainFrame, preventDefault: () => (prevented = true) });
    return !prevented;
  }
}
const made = (): WebContents & Contents => {
  const contents = new Contents();
  app.emit('web-contents-created', {}, contents);
  return contents as unknown as WebContents & Contents;
};

beforeAll(() => {
  guardPages((line) => said.push(line));
  denyPermissions({
    setPermissionRequestHandler: (f: Given['request']) => (given.request = f),
    setPermissionCheckHandler: (f: Given['check']) => (given.check = f),
    setDevicePermissionHandler: (f: Given['device']) => (given.device = f),
    webRequest: {
      onBeforeRequest: (filter: { urls: string[] }, f: (request: object, answer: (response: { cancel: boolean }) => void) => void) => {
        given.urls = filter.urls;
        given.network = (answer) => f({}, answer);
      },
    },
  } as unknown as Session);
});

const ours = 'app://kernelscope/index.html';
const hidden = 'app://hidden/page.html';
const from = (sender: WebContents, url: string, parent: unknown = null) => ({ sender, senderFrame: { url, parent } });
const asked = (contents: WebContents, permission: string, requestingUrl: string) =>
  new Promise<boolean>((resolve) => given.request(contents, permission, resolve, { requestingUrl }));

test('a page without rules goes nowhere, gets nothing and is not heard', async () => {
  const page = made();
  for (const url of [ours, hidden, 'https://example.invalid/', 'file:///etc/passwd']) expect(page.goes(url)).toBe(false);
  expect(given.check(page, 'clipboard-sanitized-write', ours)).toBe(false);
  expect(await asked(page, 'clipboard-sanitized-write', ours)).toBe(false);
  expect(heard(from(page, ours))).toBe(false);
  expect(said.at(-1)).toBe('refused: going to file:///etc/passwd');
});

test('a content page is at home with us and nowhere else, and heard from its top frame', async () => {
  const page = made();
  holdTo(page, contentRules);
  expect(page.goes(`${ours}#/run/1`)).toBe(true);
  expect(page.goes(ours, 'will-redirect')).toBe(true);
  expect(page.goes(ours, 'will-frame-navigate', false)).toBe(false);
  for (const url of [hidden, 'app://kernelscope.evil/', 'https://kernelscope/', 'data:text/html,x', 'javascript:1', ''])
    expect(page.goes(url), url).toBe(false);
  expect(page.open({ url: ours })).toEqual({ action: 'deny' });
  expect(heard(from(page, ours))).toBe(true);
  expect([heard(from(page, ours, {})), heard(from(page, hidden)), heard({ sender: page, senderFrame: null })]).toEqual([
    false,
    false,
    false,
  ]);
  expect(await asked(page, 'clipboard-sanitized-write', ours)).toBe(true);
  expect(await asked(page, 'clipboard-sanitized-write', 'https://example.invalid/')).toBe(false);
  expect(await asked(page, 'media', ours)).toBe(false);
});

test('a hidden page has its own home and permissions; neither kind gets the other’s', () => {
  const [page, content] = [made(), made()];
  holdTo(page, { home: (address) => address === hidden, permissions: new Set(['background-sync']), content: false });
  holdTo(content, contentRules);
  expect([page.goes(hidden), page.goes(ours), content.goes(hidden)]).toEqual([true, false, false]);
  expect(page.open({ url: hidden })).toEqual({ action: 'deny' });
  expect(given.check(page, 'background-sync', hidden)).toBe(true);
  expect(given.check(page, 'clipboard-sanitized-write', hidden)).toBe(false);
  expect(given.check(content, 'background-sync', ours)).toBe(false);
  expect([heard(from(page, hidden)), heard(from(page, ours))]).toEqual([false, false]);
});

test('no page reaches a network, a file or a device', () => {
  expect(given.urls).toEqual(expect.arrayContaining(['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'file:///*']));
  given.network((response) => expect(response).toEqual({ cancel: true }));
  expect(given.device()).toBe(false);
  let prevented = false;
  made().emit('will-attach-webview', { preventDefault: () => (prevented = true) });
  expect(prevented).toBe(true);
  expect.assertions(4);
});
