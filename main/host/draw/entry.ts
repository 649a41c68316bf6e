// The thread that draws: one figure after the other, as it is asked.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { KernelscopeError } from '../../contract/errors.ts';
import { drawFigure } from './figure.ts';
import type { Answer, Ask, ThreadData } from './thread.ts';

const port = parentPort as MessagePort;
const { fontsDir } = workerData as ThreadData;

const broken = (id: number, error: unknown): Answer => {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { id, error: { code: error instanceof KernelscopeError ? error.code : null, message, stack } };
};
let last: Promise<void> = Promise.resolve();
port.on('message', ({ id, data, style, format, options }: Ask) => {
  last = last.then(async () => {
    try {
      const { mime, bytes: drawn } = await drawFigure(data, style, format, { fontsDir, ...options });
      const bytes = new Uint8Array(drawn); // of its own: a small Buffer lies in memory that others use
      port.postMessage({ id, file: { mime, bytes } } satisfies Answer, [bytes.buffer]);
    } catch (error) {
      port.postMessage(broken(id, error));
    }
  });
});
