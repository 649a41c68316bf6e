// Compute processes with a GPU under Electron: hidden windows, each with one page that speaks the protocol of every compute process. A
// native module may not hand out a GPU's memory there; a page has `navigator.gpu`.
import { BrowserWindow, MessageChannelMain } from 'electron';
import type { Child, Launch } from '../main/host/boot.ts';
import { gpuChannel } from './gpu-channel.ts';
import { holdTo, pageRights, type PageRules } from './guard.ts';
import { gpuUrl, isGpuPage } from './trust.ts';

/** It stays where it is, is granted nothing, and nobody in the shell listens to it. */
const gpuRules: PageRules = { home: isGpuPage, permissions: new Set(), content: false };

type Up = Parameters<Parameters<Child['onMessage']>[0]>[0];

function open(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    show: false,
    width: 200,
    height: 200,
    focusable: false,
    skipTaskbar: true,
    webPreferences: {
      preload,
      ...pageRights,
      // Nobody ever sees it, and it has work to do.
      backgroundThrottling: false,
    },
  });
  holdTo(window.webContents, gpuRules);
  return window;
}

/** Starts the page in a window of its own; preload: the built `gpu-preload.cjs`. The window is gone when the page's job is; a page that crashes has ended as a process does. */
export const gpuLauncher =
  (preload: string): Launch =>
  () => {
    const window = open(preload);
    const { port1: port, port2 } = new MessageChannelMain();
    const heard: ((text: string) => void)[] = [];
    const ends: Parameters<Child['onExit']>[0][] = [];
    const say = (text: string) => heard.forEach((listener) => listener(`${text}\n`));
    let over = false;
    const end = (code: number) => {
      if (over) return;
      over = true;
      port.close();
      destroy();
      for (const listener of ends) listener({ code, signal: null });
    };
    const destroy = () => {
      if (!window.isDestroyed()) window.destroy();
    };
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      say(`the page of the GPU window is gone (${reason})`);
      end(exitCode || 1);
    });
    let asked = false; // by us, so that its end needs no words
    window.on('closed', () => {
      if (!over && !asked) say('the GPU window was closed');
      end(asked ? 0 : 1);
    });
    void window.loadURL(gpuUrl).then(
      () => {
        // A page that listens: its script has run before it is said to be loaded.
        if (!over) window.webContents.postMessage(gpuChannel, null, [port2]);
      },
      (error: unknown) => {
        if (over || asked) return;
        say(`the page of the GPU window did not load: ${error instanceof Error ? error.message : String(error)}`);
        end(1);
      },
    );
    return {
      pid: undefined, // of a page that is not there yet; it has none of its own later either
      send(message) {
        if (over) return;
        // Everything that the page had to say is here: that is why it is let go.
        if (message.kind === 'leave') {
          asked = true;
          destroy();
        } else port.postMessage(message);
      },
      onMessage(listener) {
        port.on('message', ({ data }) => listener(data as Up));
        port.start();
      },
      onOutput: (listener) => void heard.push(listener),
      onExit: (listener) => void ends.push(listener),
      kill() {
        asked = true;
        destroy();
      },
    };
  };
