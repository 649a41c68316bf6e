// The compute process that is a page, in a plain Chromium, as its supervisor sees it.
import { chromium, type Browser, type Page } from 'playwright-core';
import { preview, build, type PreviewServer } from 'vite';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createCompute, nodeLauncher, withAsides, type Child, type Launch } from '../../main/compute/index.ts';
import type { Down, Up } from '../../main/compute/protocol.ts';
import { createCodec } from '../electron-double/codec.ts';
import { complaintsOf } from './browser.ts';
import { chromiumFlags, chromiumPath } from './chromium.ts';
import { temporaryFolder } from './folder.ts';

/** What Chromium needs to be told for WebGPU on SwiftShader. */
export const softwareGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Builds the page for the tests of a file and serves it. Opens it, each time in a browser of its own with these switches, all of which end
 *  with the tests; `before` sees the page before its script does. */
export function servedGpuPages(): (
  flags: readonly string[],
  before?: (page: Page) => Promise<unknown>,
) => Promise<{ page: Page; complaints: string[] }> {
  const configFile = path.resolve('vite.page.config.ts');
  const outDir = path.join(temporaryFolder(), 'page');
  let server: PreviewServer;
  const open: Browser[] = [];
  beforeAll(async () => {
    await build({ configFile, build: { outDir } });
    server = await preview({ configFile, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  });
  afterAll(async () => {
    for (const browser of open) await browser.close();
    await server.close();
  });
  return async (flags, before) => {
    const browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumFlags, ...flags] });
    open.push(browser);
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await before?.(page);
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    return { page, complaints };
  };
}

/** Pages as compute processes, each on a page that `open` gives. Arrays cross as text, bit for bit. */
export const pageLauncher =
  (open: () => Promise<Page>): Launch =>
  () => {
    const codec = createCodec();
    const listeners: ((message: Up) => void)[] = [];
    const exits: Parameters<Child['onExit']>[0][] = [];
    const ready = (async () => {
      const page = await open();
      page.on('close', () => exits.forEach((listener) => listener({ code: 0, signal: null })));
      await page.exposeFunction('up', (text: string) => listeners.forEach((listener) => listener(codec.decode(text) as Up)));
      await page.evaluate((source) => {
        const here = globalThis as unknown as { up(text: string): void; down(text: string): void };
        const inPage = (0, eval)(`(${source})`) as typeof createCodec;
        const { encode, decode } = inPage();
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => here.up(encode(data));
        here.down = (text) => port1.postMessage(decode(text));
        window.postMessage('compute', '*', [port2]);
      }, createCodec.toString());
      return page;
    })();
    const end = async () => (await ready).close();
    return {
      pid: undefined,
      send(message: Down) {
        if (message.kind === 'leave') return void end();
        const text = codec.encode(message);
        void ready.then((page) =>
          page
            .evaluate((t) => (globalThis as unknown as { down(text: string): void }).down(t), text)
            .catch((error: unknown) => {
              if (!page.isClosed()) throw error; // a port drops what is sent to a page that is closing
            }),
        );
      },
      onMessage: (listener) => void listeners.push(listener),
      onOutput: () => undefined,
      onExit: (listener) => void exits.push(listener),
      kill: () => void end(),
    };
  };

/** Jobs in a process of Node, and in pages on SwiftShader that `openPage` opens; what is under way ends with the tests of the file. */
export function inNodeAndPage(openPage: ReturnType<typeof servedGpuPages>) {
  const node = nodeLauncher(path.resolve('main/compute/entry.ts'));
  const inNode = createCompute({ launch: node });
  const page = pageLauncher(async () => (await openPage(softwareGpu)).page);
  const inPage = createCompute({ launch: withAsides(page, node) });
  afterAll(async () => {
    await inPage.close();
    await inNode.close();
  });
  return { inNode, inPage };
}
