// The desktop app against a page that has been taken over, and against pages that are not its own.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launch, type DesktopWindow, type Launched } from '../support/desktop.ts';
import { temporaryFolder } from '../support/folder.ts';
import { postedBy, type Odd } from '../support/hostile-page.ts';

const folder = temporaryFolder();
let desk: Launched;

beforeAll(async () => {
  desk = await launch({ library: path.join(folder, 'library') });
}, 180_000);
afterAll(() => desk?.app.close());
// Every test finds the page as it is after its start.
beforeEach(async () => {
  await desk.page.reload();
  await desk.page.getByText('No runs yet.').waitFor();
});

const posted = (messages: unknown[], odd?: Odd[]) => postedBy(desk.page, messages, odd);
const stillServes = async () => expect(await posted([{ kind: 'call', id: 0, name: 'app.info', input: {} }])).toEqual(['ok']);

test('unknown calls, and inputs that are none, are refused', async () => {
  const call = (id: number, name: string, input: unknown) => ({ kind: 'call', id, name, input });
  const replies = await posted([
    call(0, '__proto__', {}),
    call(1, 'constructor', {}),
    call(2, 'run.get', { run: 7 }),
    call(3, 'run.delete', { run: 'tiny', force: true }),
    call(4, 'run.start', { preset: 'demo', path: '/tmp/evil' }),
    call(5, 'figure.export', { request: { kind: 'training', runs: ['x'] }, style: {}, format: 'csv', path: '/tmp/evil' }),
  ]);
  expect(replies.sort()).toEqual(['bad-input', 'bad-input', 'bad-input', 'bad-input', 'unknown-call', 'unknown-call']);
});

test('what is no message of ours closes the port: shapeless, giant, bottomless, or with ports of its own', async () => {
  for (const shapeless of [
    null,
    'call',
    { kind: 'call', id: -1, name: 'app.info' },
    { kind: 'watch', events: Array<string>(101).fill('x') },
  ])
    expect(await posted([shapeless]), JSON.stringify(shapeless)).toEqual(['lost']);
  expect(await posted([], [{ text: 3 << 20 }])).toEqual(['lost']);
  expect(await posted([], [{ deep: 100 }])).toEqual(['lost']);
  expect(await posted([], [{ ports: true }])).toEqual(['lost']);
  await stillServes();
});

test('a page that asks for a second port loses the first', async () => {
  const states = await desk.page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const ports: MessagePort[] = [];
        const said: string[] = [];
        window.addEventListener('message', (event) => {
          const [port] = event.ports;
          const n = ports.push(port);
          port.onmessage = () => said.push(`${n} answers`) && resolve(said);
          port.addEventListener(
            'close',
            () => said.push(`${n} is closed`) && n === 1 && ports[1].postMessage({ kind: 'call', id: 0, name: 'app.info' }),
          );
          if (n === 1) (window as unknown as DesktopWindow).kernelscopeDesktop.connect();
        });
        (window as unknown as DesktopWindow).kernelscopeDesktop.connect();
      }),
  );
  expect(states).toEqual(['1 is closed', '2 answers']);
});

test('the dialogs take no path and nothing else that is not theirs', async () => {
  await desk.app.evaluate(
    ({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    },
    path.join(folder, 'never'),
  );
  const asked = await desk.page.evaluate(async () => {
    const { kernelscopeDesktop: desktop } = window as unknown as DesktopWindow;
    const request = { kind: 'training' as const, runs: ['tiny'] };
    const withPath = { request, style: {}, format: 'csv' as const, path: '/tmp/evil' };
    const bundles = [['nobody'], [], 'tiny', [{ path: '/tmp/evil' }], null] as unknown as string[][];
    return Promise.all([
      desktop.saveFigure(withPath),
      desktop.saveFigure({ request, style: {}, format: 'exe' as 'csv' }),
      ...bundles.map((b) => desktop.saveBundle(b)),
    ]);
  });
  expect(asked.map((reply) => reply.ok)).toEqual(asked.map(() => false));
  expect(existsSync(path.join(folder, 'never'))).toBe(false);
});

test('an offer of commands that are not on the list changes no menu', async () => {
  const enabled = () =>
    desk.app.evaluate(({ Menu }) => ['pause', 'resume'].filter((id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.enabled));
  const offer = (commands: unknown) =>
    desk.page.evaluate((c) => (window as unknown as DesktopWindow).kernelscopeDesktop.offer(c as never), commands);
  const wrongs = [['pause', 'rm -rf'], 'pause', { 0: 'pause' }, Array(1000).fill('pause')];
  // Messages come in their order: had one of those been heard, the menu would have said so before this one.
  await desk.app.evaluate(({ Menu }) => {
    const set = Menu.setApplicationMenu.bind(Menu);
    const drawn = ((globalThis as unknown as { drawn: boolean[] }).drawn = [] as boolean[]);
    Menu.setApplicationMenu = (menu) => {
      drawn.push(menu?.getMenuItemById('pause')?.enabled ?? false);
      set(menu);
    };
  });
  for (const wrong of wrongs) await offer(wrong);
  await offer(['resume']);
  await expect.poll(enabled).toEqual(['resume']);
  expect(await desk.app.evaluate(() => (globalThis as unknown as { drawn: boolean[] }).drawn)).not.toContain(true);
});

test('a page that is not ours, a frame in ours, and a window that is none of ours are not heard', async () => {
  const given = await desk.app.evaluate(({ ipcMain, BrowserWindow }) => {
    let ports = 0;
    const real = BrowserWindow.getAllWindows()[0].webContents;
    const post = real.postMessage.bind(real);
    real.postMessage = () => void ports++;
    const ours = 'app://kernelscope/index.html';
    for (const [sender, senderFrame] of [
      [real, { url: 'https://example.invalid/', parent: null }],
      [real, { url: 'app://elsewhere/index.html', parent: null }],
      [real, { url: 'file:///app/dist/renderer/index.html', parent: null }],
      [real, { url: ours, parent: {} }],
      [real, null],
      [{ postMessage: () => ports++ }, { url: ours, parent: null }],
    ])
      ipcMain.emit('kernelscope.connect', { sender, senderFrame });
    real.postMessage = post;
    return ports;
  });
  expect(given).toBe(0);
  expect(desk.log().match(/refused: a port for a page that is not ours/g)).toHaveLength(6);
});

test('the scheme serves the page’s files alone, each with the policy', async () => {
  const got = await desk.app.evaluate(async ({ session }) => {
    const ask = async (url: string, method = 'GET') => {
      const reply = await session.defaultSession.fetch(url, { method });
      return {
        status: reply.status,
        policy: reply.headers.get('content-security-policy'),
        sniff: reply.headers.get('x-content-type-options'),
      };
    };
    return {
      page: await ask('app://kernelscope/index.html'),
      others: await Promise.all(
        [
          'app://kernelscope/..%2f..%2fpackage.json',
          'app://kernelscope/..%2fnode%2felectron.js',
          'app://kernelscope/..%5c..%5cpackage.json',
          'app://kernelscope/%00',
          'app://kernelscope/',
          'app://elsewhere/index.html',
        ].map(async (url) => (await ask(url)).status),
      ),
      post: (await ask('app://kernelscope/index.html', 'POST')).status,
    };
  });
  expect(got.page.status).toBe(200);
  expect(got.page.sniff).toBe('nosniff');
  for (const rule of ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"])
    expect(got.page.policy).toContain(rule);
  expect(got.page.policy).not.toMatch(/unsafe|\*|connect-src|http/);
  expect([...got.others, got.post]).toEqual([404, 404, 404, 404, 404, 404, 404]);
});

test('scripts of the page reach nothing over the network, not even its own files, and run no text as code', async () => {
  const outcome = await desk.page.evaluate(async () => {
    const reach = (a: string) =>
      fetch(a).then(
        () => 'fetched',
        () => 'refused',
      );
    const loaded = (tag: 'script' | 'iframe' | 'img', src: string) =>
      new Promise<string>((resolve) => {
        const element = Object.assign(document.createElement(tag), {
          src,
          onerror: () => resolve('refused'),
          onload: () => resolve('loaded'),
        });
        document.addEventListener('securitypolicyviolation', () => resolve('refused'), { once: true });
        document.body.append(element);
      });
    const evaluated = await new Promise<string>((resolve) => {
      const script = document.createElement('script');
      script.textContent = 'window.evil = 1';
      document.addEventListener('securitypolicyviolation', () => resolve('refused'), { once: true });
      document.body.append(script);
      setTimeout(() => resolve('evil' in window ? 'ran' : 'nothing'), 500);
    });
    return {
      fetches: await Promise.all(['index.html', 'https://example.invalid/', 'http://127.0.0.1:9/', 'file:///etc/passwd'].map(reach)),
      script: await loaded('script', 'https://example.invalid/x.js'),
      frame: await loaded('iframe', 'https://example.invalid/'),
      picture: await loaded('img', 'https://example.invalid/x.png'),
      evaluated,
    };
  });
  expect(outcome).toEqual({
    fetches: ['refused', 'refused', 'refused', 'refused'],
    script: 'refused',
    frame: 'refused',
    picture: 'refused',
    evaluated: 'refused',
  });
});

test('the page goes nowhere and opens nothing', async () => {
  for (const to of ['https://example.invalid/', 'file:///etc/passwd', 'app://elsewhere/index.html', 'data:text/html,evil'])
    await desk.page.evaluate((address) => void (location.href = address), to);
  await desk.page.evaluate(() => {
    window.open('https://example.invalid/popup');
    window.open('app://kernelscope/index.html');
    document.body.append(document.createElement('webview'));
  });
  await desk.page.waitForTimeout(300);
  expect((await desk.windows()).map((w) => w.url.split('#')[0])).toEqual(['app://kernelscope/index.html']);
  expect(await desk.app.evaluate(({ shell }) => ('opened' in shell ? shell.opened : []))).toEqual([]);
  // What leads elsewhere by a redirection, or within a frame, is stopped as well.
  const stopped = await desk.app.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0];
    const ask = (name: string, url: string, isMainFrame: boolean) => {
      let prevented = false;
      webContents.emit(name, { url, isMainFrame, preventDefault: () => (prevented = true) });
      return prevented;
    };
    return {
      redirect: ask('will-redirect', 'https://example.invalid/', true),
      frame: ask('will-frame-navigate', 'app://kernelscope/index.html', false),
      webview: ask('will-attach-webview', '', true),
      own: ask('will-frame-navigate', 'app://kernelscope/index.html#/help', true),
    };
  });
  expect(stopped).toEqual({ redirect: true, frame: true, webview: true, own: false });
});

test('of permissions a page is granted the writing of the clipboard, in our own window and nowhere else', async () => {
  if (desk.app.kind === 'electron') return; // whose handlers cannot be asked; what Chromium then does was not tried
  const granted = await desk.app.evaluate(async ({ session, BrowserWindow }) => {
    type Ask = (contents: unknown, permission: string, origin: unknown) => boolean;
    const { check, request, device } = session.defaultSession as unknown as {
      check: Ask;
      request(contents: unknown, permission: string, answer: (granted: boolean) => void, details: object): void;
      device(): boolean;
    };
    const ours = BrowserWindow.getAllWindows()[0].webContents;
    const address = 'app://kernelscope/';
    const all = [
      'clipboard-sanitized-write',
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'fullscreen',
      'openExternal',
      'hid',
      'serial',
    ];
    const asked = (permission: string, url: string) =>
      new Promise<boolean>((resolve) => request(ours, permission, resolve, { requestingUrl: url }));
    return {
      checked: all.filter((p) => check(ours, p, address)),
      asked: (await Promise.all(all.map(async (p) => ((await asked(p, address)) ? [p] : [])))).flat(),
      foreign: [
        check(ours, all[0], 'https://example.invalid/'),
        check({}, all[0], address),
        check(null, all[0], address),
        await asked(all[0], 'file:///x'),
      ],
      device: device(),
    };
  });
  expect(granted).toEqual({
    checked: ['clipboard-sanitized-write'],
    asked: ['clipboard-sanitized-write'],
    foreign: [false, false, false, false],
    device: false,
  });
});
