// A page of the desktop app that has been taken over: it asks for a port as ours does, and posts on it what it likes.
import type { Page } from 'playwright-core';
import type { DesktopWindow } from './desktop.ts';

/** A message that a test cannot hand over as it is: so long a text, a port, so deep a nesting. */
export type Odd = { text: number } | { ports: true } | { deep: number };
/** Asks for a port and posts messages on it, or what `odd` describes; answers what came back: codes of errors, and `lost` for a port that was
 *  closed. */
export const postedBy = (page: Page, messages: readonly unknown[], odd: readonly Odd[] = []): Promise<string[]> =>
  page.evaluate(
    ([plain, strange]) =>
      new Promise<string[]>((resolve) => {
        const listen = ({ ports: [port] }: MessageEvent) => {
          window.removeEventListener('message', listen);
          const found: string[] = [];
          const done = (what: string) => found.push(what) === plain.length + strange.length && resolve(found);
          port.onmessage = ({ data }: MessageEvent<{ reply: { error?: { code: string } } }>) => done(data.reply.error?.code ?? 'ok');
          port.addEventListener('close', () => done('lost'));
          for (const message of plain) port.postMessage(message);
          for (const what of strange) {
            let input: unknown = {};
            if ('text' in what) input = { run: 'x'.repeat(what.text) };
            if ('deep' in what) for (let i = 0; i < what.deep; i++) input = [input];
            port.postMessage({ kind: 'call', id: 99, name: 'run.get', input }, 'ports' in what ? [new MessageChannel().port1] : []);
          }
        };
        window.addEventListener('message', listen);
        (window as unknown as DesktopWindow).kernelscopeDesktop.connect();
      }),
    [messages, odd] as const,
  );
