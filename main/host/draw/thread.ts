// Figures are drawn on a thread of their own: the SVG of hundreds of models takes some tenths of a second, a PNG for a journal up to seconds,
// and all others are answered meanwhile.
import { Worker } from 'node:worker_threads';
import { KernelscopeError, type ErrorCode } from '../../contract/errors.ts';
import type { DrawFigure } from '../../services/index.ts';
import type { FigureFile } from './figure.ts';

export interface ThreadData {
  fontsDir: string;
}
type Asked = Parameters<DrawFigure>;
export interface Ask {
  id: number;
  data: Asked[0];
  style: Asked[1];
  format: Asked[2];
  options: Asked[3];
}
/** code: null for an error that has none, a bug */
export type Answer =
  { id: number; file: FigureFile } | { id: number; error: { code: ErrorCode | null; message: string; stack: string | undefined } };

export interface Drawing {
  /** One figure after the other, each as `drawFigure` makes it. @throws as that one; `failed` where the thread breaks down */
  draw: DrawFigure;
  /** Ends the thread; what is being drawn ends as `cancelled`. */
  close(): Promise<void>;
}
export interface DrawingOptions {
  /** the built `draw.js` */
  entry: string;
  fontsDir: string;
  /** ms without a figure after which the thread goes */
  idle?: number;
}

const closed = () => new KernelscopeError('cancelled', 'figure: the program was closed');

function errorOf({ code, message, stack }: Extract<Answer, { error: unknown }>['error']): Error {
  const error = code ? new KernelscopeError(code, message) : new Error(message);
  if (stack !== undefined) error.stack = stack; // where it arose, not where it arrived
  return error;
}

/** The thread starts with the first figure, and keeps the process alive only while it draws. */
export function createDrawing({ entry, fontsDir, idle = 60_000 }: DrawingOptions): Drawing {
  const waiting = new Map<number, PromiseWithResolvers<FigureFile>>();
  let worker: Worker | null = null;
  let rest: NodeJS.Timeout | undefined;
  let asked = 0;
  let over = false;

  const leave = (why: () => Error): Worker | null => {
    const left = worker;
    worker = null;
    clearTimeout(rest);
    const all = [...waiting.values()];
    waiting.clear();
    for (const { reject } of all) reject(why());
    return left;
  };
  const start = (): Worker => {
    const fresh = new Worker(entry, { workerData: { fontsDir } satisfies ThreadData, execArgv: [] });
    const broke = (how: string) => {
      if (worker === fresh) leave(() => new KernelscopeError('failed', `figure: the thread that draws ${how}`));
    };
    fresh.on('error', (error) => broke(`broke down: ${error instanceof Error ? error.message : String(error)}`));
    fresh.on('exit', (code) => broke(`ended with exit code ${code}`));
    fresh.on('message', (answer: Answer) => {
      const asker = waiting.get(answer.id);
      if (!asker) return; // it was told that the program closes
      waiting.delete(answer.id);
      if (waiting.size === 0) {
        fresh.unref();
        rest = setTimeout(() => void leave(closed)?.terminate(), idle).unref();
      }
      if ('file' in answer) asker.resolve(answer.file);
      else asker.reject(errorOf(answer.error));
    });
    return fresh;
  };

  return {
    draw(data, style, format, options) {
      if (over) return Promise.reject(closed());
      worker ??= start();
      const ask: Ask = { id: asked++, data, style, format, options };
      const answer = Promise.withResolvers<FigureFile>();
      worker.postMessage(ask);
      clearTimeout(rest);
      worker.ref();
      waiting.set(ask.id, answer);
      return answer.promise;
    },
    async close() {
      over = true;
      await leave(closed)?.terminate();
    },
  };
}
