// Compute processes that are played here: what they say, and when they end, is the test's.
import { protocolVersion, type Child, type Down, type Launch, type Up } from '../../../main/compute/index.ts';

export interface Played {
  launch: Launch;
  /** everything that any of them was told */
  told: Down[];
  living(): number;
  /** how many there were */
  count(): number;
}

/** `act` hears what a process is told, and speaks; `end` ends it, with what it writes last. */
export function played(act: (message: Down, say: (message: Up) => void, end: (code: number, words?: string) => void) => void): Played {
  const told: Down[] = [];
  let [living, count] = [0, 0];
  const launch: Launch = () => {
    living++;
    count++;
    let over = false;
    const ends: Parameters<Child['onExit']>[0][] = [];
    const outputs: ((text: string) => void)[] = [];
    const listeners: ((message: Up) => void)[] = [];
    const say = (message: Up) => queueMicrotask(() => !over && listeners.forEach((listener) => listener(message)));
    const end = (code: number, words?: string) => {
      if (over) return;
      over = true;
      living--;
      if (words) outputs.forEach((listener) => listener(`${words}\n`));
      queueMicrotask(() => ends.forEach((listener) => listener({ code, signal: null })));
    };
    say({ kind: 'hello', protocol: protocolVersion, pid: null });
    return {
      pid: undefined,
      send(message) {
        told.push(message);
        if (message.kind === 'leave') end(0);
        else act(message, say, end);
      },
      onMessage: (listener) => void listeners.push(listener),
      onOutput: (listener) => void outputs.push(listener),
      onExit: (listener) => void ends.push(listener),
      kill: () => end(1),
    };
  };
  return { launch, told, living: () => living, count: () => count };
}
