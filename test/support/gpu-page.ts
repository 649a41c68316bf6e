// The compute process that is a page, in a plain Chromium, as its supervisor sees it.
import type { Page } from 'playwright-core';
import type { Child, Launch } from '../../main/compute/index.ts';
import type { Down, Up } from '../../main/compute/protocol.ts';
import { createCodec } from '../electron-double/codec.ts';

/** What Chromium needs to be told for WebGPU on SwiftShader. */
export const softwareGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

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
        void ready.then((page) => page.evaluate((t) => (globalThis as unknown as { down(text: string): void }).down(t), text));
      },
      onMessage: (listener) => void listeners.push(listener),
      onOutput: () => undefined,
      onExit: (listener) => void exits.push(listener),
      kill: () => void end(),
    };
  };
