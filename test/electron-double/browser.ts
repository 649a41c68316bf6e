// One real Chromium behind all windows of the double.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { chromiumFlags, chromiumPath, switchesEnv } from '../support/chromium.ts';

export class BrowserDouble {
  #child: ChildProcess | undefined;
  #profile: string | undefined;
  #started: Promise<Browser> | undefined;
  /** where a test connects, once it is known */
  onEndpoint: (endpoint: string) => void = () => undefined;

  start(): Promise<Browser> {
    return (this.#started ??= this.#start());
  }

  async #start(): Promise<Browser> {
    const profile = (this.#profile = mkdtempSync(path.join(os.tmpdir(), 'electron-double-')));
    const flags = [
      ...chromiumFlags,
      ...(JSON.parse(process.env[switchesEnv] ?? '[]') as string[]),
      '--headless',
      '--hide-scrollbars',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ];
    const child = (this.#child = spawn(chromiumPath, flags, { stdio: ['ignore', 'ignore', 'pipe'], detached: true }));
    process.once('exit', () => this.#signal('SIGKILL'));
    const endpoint = await new Promise<string>((resolve, reject) => {
      let log = '';
      child.stderr?.on('data', (data: Buffer) => {
        log += String(data);
        const found = /DevTools listening on (ws:\S+)/.exec(log);
        if (found) resolve(found[1]);
      });
      child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}\n${log}`)));
      child.once('error', reject);
    });
    const browser = await chromium.connectOverCDP(endpoint);
    this.onEndpoint(endpoint);
    return browser;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      this.#signal('SIGTERM');
      await Promise.race([gone, new Promise((r) => setTimeout(r, 3000))]);
      this.#signal('SIGKILL');
    }
    if (this.#profile) rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** To the whole group: Chromium is many processes. */
  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#child?.exitCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // it ended by itself meanwhile
    }
  }
}
