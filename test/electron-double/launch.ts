// Starts the desktop app for a test: in the real Electron where its binary is there, else in the double. Both give the same few things.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron, chromium, type Page } from 'playwright-core';
import { switchesEnv } from '../support/chromium.ts';
import type { FromTest, ToTest } from './run.ts';

export interface DesktopApp {
  readonly kind: 'electron' | 'double';
  readonly userData: string;
  firstWindow(): Promise<Page>;
  /** runs a function in the main process; it may use nothing from outside itself */
  evaluate<R, A = undefined>(run: (electron: typeof Electron, argument: A) => R | Promise<R>, argument?: A): Promise<R>;
  /** the exit status of the program, once it has ended */
  readonly ended: Promise<number>;
  close(): Promise<void>;
}
export interface LaunchOptions {
  /** the folder with package.json */
  appDir: string;
  /** kept if given; else a new folder that goes with the app */
  userData?: string;
  /** of a packaged app */
  resources?: string;
  env?: Record<string, string>;
  /** switches for the Chromium within, such as those that give it a GPU made of software */
  chromium?: readonly string[];
  /** the app's own words */
  args?: readonly string[];
}

const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? path.resolve('node_modules/electron/dist');
const executables: Partial<Record<NodeJS.Platform, string>> = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
const binary = process.env['ELECTRON_PATH'] ?? path.join(dist, executables[process.platform] ?? 'electron');
const runner = path.join(import.meta.dirname, 'run.ts');
// Chromium's own sandbox refuses to run as root, as which tests run in a container; the app's windows ask for it all the same.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export async function launchDesktop(options: LaunchOptions): Promise<DesktopApp> {
  const userData = options.userData ?? mkdtempSync(path.join(os.tmpdir(), 'kernelscope-user-'));
  const tidy = () => {
    if (!options.userData) rmSync(userData, { recursive: true, force: true });
  };
  return existsSync(binary) ? launchElectron(options, userData, tidy) : launchDouble(options, userData, tidy);
}

const wordsOf = ({ appDir, resources, args = [] }: LaunchOptions, userData: string): string[] => [
  appDir,
  `--user-data-dir=${userData}`,
  ...(resources ? [`--resources=${resources}`] : []),
  ...args,
];

/** The words that start the app outside any test's hold: the executable first. */
export const electronCommand = (options: LaunchOptions & { userData: string }): string[] => [
  ...(existsSync(binary) ? [binary, ...asRoot] : [process.execPath, runner]),
  ...wordsOf(options, options.userData),
];

/** Starts the app once more beside one that runs on the same user data; its exit status. */
export async function startAgain(options: LaunchOptions & { userData: string; cwd?: string }): Promise<number> {
  const [file, ...words] = electronCommand(options);
  const child = spawn(file, words, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function launchElectron(options: LaunchOptions, userData: string, tidy: () => void): Promise<DesktopApp> {
  const env = { ...(process.env as Record<string, string>), ...options.env };
  const app = await _electron.launch({
    executablePath: binary,
    args: [...asRoot, ...(options.chromium ?? []), ...wordsOf(options, userData)],
    env,
  });
  const ended = new Promise<number>((resolve) => app.process().once('exit', (code) => resolve(code ?? 1)));
  return {
    kind: 'electron',
    userData,
    ended,
    firstWindow: () => app.firstWindow(),
    evaluate: (run, argument) => app.evaluate(run as never, argument as never),
    async close() {
      await app.close();
      tidy();
    },
  };
}

/** Whether there is a page behind a tab: that of a crashed one which has just been closed says nothing any more. */
const answers = (page: Page): Promise<boolean> =>
  Promise.race([page.evaluate(() => true).catch(() => false), new Promise<false>((resolve) => setTimeout(resolve, 2000, false))]);

async function launchDouble(options: LaunchOptions, userData: string, tidy: () => void): Promise<DesktopApp> {
  const child = fork(runner, wordsOf(options, userData), {
    env: { ...process.env, ...options.env, ...(options.chromium && { [switchesEnv]: JSON.stringify(options.chromium) }) },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const send = (message: FromTest) => child.send(message);
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: ToTest) => {
      if (message.type === 'endpoint') return resolve(message.endpoint);
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.ok) call?.resolve(message.value);
      else call?.reject(new Error(message.message));
    });
    void ended.then((code) => reject(new Error(`the app ended with ${code} before it opened a window`)));
  });
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  let next = 1;
  const evaluate = <R>(run: unknown, argument?: unknown): Promise<R> => {
    const call = Promise.withResolvers<unknown>();
    waiting.set(next, call);
    send({ type: 'evaluate', id: next++, source: String(run), argument });
    return call.promise as Promise<R>;
  };
  const openWindows = () => evaluate<number>((electron: typeof Electron) => electron.BrowserWindow.getAllWindows().length);
  return {
    kind: 'double',
    userData,
    ended,
    async firstWindow() {
      const until = Date.now() + 30_000;
      for (;;) {
        // This side hears of a tab that has been closed a moment after the app does.
        const tabs = context.pages();
        const page = tabs.find((p) => p.url() !== 'about:blank');
        if (page && tabs.length === (await openWindows()) && (await answers(page)))
          return page.waitForLoadState('domcontentloaded').then(() => page);
        if (Date.now() > until) throw new Error('no window was opened within 30 s');
        await new Promise((r) => setTimeout(r, 25));
      }
    },
    evaluate,
    async close() {
      await browser.close();
      if (child.connected) send({ type: 'quit' });
      await Promise.race([ended, new Promise((r) => setTimeout(r, 10_000))]);
      child.kill('SIGKILL');
      tidy();
    },
  };
}
