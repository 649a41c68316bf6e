// SIGINT and SIGTERM: the first asks the work to stop where it can be taken up again, a later one ends the process.
import { isatty } from 'node:tty';
import type { Output } from './output.ts';

/** A terminal sends its signal to the whole group, and who started us may pass on the same one: these count once. */
const sameWithin = 1000;

/** Listens for stop signals. `done` puts back what was. */
export function onStopSignals(output: Pick<Output, 'log'>): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  let first = 0;
  const stop = () => {
    if (first === 0) {
      first = Date.now();
      output.log('Stopping … (again to end at once)');
      controller.abort();
    } else if (Date.now() - first > sameWithin) process.exit(130);
  };
  // The terminal was closed. Under nohup, where Node undoes the ignoring of it, no stream is a terminal: then it means nothing.
  const onTerminal = [0, 1, 2].some((fd) => isatty(fd));
  const hangUp = () => {
    if (onTerminal) stop();
  };
  const listeners = { SIGINT: stop, SIGTERM: stop, SIGHUP: hangUp } as const;
  const signals = Object.keys(listeners) as (keyof typeof listeners)[];
  for (const s of signals) process.on(s, listeners[s]);
  return {
    signal: controller.signal,
    done: () => {
      for (const s of signals) process.off(s, listeners[s]);
    },
  };
}
