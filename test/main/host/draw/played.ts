// A thread in the place of the one that draws: what the figure's name says happens.
import { parentPort, threadId } from 'node:worker_threads';
import type { Answer, Ask } from '../../../../main/host/draw/thread.ts';

parentPort?.on('message', ({ id, data }: Ask) => {
  const [does] = 'sources' in data ? data.sources.map((s) => s.name) : [data.source.name];
  if (does === 'break') throw new Error('out of ink');
  if (does === 'leave') process.exit(3);
  if (does === 'refuse') {
    const error = { code: 'bad-input', message: 'style: no', stack: 'where it arose' } as const;
    return parentPort?.postMessage({ id, error } satisfies Answer);
  }
  if (does === 'bug') return parentPort?.postMessage({ id, error: { code: null, message: 'oh', stack: 'at the bug' } } satisfies Answer);
  if (does !== 'wait') parentPort?.postMessage({ id, file: { mime: `thread ${threadId}`, bytes: new Uint8Array([id]) } } satisfies Answer);
});
